"""A decision with everything it rests on, and the same decision made again from it. Pure."""

from __future__ import annotations

from pydantic import JsonValue

from domain.assessment import Assessment, Decision
from domain.audit.seen import Seen
from domain.base import Record
from domain.bouncing import decide_after_bounce
from domain.escalation import Escalation
from domain.looking import look
from domain.matrix import Matrix
from domain.policy.policy import Policy
from domain.ticket import Ticket
from domain.triage import assess


class Basis(Record):
    """The inputs of one decision besides ticket and policy, and what came of them."""

    seen: Seen
    matrix: Matrix
    """What of the escalation matrix had been passed before."""
    last: Escalation | None
    """The ticket's newest escalation at that moment."""
    bounced: bool
    """Whether the decision was about an escalation that had been sent back."""
    assessment: Assessment
    decision: Decision


class Again(Record):
    """A decision made again, beside the one that was recorded."""

    decision_id: str
    same: bool
    differences: tuple[str, ...] = ()
    """Paths of what differs, with both values, such as `decision.action: watch → escalate`."""


def decide_again(ticket: Ticket, policy: Policy, basis: Basis) -> Again:
    """Assesses and decides again from the recorded inputs. `ticket` is cut at the moment of the decision.

    The playbook found by similarity and what a language model said of the ticket are inputs. So is the counterfactual
    where a learned model speaks: it is found by asking the model about imagined tickets, and decides nothing.
    """
    then = basis.assessment
    spoke = then.speaker is not None
    fresh = assess(ticket, policy, then.at, basis.seen.around(), explain=not spoke)
    fresh = fresh.model_copy(
        update={
            "playbook": then.playbook, "source": then.source, "reading": then.reading,
            "counterfactual": then.counterfactual if spoke else fresh.counterfactual,
        }
    )  # fmt: skip
    if basis.bounced and basis.last is not None:
        decision = decide_after_bounce(fresh, ticket, policy, then.at, basis.last)
    else:
        decision = look(fresh, ticket, policy, then.at, basis.matrix, basis.last).decision
    found = [
        *_differences("assessment", then.model_dump(mode="json"), fresh.model_dump(mode="json")),
        *_differences("decision", basis.decision.model_dump(mode="json"), decision.model_dump(mode="json")),
    ]
    return Again(decision_id=basis.decision.id, same=not found, differences=tuple(found))


def _differences(path: str, then: JsonValue, now: JsonValue) -> list[str]:
    if then == now:
        return []
    if isinstance(then, dict) and isinstance(now, dict):
        return [
            line
            for key in sorted(then.keys() | now.keys())
            for line in _differences(f"{path}.{key}", then.get(key), now.get(key))
        ]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [
            line
            for place, (one, other) in enumerate(zip(then, now, strict=True))
            for line in _differences(f"{path}[{place}]", one, other)
        ]
    return [f"{path}: {then} → {now}"]
