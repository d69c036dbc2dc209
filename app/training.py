"""Training: what the history teaches, measured on its latest window, stored, and promoted only if it is never worse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.history_source import Source
from app.models import ROUTING, Loaded, libraries, load_active, part_of
from domain.base import Record
from domain.errors import BadModel
from domain.learned_points import LINE_WITHOUT_CAPACITY
from domain.overriding import ModelCase
from domain.policy.policy import Policy
from learning.card import ModelCard, Verdict
from learning.cases import Scene, scenes, table_wrong_again, wrong_again
from learning.drift import KEPT, profiles
from learning.figures import routing_cards, target_card
from learning.guard import ON_WINDOW, Present, judged
from learning.held_out import MOST, TABLE, Judge, Window
from learning.lessons import CANDIDATE, Lessons, Plan, features_used, learn, plan_for
from learning.manifest import NotLearned, Promotion, Recipe, model_id
from learning.store import ModelStore

Progress = Callable[[int], None]
"""Told how many events were worked on since the last call; each event is told up to `PASSES` times."""
PASSES = 3
PROFILED = 30
"""Features whose distribution is kept to tell drift later."""
BY = "tierwise train"


class Trained(Record):
    """What training came to. `promoted`: the model is the one that speaks (as far as policy lets it)."""

    card: ModelCard
    promoted: bool
    why: str


@dataclass(frozen=True)
class Schooling:
    """Everything training needs besides the history."""

    policy: Policy
    store: ModelStore
    tenant: str
    seed: int = 0
    promote: bool = True


def train(
    source: Source, school: Schooling, cases: Sequence[ModelCase], now: datetime, progress: Progress | None = None
) -> Trained:
    """Learns from the history, stores the model with its card, and promotes it unless the guard is against it.

    The same history, policy and seed give the same model. Raises `DiskFull`, `Misconfigured`.
    """
    policy = school.policy
    plan = _plan(source, school)
    if isinstance(plan, str):
        return _nothing(plan, source, school, now)
    present, trouble = _present(school)
    judges = (present.judge(),) if present is not None else ()
    lessons = learn(source.tell, plan, judges, progress)
    seen = scenes(source.tell(plan.since), cases, policy) if cases else []
    verdict = _verdict(lessons, present, seen, school)
    if _without_the_worse(lessons, verdict):
        verdict = _verdict(lessons, present, seen, school)
    recipe, parts = _made(lessons, plan, source, now)
    if not parts:
        return Trained(
            card=_card(None, recipe, lessons, plan, present, Verdict(ok=False, comparisons=(), cases=0), trouble),
            promoted=False, why=_why_nothing(recipe.not_learned),
        )  # fmt: skip
    card = _card(model_id(recipe, parts), recipe, lessons, plan, present, verdict, trouble)
    manifest = school.store.save(school.tenant, recipe, parts, card.model_dump_json(indent=1).encode())
    return _promoted(school, manifest.id, card, now)


def _verdict(lessons: Lessons, present: Loaded | None, seen: Sequence[Scene], school: Schooling) -> Verdict:
    return judged(
        lessons.window, CANDIDATE,
        {target: model.share for target, model in lessons.measured.items() if target in lessons.risks},
        _as_present(present, lessons), _failed(seen, lessons, present, school.policy), len(seen), school.seed,
    )  # fmt: skip


def _without_the_worse(lessons: Lessons, verdict: Verdict) -> bool:
    """Leaves out the targets on which the points table or the usual rate is clearly better, where something else is
    left to keep; whether there were any. What was measured of them stays on the card."""
    worse = {
        one.target: one.why
        for one in verdict.comparisons
        if not one.ok and one.difference is not None and one.on == ON_WINDOW
    }
    out = [target for target in lessons.risks if target in worse]
    if not out or (len(out) == len(lessons.risks) and lessons.teams is None):
        return False
    for target in out:
        del lessons.risks[target]
        lessons.not_learned.append(NotLearned(what=target, why=f"left out by the guard: {worse[target]}"))
    return True


def _plan(source: Source, school: Schooling) -> Plan | str:
    if source.first is None or source.last is None or source.last_begun is None:
        return "there is no ticket to learn from"
    plan = plan_for(school.policy, source.first, source.last_begun, source.last, school.seed)
    if isinstance(plan, str):
        return plan
    begun = max(1, source.begun(plan.hold_out_from))
    everything = max(1, source.begun(plan.since))
    return replace(plan, share=min(1.0, MOST / begun), kept=min(1.0, KEPT / everything))


def _present(school: Schooling) -> tuple[Loaded | None, str]:
    try:
        return load_active(school.store, school.tenant), ""
    except BadModel as error:
        return None, f"the promoted model cannot be read and was not compared with: {error.message}"


def _as_present(present: Loaded | None, lessons: Lessons) -> Present | None:
    if present is None:
        return None
    wanted = tuple(target for target in present.risks if (present.id, target) in _heard(lessons.window))
    return Present(present.id, wanted, present.manifest.until)


def _heard(window: Window) -> set[tuple[str, str]]:
    return {pair for one in window.held for pair in one.said}


def _made(lessons: Lessons, plan: Plan, source: Source, now: datetime) -> tuple[Recipe, dict[str, bytes]]:
    parts = {part_of(target): model.dump() for target, model in lessons.risks.items()}
    if lessons.teams is not None:
        parts[ROUTING] = lessons.teams.dump()
    recipe = Recipe(
        targets=tuple(lessons.risks), routing=lessons.teams is not None, not_learned=tuple(lessons.not_learned),
        since=plan.since, until=plan.until, tickets=lessons.tickets, labels=lessons.labels,
        features=features_used(lessons.risks), policy=plan.policy.stamp,
        capacity=plan.policy.learning.alerts_per_technician_day, seed=plan.seed, libraries=libraries(),
        trained_at=now,
    )  # fmt: skip
    del source
    return recipe, parts


def _failed(seen: Sequence[Scene], lessons: Lessons, present: Loaded | None, policy: Policy) -> dict[str, int]:
    """Cases that each judge would get wrong again; the candidate is asked as it is kept."""
    kept = Judge(CANDIDATE, {target: model.opinion_on for target, model in lessons.risks.items()}, lessons.teams)
    lines = {target: _or_half(model.line) for target, model in lessons.risks.items()}
    found = {TABLE: sum(table_wrong_again(one, policy) for one in seen)}
    found[CANDIDATE] = sum(
        wrong_again(one, kept, policy, lines.get(one.case.about, 1.0) if one.case.about != "routing" else 1.0)
        for one in seen
    )
    if present is not None:
        judge = present.judge()
        found[present.id] = sum(
            wrong_again(
                one, judge, policy,
                present.line(one.case.about, LINE_WITHOUT_CAPACITY) if one.case.about != "routing" else 1.0,
            )
            for one in seen
        )  # fmt: skip
    return found


def _card(
    id: str | None, recipe: Recipe, lessons: Lessons, plan: Plan, present: Loaded | None, verdict: Verdict, trouble: str
) -> ModelCard:
    policy, rules = plan.policy, plan.policy.learning
    targets = []
    beside = present if present is not None and not _taught_by(lessons.window, present) else None
    for target, model in lessons.measured.items():
        known = beside if beside is not None and target in beside.risks else None
        others = [(known.id, known.line(target, LINE_WITHOUT_CAPACITY))] if known is not None else []
        card = target_card(
            lessons.window, CANDIDATE, target, line=lessons.lines[target],
            table_line=policy.risk.at_risk_from / 100, usual_rate=model.share,
            capacity=rules.alerts_per_technician_day / len(lessons.measured), seed=plan.seed, others=others,
        )  # fmt: skip
        if card is not None:
            targets.append(card)
    return ModelCard(
        model=id, trained_at=recipe.trained_at, policy=recipe.policy, since=recipe.since, until=recipe.until,
        tickets=recipe.tickets, labels=recipe.labels, window=(lessons.window.since, lessons.window.until),
        technician_days=lessons.window.technician_days, targets=tuple(targets),
        routing=routing_cards(lessons.window, CANDIDATE, plan.seed) if lessons.teams is not None else (),
        not_learned=recipe.not_learned, features=recipe.features, absent=lessons.absent, left_out=rules.leave_out,
        verdict=verdict, profile=profiles(lessons.observed, recipe.features[:PROFILED]),
        notes=tuple(_notes(lessons, trouble, present)),
    )  # fmt: skip


def _taught_by(window: Window, model: Loaded) -> bool:
    """Whether the model learned from tickets of the window: on those its figures would flatter it."""
    return model.manifest.until > window.since


def _notes(lessons: Lessons, trouble: str, present: Loaded | None) -> list[str]:
    found = [trouble] if trouble else []
    if present is not None and _taught_by(lessons.window, present):
        found.append(
            f"the promoted model {present.id} was taught by tickets of the window, so its figures on them are not shown"
        )
    if lessons.window.left_out:
        found.append(
            f"{len(lessons.window.held)} of {len(lessons.window.held) + lessons.window.left_out} tickets of the window "
            "were asked about, drawn by their ids"
        )
    if not lessons.window.technician_days:
        found.append(
            "no technician is named in the window: no line could be drawn from the capacity, so it is the least one"
        )
    return found


def _or_half(line: float | None) -> float:
    return LINE_WITHOUT_CAPACITY if line is None else line


def _why_nothing(those: Sequence[NotLearned]) -> str:
    return "; ".join(f"{one.what}: {one.why}" for one in those) or "policy asks for nothing"


def _nothing(why: str, source: Source, school: Schooling, now: datetime) -> Trained:
    wanted = (*school.policy.learning.targets, *(("routing",) if school.policy.learning.routing else ()))
    card = ModelCard(
        model=None, trained_at=now, policy=school.policy.stamp, since=source.first, until=source.last or now, tickets=0,
        labels={}, window=None, technician_days=0, targets=(), routing=(),
        not_learned=tuple(NotLearned(what=what, why=why) for what in wanted), features=(), absent=(),
        left_out=school.policy.learning.leave_out, verdict=Verdict(ok=False, comparisons=(), cases=0),
    )  # fmt: skip
    return Trained(card=card, promoted=False, why=why)


def _promoted(school: Schooling, model: str, card: ModelCard, now: datetime) -> Trained:
    try:
        active = school.store.active(school.tenant)
    except BadModel as error:
        return Trained(card=card, promoted=False, why=error.message)
    if active == model:
        return Trained(card=card, promoted=True, why="it is the promoted one already")
    if not card.verdict.ok:
        return Trained(card=card, promoted=False, why="; ".join(card.verdict.why_not) or "nothing could be compared")
    if not school.promote:
        return Trained(card=card, promoted=False, why="the guard has nothing against it; it was not to be promoted")
    step = Promotion(kind="promoted", model=model, at=now, by=BY, why="the guard has nothing against it")
    school.store.promote(school.tenant, step)
    return Trained(card=card, promoted=True, why="the guard has nothing against it")
