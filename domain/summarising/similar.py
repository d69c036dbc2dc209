"""Similar cases as the receiving technician reads them, and what they suggest doing next."""

from __future__ import annotations

from domain.evidence import Evidence, EvidenceItem
from domain.handoff import Claim
from domain.policy.playbooks import Playbook

CASES = 5
OWN_CASES = 5
"""Of each section at most so many are told."""
_SUGGESTING = ("problem", "ticket", "requester_history")
_HOUR = 60
_DAY = 24 * _HOUR


def similar_cases(evidence: Evidence | None) -> tuple[Claim, ...]:
    """One line for each of the best cases: how it was resolved, by whom, how long it took. Sources are evidence ids.

    A ticket of the requester that search finds near is one of them; the others are told by `own_cases`.
    """
    if evidence is None:
        return ()
    others = [item for item in evidence.items if item.kind != "requester_history"]
    best = sorted(others, key=lambda item: (-item.score, item.id))[:CASES]
    return tuple(Claim(text=case_line(item), sources=(item.id,)) for item in best)


def own_cases(evidence: Evidence | None) -> tuple[Claim, ...]:
    """The requester's own earlier tickets in the order they were found in (newest first), without similar cases."""
    if evidence is None:
        return ()
    told = {source for one in similar_cases(evidence) for source in one.sources}
    own = [item for item in evidence.of_kind("requester_history") if item.id not in told]
    return tuple(Claim(text=case_line(item), sources=(item.id,)) for item in own[:OWN_CASES])


def suggested_steps(evidence: Evidence | None, playbook: Playbook | None) -> tuple[Claim, ...]:
    """The playbook's first step and what resolved the best case of each kind; sources are playbook and evidence ids."""
    steps: list[Claim] = []
    if playbook is not None:
        steps.append(Claim(text=f"playbook {playbook.name}: {playbook.steps[0].text}", sources=(playbook.id,)))
    for kind in _SUGGESTING:
        items = evidence.of_kind(kind) if evidence else ()
        known = next((item for item in items if item.how_resolved), None)
        if known is not None:
            steps.append(Claim(text=f"as in {known.id}: {known.how_resolved}", sources=(known.id,)))
            break
    return tuple(steps)


def case_line(item: EvidenceItem) -> str:
    """What is known of a case, on one line."""
    by = " of ".join(part for part in (item.by_whom, item.team) if part)
    kind = "earlier ticket" if item.kind == "requester_history" else item.kind
    parts = [f"{kind} {item.id}: {item.title}"]
    if by:
        parts.append(f"resolved by {by}")
    if item.minutes_to_resolve is not None:
        parts.append(f"took {_duration(item.minutes_to_resolve)}")
    if item.how_resolved:
        parts.append(item.how_resolved)
    if item.kind == "requester_history" and item.resolved_at is None:
        parts.append("still open")
    return "; ".join(parts)


def _duration(minutes: int) -> str:
    if minutes < _HOUR:
        return f"{minutes} min"
    if minutes < _DAY:
        return f"{minutes // _HOUR} h {minutes % _HOUR} min"
    return f"{minutes // _DAY} d {minutes % _DAY // _HOUR} h"
