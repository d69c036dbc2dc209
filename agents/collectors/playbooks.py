"""The playbook for a ticket: by its condition, else by the example phrase that the request is nearest to."""

from __future__ import annotations

from domain.assessment import Assessment, PlaybookMatch
from domain.errors import CouldNotLook
from domain.matching import playbook_by_rule
from domain.policy.policy import Policy
from domain.ports import EvidenceSearch
from domain.text.passages import own_request_text
from domain.thresholds import PLAYBOOK_COSINE
from domain.ticket import Ticket


async def find_playbook(
    ticket: Ticket, policy: Policy, assessment: Assessment, search: EvidenceSearch
) -> PlaybookMatch | None:
    """None when no condition holds and no phrase is near enough, or nearness cannot be measured."""
    by_rule = playbook_by_rule(ticket, policy, assessment)
    if by_rule is not None:
        return PlaybookMatch(id=by_rule.id, how="rule")
    phrases = [(book.id, phrase) for book in policy.playbooks for phrase in book.similar_to]
    text = own_request_text(ticket)
    if not phrases or not text:
        return None
    try:
        near = await search.similarity(text, [phrase for _, phrase in phrases])
    except CouldNotLook:
        return None
    score, (id, phrase) = max(zip(near, phrases, strict=True), key=lambda one: (one[0], one[1]))
    if score < PLAYBOOK_COSINE:
        return None
    return PlaybookMatch(id=id, how="similarity", score=round(score, 4), phrase=phrase)
