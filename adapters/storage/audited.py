"""What of the records goes into the decision log, and how: numbers, states and hashes; texts stand beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pydantic import JsonValue
from sqlalchemy import Connection

from adapters.storage import audit
from adapters.storage.audit import POLICY, Source
from domain.approval import Approval
from domain.audit.basis import Basis
from domain.base import Record, content_hash
from domain.effects import Effect, EffectState, Message
from domain.escalation import Escalation
from domain.knowledge import Draft
from domain.policy.policy import Policy
from domain.recording import Changes
from domain.ticket import Ticket

DECISION = "decision"
TICKET, BASIS = "ticket", "basis"
"""Roles of what a decision rests on, beside its policy."""


@dataclass(frozen=True)
class MadeWith:
    """What all decisions of this process rest on."""

    policy: Policy
    embedder: str
    """Names the model behind the index."""

    @cached_property
    def text(self) -> str:
        """The whole policy, as it is kept beside the chain."""
        return self.policy.model_dump_json(by_alias=True)


def note_changes(connection: Connection, tenant: str, changes: Changes, made_with: MadeWith | None) -> None:
    """What one step of a journey decided and left; a decision without `made_with` is not noted."""
    if changes.basis is not None and changes.looked_at is not None and made_with is not None:
        _note_decision(connection, tenant, changes.run_id, changes.basis, changes.looked_at, made_with)
    if changes.escalation is not None:
        note_escalation(connection, tenant, changes.escalation)
    if changes.approval is not None:
        note_approval(connection, tenant, changes.approval)
    if changes.draft is not None:
        note_draft(connection, tenant, changes.draft)
    if changes.route is not None and changes.at is not None:
        route, digest = changes.route, _digest(changes.route)
        body: dict[str, JsonValue] = {
            "team": route.team, "technician": route.technician, "tier": route.tier, "result": route.result,
            "hash": digest,
        }  # fmt: skip
        subject = f"{changes.run_id}:{digest[:12]}"
        audit.append(
            connection, tenant, at=changes.at, kind="route", subject=subject, ticket_id=changes.ticket_id, body=body
        )
    if changes.handoff is not None:
        handoff = changes.handoff
        audit.append(
            connection, tenant, at=handoff.at, kind="handoff", subject=handoff.id, ticket_id=changes.ticket_id,
            body={"hash": _digest(handoff), "claims": len(handoff.claims())},
        )  # fmt: skip
    for item in changes.effects:
        _note_effect(connection, tenant, changes.ticket_id, item)


def note_escalation(connection: Connection, tenant: str, one: Escalation) -> None:
    """An escalation was opened or moved."""
    by = one.moves[-1].by if one.moves else ""
    audit.append(
        connection, tenant, at=one.updated_at, kind="escalation", subject=f"{one.id}:{one.version}",
        ticket_id=one.ticket_id,
        body={"state": one.state.value, "by": by, "decision": one.decision_id, "hash": _digest(one)},
    )  # fmt: skip


def note_approval(connection: Connection, tenant: str, one: Approval) -> None:
    """An approval was asked for, voted on, or came to its end."""
    votes: list[JsonValue] = [
        {"by": vote.by, "approve": vote.approve, "on_behalf_of": vote.on_behalf_of} for vote in one.votes
    ]
    at = one.decided_at or max([one.requested_at, *(vote.at for vote in one.votes)])
    audit.append(
        connection, tenant, at=at, kind="approval", subject=f"{one.id}:{one.version}",
        ticket_id=one.action.ticket_id, body={"state": one.state.value, "votes": votes, "hash": _digest(one)},
    )  # fmt: skip


def note_draft(connection: Connection, tenant: str, one: Draft) -> None:
    """A draft was written, edited or reviewed."""
    audit.append(
        connection, tenant, at=one.at, kind="draft", subject=f"{one.id}:{one.version}", ticket_id=one.ticket_id,
        body={"state": one.state.value, "choice": one.choice.value, "article": one.article_id, "hash": _digest(one)},
    )  # fmt: skip


def note_receipt(
    connection: Connection, tenant: str, ticket_id: str, key: str, state: EffectState, said: str, at: datetime
) -> None:
    """An effect was carried out, or given up."""
    audit.append(
        connection, tenant, at=at, kind="receipt", subject=key, ticket_id=ticket_id,
        body={"state": state.value, "hash": content_hash(said)},
    )  # fmt: skip


def _note_effect(connection: Connection, tenant: str, ticket_id: str, item: Effect) -> None:
    body: dict[str, JsonValue] = {"type": item.body.type, "hash": _digest(item.body)}
    if isinstance(item.body, Message):
        body |= {"channel": item.body.channel, "rule": item.body.rule, "occasion": item.body.occasion}
    audit.append(
        connection, tenant, at=item.created_at, kind="effect", subject=item.key, ticket_id=ticket_id, body=body
    )


def _note_decision(
    connection: Connection, tenant: str, run_id: str, basis: Basis, ticket: Ticket, made_with: MadeWith
) -> None:
    assessment, decision = basis.assessment, basis.decision
    audit.append(
        connection, tenant, at=decision.at, kind=DECISION, subject=decision.id, ticket_id=ticket.id,
        body={
            "run": run_id, "action": decision.action.value, "risk": decision.risk, "to_tier": decision.to_tier,
            "policy": decision.policy, "opinion_of": assessment.source, "embedder": made_with.embedder,
            "models": [one.model for one in assessment.learned], "assessment": _digest(assessment),
            "decision": _digest(decision),
        },
        beside={
            POLICY: Source(POLICY, "", made_with.text),
            TICKET: Source(TICKET, ticket.id, ticket.model_dump_json(by_alias=True)),
            BASIS: Source(BASIS, ticket.id, basis.model_dump_json(by_alias=True)),
        },
    )  # fmt: skip


def _digest(record: Record) -> str:
    return content_hash(record.model_dump(mode="json"))
