"""What goes back when an escalation is taken down: together, where the value is still ours. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.asof import standing
from domain.effects import Message, WriteBack
from domain.escalation import Escalation
from domain.notices import Notice, messages
from domain.policy.people import Team
from domain.policy.policy import Policy
from domain.properties import OWNERSHIP, PROPERTIES, Property, PropertyChange, same, value_of
from domain.ticket import Ticket
from domain.writing import write_back

TAG = "de-escalated"


@dataclass(frozen=True)
class Undoing:
    """What is set back, and what stays because somebody changed it since."""

    back: tuple[PropertyChange, ...]
    stays: tuple[str, ...]

    @property
    def text(self) -> str:
        """The note in the ticket."""
        lines = [f"- {one.field}: back to {one.to or 'none'} (was {one.was or 'none'})" for one in self.back if one.was]
        return "\n".join([*lines, *(f"- {line}" for line in self.stays)])


def undo(escalation: Escalation, ticket: Ticket, policy: Policy, *, by: str, why: str) -> Undoing:
    """Sets back what the escalation changed in the (cut) ticket, to what was there before it.

    A value that somebody changed since stays. Tier, team and technician go back together or not at all; they stay
    when nobody had the ticket before. Tags stay and `de-escalated` is added; a ticket that has ended keeps everything.
    """
    reason = f"{by} took the escalation down: {why}"
    if not standing(ticket).open:
        return Undoing((), ("nothing is set back: the ticket has ended",))
    first: dict[Property, PropertyChange] = {}
    last: dict[Property, PropertyChange] = {}
    for change in escalation.properties:
        first.setdefault(change.field, change)
        last[change.field] = change
    kept: set[Property] = {
        field for field in last if field != "tag" and not same(value_of(ticket, field), last[field].to)
    }
    unowned = "team" in first and first["team"].was is None
    if kept & OWNERSHIP or unowned:
        kept |= OWNERSHIP & set(last)
    home = policy.team(first["team"].was) if "team" in first else None
    back = [
        PropertyChange(field=field, was=last[field].to, to=_earlier(first[field], home), why=reason)
        for field in PROPERTIES
        if field in last and field != "tag" and field not in kept and not same(first[field].was, last[field].to)
    ]
    stays = tuple(
        f"{field} stays {value_of(ticket, field) or 'none'}: "
        + ("nobody had the ticket before" if unowned and field in OWNERSHIP else "somebody set it since")
        for field in PROPERTIES
        if field in kept
    )
    tag = PropertyChange(field="tag", to=TAG, why=reason)
    return Undoing((*back, *(() if TAG in standing(ticket).tags else (tag,))), stays)


def _earlier(change: PropertyChange, home: Team | None) -> str | None:
    """The value before; a tier that no event had named is that of the team that had the ticket."""
    return home.tier.value if change.field == "tier" and change.was is None and home else change.was


def bodies_of(
    undoing: Undoing, escalation: Escalation, ticket: Ticket, policy: Policy, *, by: str, why: str, at: datetime
) -> tuple[WriteBack | Message, ...]:
    """What is written and who is told when the escalation is taken down."""
    text = f"The escalation was taken down by {by}: {why}\n{undoing.text}".strip()
    change = write_back(
        ticket.id, undoing.back, why=f"taken down: {why}", comment=text, escalation_id=escalation.id, takes_back=True
    )
    notice = Notice(
        occasion="de_escalated", ticket=ticket, at=at, headline="No longer escalated",
        # The requester had not heard of an escalation that was never handed over.
        public_text="Your request goes on with the team it came from." if escalation.technician else "",
        internal_text=text,
        escalation_id=escalation.id,
    )  # fmt: skip
    return (change, *messages(policy, notice))
