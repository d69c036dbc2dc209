"""What may be said of a ticket, and by which source each piece of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from domain.asof import Standing, standing
from domain.base import Record
from domain.context import Context
from domain.evidence import Evidence, EvidenceItem
from domain.policy.playbooks import Playbook
from domain.summarising.similar import case_line, suggested_steps
from domain.summarising.statements import opening_event, source_texts, statements_of
from domain.text.injection import without_orders
from domain.ticket import ActorRole, Event, EventKind, Ticket
from domain.verifying.reading import Sentence, read, run_of
from domain.verifying.values import Value, moment_values, values_of

_MAY_SAY: dict[EventKind, str] = {
    EventKind.CREATED: "opened, created, reported, raised, logged, submitted",
    EventKind.ASSIGNMENT: "assigned, reassigned, transferred, routed, moved, handed over",
    EventKind.TIER: "escalated, moved, handed over",
    EventKind.STATUS: "set, changed, moved",
    EventKind.PRIORITY: "set, changed, raised, lowered",
    EventKind.IMPACT: "set, changed",
    EventKind.URGENCY: "set, changed",
    EventKind.CATEGORY: "set, changed, categorised",
    EventKind.RESOLVED: "resolved, solved",
    EventKind.CLOSED: "closed",
    EventKind.REOPENED: "reopened, opened again",
    EventKind.APPROVAL: "approval",
    EventKind.LINK: "linked",
}
"""What a structural event lets one say besides its own words: nothing else in a ticket shows these acts as well."""


class Receipt(Record):
    """Something we did ourselves, with what the ledger of effects says of it: "mail sent to the lead of Network"."""

    id: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True)
class Source:
    """One thing that a claim may cite."""

    id: str
    texts: tuple[str, ...]
    role: ActorRole | None = None
    """Who wrote it; none for what software composed."""
    at: datetime | None = None
    public: bool = False
    statements: frozenset[str] = frozenset()
    """Its sentences as the extractive text takes them, as runs of tokens."""

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Its sentences, read."""
        return tuple(one for text in self.texts for one in read(text))

    @cached_property
    def runs(self) -> tuple[str, ...]:
        """Its texts as runs of tokens."""
        return tuple(run_of(text) for text in self.texts)

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """The numbers, times and dates it holds, and the moment it happened."""
        told = tuple(value for text in self.texts for value in values_of(text))
        return (*told, *moment_values(self.at)) if self.at else told


@dataclass(frozen=True)
class Facts:
    """Every source by its id, and where the ticket stands."""

    ticket: Ticket
    sources: Mapping[str, Source]

    @staticmethod
    def of(
        ticket: Ticket,
        *,
        evidence: Evidence | None = None,
        playbook: Playbook | None = None,
        context: Context | None = None,
        done: Iterable[Receipt] = (),
        zone: str = "UTC",
    ) -> Facts:
        """What may be said of the (cut) ticket. `done` holds receipts of our own effects; times are told in `zone`."""
        found: dict[str, Source] = {}
        texts = source_texts(ticket)
        said: dict[str, set[str]] = {}
        for one in statements_of(ticket):
            said.setdefault(one.event_id, set()).add(run_of(one.text))
        for event in ticket.events:
            source = _of_event(event, texts[event.id], frozenset(said.get(event.id, ())), zone)
            found[event.id] = _joined(found.get(event.id), source)
        opened = opening_event(ticket)
        if opened is not None and context is not None:
            missing = tuple(f"{one.label}: not known. {one.question}" for one in context.missing)
            found[opened.id] = _joined(found[opened.id], Source(opened.id, missing))
        for source in (*_of_evidence(evidence), *_of_playbook(playbook), *_of_receipts(done)):
            found[source.id] = _joined(found.get(source.id), source)
        return Facts(ticket, found)

    @cached_property
    def standing(self) -> Standing:
        """Where the ticket stands."""
        return standing(self.ticket)

    def cited(self, ids: Iterable[str]) -> tuple[Source, ...]:
        """The sources with these ids that there are."""
        return tuple(self.sources[one] for one in ids if one in self.sources)


def _joined(known: Source | None, more: Source) -> Source:
    if known is None:
        return more
    texts = tuple(dict.fromkeys((*known.texts, *more.texts)))
    return Source(
        known.id,
        texts,
        known.role or more.role,
        known.at or more.at,
        known.public and more.public,
        known.statements | more.statements,
    )


def _of_event(event: Event, text: str, statements: frozenset[str], zone: str) -> Source:
    may_say = _MAY_SAY.get(event.kind, "")
    public = event.visibility == "public" or (event.visibility is None and event.role == ActorRole.REQUESTER)
    parts = tuple(part for part in (without_orders(text), may_say) if part)
    return Source(event.id, parts, event.role, event.at.astimezone(ZoneInfo(zone)), public, statements)


def _of_evidence(evidence: Evidence | None) -> Iterable[Source]:
    if evidence is None:
        return
    for item in evidence.items:
        yield Source(item.id, tuple(_told(item, evidence)))


def _told(item: EvidenceItem, evidence: Evidence) -> Iterable[str]:
    alone = Evidence(items=(item,), looked=evidence.looked)
    yield case_line(item)
    for claim in suggested_steps(alone, None):
        yield claim.text
    yield from (one for one in (item.title, item.how_resolved, item.by_whom, item.team) if one)


def _of_playbook(playbook: Playbook | None) -> Iterable[Source]:
    if playbook is None:
        return
    steps = (f"playbook {playbook.name}: {step.text}" for step in playbook.steps)
    yield Source(playbook.id, (*steps, *(step.text for step in playbook.steps)))


def _of_receipts(done: Iterable[Receipt]) -> Iterable[Source]:
    for receipt in done:
        yield Source(receipt.id, (receipt.text,), ActorRole.BOT, receipt.at)
