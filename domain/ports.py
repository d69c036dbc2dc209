"""What the agents need from outside, as protocols. Fakes and real ones pass the same contract suites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from domain.asked_back import AskedBack
from domain.base import Record
from domain.evidence import DocumentKind, Found
from domain.knowledge import Article, KnownProblem
from domain.learned import LearnedRisk, TeamOpinion
from domain.surroundings import Burst
from domain.ticket import Ticket


class Clock(Protocol):
    """Tells the time to whoever starts something; deciding code gets its moments as arguments."""

    def now(self) -> datetime:
        """The current moment, with a zone."""
        ...


class About(Record):
    """What is known of the ticket that is searched for, besides its words. It narrows nothing."""

    requester: str | None = None
    category: str | None = None
    service: str | None = None
    asset: str | None = None
    at: datetime | None = None
    """The moment of asking: how old a hit is, is told against it."""


class SearchQuery(Record):
    """What to look for. Filters narrow the hits; `exclude` never appears among them."""

    text: str
    kind: DocumentKind
    limit: int = 10
    exclude: tuple[str, ...] = ()
    requester: str | None = None
    """Only tickets of this requester."""
    category: str | None = None
    service: str | None = None
    known_by: datetime | None = None
    """Only documents that were known (tickets: resolved) at this moment."""
    about: About = About()
    asking: Literal["likeness", "advice"] = "likeness"
    """`advice` ranks what ended badly or tells no solution lower; `likeness` asks only how near a document is."""
    fold: bool = False
    """Whether near copies of a better hit are named under it (`Hit.also`), and have no line of their own."""


class EvidenceSearch(Protocol):
    """Search over past tickets, known problems and articles of one tenant."""

    async def search(self, tenant: str, query: SearchQuery) -> Found:
        """The nearest documents, best first. Never raises: an index out of reach is `could_not_look`."""
        ...

    async def similarity(self, text: str, others: Sequence[str]) -> list[float]:
        """Cosine similarity of `text` to each of `others`, −1 to 1. Raises `CouldNotLook`."""
        ...


class TrackRecord(Record):
    """How a technician did on tickets of one category, known at a moment."""

    technician: str
    team: str | None
    category: str | None
    resolved: int
    good: int
    """Resolved and neither reopened nor passed on afterwards."""
    minutes: float | None = None
    """Median minutes from first assignment to this person until resolution."""
    expected_good: float | None = None
    """How many of these tickets would be good with anybody: by their priority, age and hand-overs when this person took
    them, and category. None where nothing is known of that."""
    minutes_ratio: float | None = None
    """Geometric mean of the minutes taken over those that such tickets usually take; below 1 is faster."""


class TicketHistory(Protocol):
    """The tickets of one tenant, always as of a moment."""

    async def ticket(self, tenant: str, ticket_id: str, at: datetime) -> Ticket:
        """The ticket cut at `at`. Raises `NotFound`."""
        ...

    async def tickets(self, tenant: str, ids: Sequence[str], at: datetime) -> list[Ticket]:
        """Those of the named tickets that exist, each cut at `at`, in the order asked for."""
        ...

    async def of_requester(self, tenant: str, requester: str, at: datetime, limit: int = 20) -> list[Ticket]:
        """The requester's tickets opened before `at`, newest first."""
        ...

    async def opened_between(self, tenant: str, start: datetime, end: datetime) -> list[Ticket]:
        """Tickets opened in [start, end), oldest first, each cut at `end`."""
        ...

    async def open_load(self, tenant: str, at: datetime) -> dict[str, int]:
        """Technician → number of open tickets assigned to them at `at`."""
        ...

    async def track_records(self, tenant: str, category: str | None, at: datetime) -> list[TrackRecord]:
        """Every technician's record on tickets of a category that were resolved by `at`."""
        ...

    async def usual_minutes(self, tenant: str, category: str | None, at: datetime) -> float | None:
        """Median minutes from creation to resolution of such tickets; none with fewer than ten."""
        ...

    async def escalated_share(self, tenant: str, at: datetime) -> float | None:
        """Share of the tickets resolved by `at` that had climbed a tier by then; none with fewer than ten."""
        ...

    async def asked_back(self, tenant: str, category: str | None, at: datetime) -> AskedBack:
        """What was asked after hand-overs of a category (none: of all) by `at`."""
        ...


class Bursts(Protocol):
    """The outbreaks of one tenant, as a ticket sees them."""

    async def burst(self, tenant: str, ticket: Ticket, at: datetime) -> Burst | None:
        """The outbreak that the ticket belongs to at `at`, or would join if it were sent now; none if it is alone."""
        ...


class Judgement(Protocol):
    """What was learned, as known at one moment. Pure: no waiting, the same ticket and moment give the same opinion."""

    def risks(self, ticket: Ticket, at: datetime) -> tuple[LearnedRisk, ...]:
        """One opinion for each target that has a model, on a ticket that is cut at `at` (or imagined so)."""
        ...

    def teams(self, ticket: Ticket, at: datetime) -> TeamOpinion | None:
        """Which team the (cut) ticket belongs to; none without a model."""
        ...


class Judges(Protocol):
    """Where judgement comes from."""

    async def judgement(self, tenant: str, at: datetime) -> Judgement | None:
        """The promoted models with what was known of other tickets at `at`; none when nothing was learned."""
        ...


class KnowledgeBase(Protocol):
    """Articles and known problems of one tenant."""

    async def article(self, tenant: str, article_id: str) -> Article:
        """The newest version. Raises `NotFound`."""
        ...

    async def problem(self, tenant: str, problem_id: str) -> KnownProblem:
        """The known problem. Raises `NotFound`."""
        ...
