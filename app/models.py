"""Models as the application uses them: read from the store, checked, and named after their folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version

from domain.errors import BadModel, NotFound
from domain.learned import Target
from learning.held_out import Judge
from learning.manifest import Manifest
from learning.risk.model import RiskModel
from learning.routing.model import TeamModel
from learning.store import ModelStore

ROUTING = "routing.skops"
_LIBRARIES = ("numpy", "scikit-learn", "scipy", "skops", "tierwise")


@dataclass(frozen=True)
class Loaded:
    """A model in memory."""

    manifest: Manifest
    risks: dict[Target, RiskModel]
    teams: TeamModel | None

    @property
    def id(self) -> str:
        """Its name in the store."""
        return self.manifest.id

    def judge(self) -> Judge:
        """The model as a judge of held-out tickets."""
        return Judge(self.id, {target: model.opinion_on for target, model in self.risks.items()}, self.teams)

    def line(self, target: Target, otherwise: float) -> float:
        """The line of a target."""
        model = self.risks.get(target)
        return otherwise if model is None or model.line is None else model.line


def part_of(target: Target) -> str:
    """The file of a risk model."""
    return f"risk-{target}.json.gz"


def load(store: ModelStore, tenant: str, model: str) -> Loaded:
    """A stored model. Raises `NotFound`, `BadModel`."""
    manifest = store.manifest(tenant, model)
    risks = {}
    for target in manifest.targets:
        found = RiskModel.load(store.part(tenant, model, part_of(target)))
        if found.target != target:
            raise BadModel(f"model {model}: {part_of(target)} foretells {found.target}", mend="run `tierwise train`")
        risks[target] = replace(found, id=model)
    teams = TeamModel.load(store.part(tenant, model, ROUTING)) if manifest.routing else None
    if teams is not None:
        teams.name = model
    return Loaded(manifest, risks, teams)


def load_active(store: ModelStore, tenant: str) -> Loaded | None:
    """The promoted model; none when there is none. Raises `BadModel`."""
    active = store.active(tenant)
    try:
        return load(store, tenant, active) if active is not None else None
    except NotFound as error:
        raise BadModel(f"model {active} is promoted, and its folder is gone", mend="run `tierwise train`") from error


def libraries() -> dict[str, str]:
    """Versions of everything that writes a part."""
    return {name: version(name) for name in _LIBRARIES}
