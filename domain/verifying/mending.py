"""A written handoff that may go out: what the verifier keeps of it, and the plain text where it lost something."""

from __future__ import annotations

from typing import cast

from domain.handoff import Claim, Handoff
from domain.ticket import Ticket
from domain.verifying.facts import Facts
from domain.verifying.verdict import Blocked, Verdict
from domain.verifying.verifier import verify, verify_requester_text

MENDED = "mended"
"""Added to the source of a handoff some of whose sentences were replaced: `gpt-x, mended`."""


def mend(written: Handoff, plain: Handoff, ticket: Ticket, facts: Facts) -> tuple[Handoff, Verdict]:
    """`written` without what its sources do not bear out; the second value says what was blocked.

    A section that lost a claim gets the claims of `plain` (the extractive handoff of the same ticket) that cite what
    the kept ones do not. A requester's text that lost a line is replaced as a whole: half a message misleads. Every
    section of `plain` stands where `written` left it empty.
    """
    changes: dict[str, object] = {}
    kept: list[Claim] = []
    blocked: list[Blocked] = []
    for name in sections(plain):
        own, others = _section(written, name), _section(plain, name)
        verdict = verify(own, facts)
        kept += verdict.kept
        blocked += verdict.blocked
        if not verdict.kept:
            changes[name] = others
        elif verdict.blocked:
            told = {id for claim in verdict.kept for id in claim.sources}
            changes[name] = (*verdict.kept, *(one for one in others if not told.issuperset(one.sources)))
    said = verify_requester_text(written.requester_text, ticket, facts)
    kept += said.kept
    blocked += said.blocked
    if said.blocked or not said.kept:
        changes["requester_text"] = plain.requester_text
    if blocked:
        changes["source"] = f"{written.source}, {MENDED}"
    return written.model_copy(update=changes), Verdict(kept=tuple(kept), blocked=tuple(blocked))


def sections(handoff: Handoff) -> tuple[str, ...]:
    """The names of the handoff's fields that hold claims."""
    return tuple(
        name
        for name, field in type(handoff).model_fields.items()
        if "Claim" in str(field.annotation) and isinstance(getattr(handoff, name), tuple)
    )


def _section(handoff: Handoff, name: str) -> tuple[Claim, ...]:
    return cast("tuple[Claim, ...]", getattr(handoff, name))
