"""The handoff in a model's words: the local text rewritten, each sentence verified, the local text where it fails."""

from __future__ import annotations

import asyncio
from typing import cast

from agents.asker import Asker, judged, shown, verdict_of
from domain.context import Context
from domain.evidence import Evidence
from domain.handoff import Claim, Handoff
from domain.language_model import Asked, ModelCall
from domain.policy.playbooks import Playbook
from domain.ticket import Ticket
from domain.verifying.facts import Facts
from domain.verifying.mending import mend
from domain.verifying.verdict import Verdict
from prompts.answers import HandoffText, RequesterText

PARTS = tuple(HandoffText.model_fields)
MOST_SENTENCES = 4
"""For one part: a technician who takes over reads the whole on one screen."""


class HandoffRewriter:
    """Asks twice at once: for the parts, and for the requester's text from public events only."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def better(
        self, local: Handoff, ticket: Ticket, *, tenant: str, context: Context | None = None,
        evidence: Evidence | None = None, playbook: Playbook | None = None,
    ) -> tuple[Handoff, tuple[ModelCall, ...]]:  # fmt: skip
        """The handoff, as much of it in the model's words as the verifier lets stand, and the calls."""
        parts, told = await asyncio.gather(self._parts(local, ticket, tenant), self._told(local, ticket, tenant))
        answered = [one for one in (parts, told) if one is not None and one.answer is not None]
        calls = tuple(one.call for one in (parts, told) if one is not None)
        if not answered:
            return local, calls
        written = _written(local, parts.answer if parts else None, told.answer if told else None)
        facts = Facts.of(ticket, evidence=evidence, playbook=playbook, context=context)
        mended, verdict = mend(written, local, ticket, facts)
        if not _differs(mended, local):
            mended = local
        judged_calls = tuple(_judged(call, written, local, mended, verdict) for call in calls)
        return _source(mended, local, self._asker.model.name, verdict), judged_calls

    async def _parts(self, local: Handoff, ticket: Ticket, tenant: str) -> Asked[HandoffText] | None:
        values = {
            "ticket_id": ticket.id, "subject": ticket.subject or "", "events": shown(ticket),
            "claims": [
                {"part": part, "sources": ", ".join(claim.sources), "text": claim.text}
                for part in PARTS
                for claim in part_of(local, part)
            ],
            "most_sentences": MOST_SENTENCES,
        }  # fmt: skip
        return await self._asker.ask(
            "summarizer", "summarizer", values, HandoffText, tenant=tenant, ticket=ticket
        )  # fmt: skip

    async def _told(self, local: Handoff, ticket: Ticket, tenant: str) -> Asked[RequesterText] | None:
        events = shown(ticket, public=True)
        if not local.requester_text or not events:
            return None
        values = {"events": events, "local_text": local.requester_text, "sources": ", ".join(e["id"] for e in events)}
        return await self._asker.ask(
            "summarizer", "requester_text", values, RequesterText, tenant=tenant, ticket=ticket
        )  # fmt: skip


def part_of(handoff: Handoff, part: str) -> tuple[Claim, ...]:
    """The claims of a part by its name."""
    return cast("tuple[Claim, ...]", getattr(handoff, part))


def _written(local: Handoff, parts: HandoffText | None, told: RequesterText | None) -> Handoff:
    """The local handoff with the model's words in it; what the model left out stays as the local path wrote it."""
    changes: dict[str, object] = {}
    for part in PARTS if parts is not None else ():
        said = tuple(Claim(text=one.text.strip(), sources=one.sources) for one in getattr(parts, part))
        covered = {id for claim in said for id in claim.sources}
        left_out = tuple(one for one in part_of(local, part) if not covered.issuperset(one.sources))
        changes[part] = (*said, *left_out)
    if told is not None and told.text.strip():
        changes["requester_text"] = told.text.strip()
    return local.model_copy(update=changes)


def _differs(one: Handoff, other: Handoff) -> bool:
    return one.model_copy(update={"source": ""}) != other.model_copy(update={"source": ""})


def _source(mended: Handoff, local: Handoff, model: str, verdict: Verdict) -> Handoff:
    """Says who wrote it: the local path, the model, or the model with sentences replaced."""
    if not _differs(mended, local):
        return local
    return mended.model_copy(update={"source": model if verdict.clean else f"{model}, mended"})


def _judged(call: ModelCall, written: Handoff, local: Handoff, mended: Handoff, verdict: Verdict) -> ModelCall:
    """What became of the answer of one of the two questions."""
    if call.outcome not in ("answered", "cached"):
        return call
    if call.prompt.startswith("requester_text/"):
        new = written.requester_text != local.requester_text
        stands = mended.requester_text == written.requester_text
        lines = set(written.requester_text.splitlines())
        kinds = [one.kind for one in verdict.blocked if any(one.claim.text in line for line in lines)]
        return judged(call, "unused" if not new else "kept" if stands else "stopped", () if stands else kinds)
    said = {claim for part in PARTS for claim in part_of(written, part)} - set(local.claims())
    stopped = [one for one in verdict.blocked if one.claim in said]
    kept = said - {one.claim for one in stopped}
    return judged(call, verdict_of(len(kept), len(stopped)), [one.kind for one in stopped])
