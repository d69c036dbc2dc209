"""Locked cases: what people put right, and whether a judge would get it wrong again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.asof import as_of, standing
from domain.overriding import ModelCase
from domain.policy.policy import Policy
from domain.surroundings import Surroundings
from domain.ticket import Ticket
from domain.weighing import weigh
from learning.desk import Desk
from learning.features import Observation, observe
from learning.held_out import Judge
from learning.stream import happenings


@dataclass(frozen=True)
class Scene:
    """A case with its ticket as it was then, what was observed of it, and the team it ended up with."""

    case: ModelCase
    cut: Ticket
    seen: Observation
    final_team: str | None


def scenes(tickets: Iterable[Ticket], cases: Sequence[ModelCase], policy: Policy) -> list[Scene]:
    """Each case whose ticket is in the history, with the desk as it was at its moment. `tickets` in order of time."""
    waiting = sorted(cases, key=lambda one: (one.at, one.id))
    wanted = {one.ticket_id for one in waiting}
    desk, known, found = Desk(), dict[str, Ticket](), list[Scene]()
    for happening in happenings(tickets):
        while waiting and waiting[0].at < happening.at:
            _look(waiting.pop(0), known, desk, policy, found)
        if happening.ticket.id in wanted:
            known[happening.ticket.id] = happening.ticket
        desk.tell(happening)
        if not waiting:
            break
    for case in waiting:
        _look(case, known, desk, policy, found)
    return found


def wrong_again(scene: Scene, judge: Judge, policy: Policy, line: float) -> bool:
    """Whether the judge would say again what a person had to put right. Where it abstains, the points table answers."""
    case = scene.case
    if case.about == "routing":
        return _same_team_again(scene, judge, policy)
    ask = judge.risks.get(case.about)
    risk = ask(scene.cut, scene.seen) if ask is not None else None
    if risk is None or risk.abstained:
        return table_wrong_again(scene, policy)
    return (risk.probability >= line) != case.at_risk


def table_wrong_again(scene: Scene, policy: Policy) -> bool:
    """The same for the points table, which sees the ticket alone."""
    if scene.case.about == "routing":
        return False
    rows = weigh(scene.cut, policy, scene.case.at, Surroundings()).reasons
    return (sum(row.points for row in rows) >= policy.risk.at_risk_from) != scene.case.at_risk


def _same_team_again(scene: Scene, judge: Judge, policy: Policy) -> bool:
    """It counts only where the ticket really ended with another team: people send things back for other reasons too."""
    case, final = scene.case, scene.final_team
    if judge.teams is None or case.not_team is None or final is None or policy.same_team(final, case.not_team):
        return False
    opinion = judge.teams.opinion(scene.cut, case.at)
    return not opinion.abstained and bool(opinion.teams) and policy.same_team(opinion.teams[0].team, case.not_team)


def _look(case: ModelCase, known: dict[str, Ticket], desk: Desk, policy: Policy, found: list[Scene]) -> None:
    whole = known.get(case.ticket_id)
    if whole is None:
        return
    cut = as_of(whole, case.at)
    desk.advance(case.at)
    end = standing(whole)
    found.append(Scene(case, cut, observe(cut, case.at, desk, policy), None if end.open else end.team))
