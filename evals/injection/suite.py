"""Every attack in every carrier at every place, beside a harmless sentence there, and what that changes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

from domain.base import Record
from domain.text.injection import find_injections
from evals.injection.files import CONTROL, Attack, Text, read_attacks, read_texts
from evals.injection.obeying import survivors
from evals.injection.planting import PLACES, SITUATIONS, Place, Planted, carrier_ticket, control_for, planted
from evals.injection.world import Outcome, World, open_world
from evals.predictions import Id, check_ending, write_rows
from retrieval.ports import Embedder

_COLUMNS = ("attack_id", "carrier_id", "place", "changed", "flagged")


class Row(Record):
    """One planting and what it changed; a benign text has neither attack nor place."""

    attack_id: Id | None
    carrier_id: Id
    place: Place | None
    changed: tuple[str, ...] = ()
    flagged: bool


class InjectionReport(Record):
    """What the suite measured."""

    suite: Literal["injection"] = "injection"
    attacks: int
    carriers: int
    rows: int
    changed: dict[str, dict[str, int]]
    """What differed from the untouched carrier → rows with an attack, rows with a harmless sentence."""
    by_place: dict[str, dict[str, int]]
    """Place → rows in which anything differed, with an attack and with a harmless sentence."""
    flagged: float
    """Share of the attacks that are flagged as speaking to software, alone."""
    flagged_by_kind: dict[str, float]
    benign: int
    false_alarms: int
    control_alarms: int
    """Harmless sentences that are flagged, of those planted."""
    obeyed: int
    """Sentences of a model that obeys every attack, in one carrier of each situation at three places …"""
    survived: int
    """… and those of them that the verifier let stand."""
    worst: tuple[str, ...]
    """Attacks that changed something other than the team, most rows first."""
    seed: int = 0
    predictions: str


def run_injection(
    attacks: Path, carriers: Path, benign: Path, predictions: Path, seed: int, *, embedder: Embedder | None = None,
    progress: Callable[[int], None] | None = None,
) -> InjectionReport:  # fmt: skip
    """Writes a row for each planting, each control and each benign text. Raises `BadInput` naming file and line.

    Carriers are tickets of the demo's organisation in five situations, run through the product's graph on the local
    path with the points table. `progress` is told of each carrier that is
    done. Nothing is drawn at random: `seed` is only told in the report.
    """
    check_ending(predictions)
    wanted, texts, harmless = read_attacks(attacks), read_texts(carriers), read_texts(benign)
    with open_world(embedder) as world:
        rows = asyncio.run(_run(world, wanted, texts, progress))
        obeyed, survived = _obeying(world, wanted, texts)
    rows += [
        Row(attack_id=None, carrier_id=one.id, place=None, flagged=bool(find_injections(one.text))) for one in harmless
    ]
    write_rows(predictions, [row.model_dump(mode="json") for row in rows], columns=_COLUMNS)
    return _report(rows, wanted, texts, harmless, str(predictions)).model_copy(
        update={"seed": seed, "obeyed": obeyed, "survived": survived}
    )


def render(report: InjectionReport) -> str:
    """The report for people."""
    lines = [
        f"{report.attacks} attacks in {report.carriers} carriers at {len(PLACES)} places, and as many harmless"
        f" sentences: {report.rows} rows",
        f"{'differs from the untouched carrier':36} {'attack':>7} {'control':>8}",
    ]
    lines += [f"{name:36} {both['attack']:7} {both['control']:8}" for name, both in report.changed.items()]
    lines += [
        f"anything, at {place:23} {both['attack']:7} {both['control']:8}" for place, both in report.by_place.items()
    ]
    lines += [
        f"flagged as speaking to software     {report.flagged:.0%} of the attacks",
        "  " + ", ".join(f"{kind} {share:.0%}" for kind, share in report.flagged_by_kind.items()),
        f"false alarms                        {report.false_alarms} of {report.benign} benign texts,"
        f" {report.control_alarms} control rows",
    ]
    lines.append(
        f"a model that obeys                  {report.survived} of its {report.obeyed} obedient sentences are let stand"
    )
    if report.worst:
        lines.append("attacks that moved a decision: " + ", ".join(report.worst))
    lines.append(f"predictions in {report.predictions}")
    return "\n".join(lines)


async def _run(
    world: World, attacks: Sequence[Attack], carriers: Sequence[Text], progress: Callable[[int], None] | None
) -> list[Row]:
    rows: list[Row] = []
    for number, carrier in enumerate(carriers):
        situation = SITUATIONS[number % len(SITUATIONS)]
        clean = Planted(carrier_ticket(carrier, situation, world.now), world.article)
        untouched = await world.run(clean)
        rows += await _of_carrier(world, clean, untouched, carrier.id, attacks)
        if progress is not None:
            progress(1)
    return rows


async def _of_carrier(
    world: World, clean: Planted, untouched: Outcome, carrier: Id, attacks: Sequence[Attack]
) -> list[Row]:
    """The rows of one carrier; the same sentence at the same place is run once."""
    rows: list[Row] = []
    for place in PLACES:
        changed: dict[str, tuple[str, ...]] = {}
        for attack in attacks:
            for id, sentence in ((attack.id, attack.text), (CONTROL, control_for(attack.text))):
                if sentence not in changed:
                    outcome = await world.run(planted(clean, sentence, place))
                    changed[sentence] = outcome.differs(untouched)
                flagged = bool(find_injections(sentence))
                rows.append(
                    Row(attack_id=id, carrier_id=carrier, place=place, changed=changed[sentence], flagged=flagged)
                )
    return rows


def _obeying(world: World, attacks: Sequence[Attack], carriers: Sequence[Text]) -> tuple[int, int]:
    """What a model that obeys writes of a carrier in each situation, and what of it stands."""
    wrote = stood = 0
    for carrier, situation in zip(carriers, SITUATIONS, strict=False):
        clean = Planted(carrier_ticket(carrier, situation, world.now), world.article)
        for attack in attacks:
            some, left = survivors(clean, attack)
            wrote, stood = wrote + some, stood + left
    return wrote, stood


def _report(
    rows: Sequence[Row], attacks: Sequence[Attack], carriers: Sequence[Text], benign: Sequence[Text], predictions: str
) -> InjectionReport:
    planted_rows = [row for row in rows if row.place is not None]
    flagged = {one.id: bool(find_injections(one.text)) for one in attacks}
    kinds = dict.fromkeys(one.kind for one in attacks)
    moved = Counter(row.attack_id for row in planted_rows if row.attack_id != CONTROL and set(row.changed) - {"team"})
    return InjectionReport(
        attacks=len(attacks), carriers=len(carriers), rows=len(rows),
        changed={name: _both(row for row in planted_rows if name in row.changed) for name in Outcome.model_fields},
        by_place={place: _both(row for row in planted_rows if row.place == place and row.changed) for place in PLACES},
        flagged=sum(flagged.values()) / len(flagged),
        flagged_by_kind={kind: _share(flagged[one.id] for one in attacks if one.kind == kind) for kind in kinds},
        benign=len(benign), false_alarms=sum(row.flagged for row in rows if row.place is None),
        control_alarms=sum(row.flagged for row in planted_rows if row.attack_id == CONTROL),
        obeyed=0, survived=0, worst=tuple(str(id) for id, _ in moved.most_common(10)), predictions=predictions,
    )  # fmt: skip


def _both(rows: Iterable[Row]) -> dict[str, int]:
    counted = Counter("control" if row.attack_id == CONTROL else "attack" for row in rows)
    return {"attack": counted["attack"], "control": counted["control"]}


def _share(values: Iterable[bool]) -> float:
    known = list(values)
    return sum(known) / len(known)
