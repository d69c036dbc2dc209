"""Every table. The tenant is the first part of every key; moments are UTC microseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Micros(TypeDecorator[datetime]):
    """An aware datetime as microseconds since 1970: sorts, compares and survives on every engine."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """datetime → microseconds."""
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """microseconds → datetime in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def _tenant() -> Column[str]:
    return Column("tenant", String, primary_key=True)


tickets = Table(
    "tickets",
    metadata,
    _tenant(),
    Column("id", String, primary_key=True),
    Column("source", String),
    Column("head", Text, nullable=False, comment="the canonical ticket without its events, as JSON"),
    Column("hash", String, nullable=False, comment="of the canonical ticket with its events"),
    Column("created_at", Micros, nullable=False),
    Column("changed_at", Micros, nullable=False, comment="of the last event"),
    Column("requester", String),
    Column("category", String),
    Column("service", String),
    Column("status", String, nullable=False),
    Column("priority", String),
    Column("team", String),
    Column("technician", String),
    Column("tier", String),
    Column("is_open", Boolean, nullable=False),
    Column("climbed_at", Micros, comment="when it first went up a tier"),
    Index(None, "tenant", "created_at"),
    Index(None, "tenant", "requester", "created_at"),
    Index(None, "tenant", "is_open", "created_at"),
)

events = Table(
    "events",
    metadata,
    _tenant(),
    Column("ticket_id", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("event_id", String, nullable=False),
    Column("at", Micros, nullable=False),
    Column("body", Text, nullable=False, comment="the canonical event as JSON"),
    UniqueConstraint("tenant", "ticket_id", "event_id"),
    Index(None, "tenant", "at"),
)

resolutions = Table(
    "resolutions",
    metadata,
    _tenant(),
    Column("ticket_id", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Micros, nullable=False),
    Column("category", String, comment="lower case"),
    Column("technician", String),
    Column("team", String),
    Column("minutes", Float),
    Column("minutes_open", Float, nullable=False),
    Column("spoiled_at", Micros),
    Column("priority", String, comment="when the technician took the ticket over"),
    Column("waited", Float, comment="minutes from the ticket's creation until then"),
    Column("handed", Integer, comment="how many others had held it by then"),
    Index(None, "tenant", "category", "at"),
)

stints = Table(
    "stints",
    metadata,
    _tenant(),
    Column("ticket_id", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("technician", String, nullable=False),
    Column("start", Micros, nullable=False),
    Column("end", Micros),
    Index(None, "tenant", "end", "start"),
)

ask_backs = Table(
    "ask_backs",
    metadata,
    _tenant(),
    Column("ticket_id", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Micros, nullable=False),
    Column("category", String, comment="lower case"),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "tenant", "category", "at"),
)

articles = Table(
    "articles",
    metadata,
    _tenant(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("state", String, nullable=False),
    Column("updated_at", Micros, nullable=False),
    Column("body", Text, nullable=False),
)

problems = Table(
    "problems",
    metadata,
    _tenant(),
    Column("id", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("body", Text, nullable=False),
)


def _record_table(name: str) -> Table:
    """A record kept whole as JSON, with the columns people ask for beside it."""
    return Table(
        name,
        metadata,
        _tenant(),
        Column("id", String, primary_key=True),
        Column("ticket_id", String, nullable=False),
        Column("state", String),
        Column("version", Integer, nullable=False),
        Column("at", Micros, nullable=False),
        Column("body", Text, nullable=False),
        Index(None, "tenant", "ticket_id", "at"),
        Index(None, "tenant", "state", "at"),
    )


assessments = _record_table("assessments")
decisions = _record_table("decisions")
escalations = _record_table("escalations")
contexts = _record_table("contexts")
evidence = _record_table("evidence")
routes = _record_table("routes")
handoffs = _record_table("handoffs")
approvals = _record_table("approvals")
drafts = _record_table("drafts")
journeys = _record_table("journeys")
matrices = _record_table("matrices")
tasks = _record_table("tasks")

delegations = Table(
    "delegations",
    metadata,
    _tenant(),
    Column("id", String, primary_key=True),
    Column("principal", String, nullable=False),
    Column("delegate", String, nullable=False),
    Column("last", Micros, nullable=False, comment="when it ends by itself"),
    Column("ended_at", Micros, comment="when it was taken back"),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "tenant", "last"),
)

outbreaks = _record_table("outbreaks")
step_marks = _record_table("step_marks")
model_cases = _record_table("model_cases")
handoff_looks = _record_table("handoff_looks")

sightings = Table(
    "sightings",
    metadata,
    _tenant(),
    Column("ticket_id", String, primary_key=True),
    Column("at", Micros, nullable=False, comment="when the ticket was opened"),
    Column("who", String, nullable=False),
    Column("signatures", Text, nullable=False, comment="JSON: a list of lists of [part, value]"),
    Column("outbreak", String, comment="the outbreak that it was put under, whatever became of that"),
    Index(None, "tenant", "at"),
    Index(None, "tenant", "outbreak"),
)

topics = Table(
    "topics",
    metadata,
    _tenant(),
    Column("id", String, primary_key=True),
    Column("embedder", String, nullable=False),
    Column("tickets", Integer, nullable=False),
    Column("used_at", Micros, nullable=False),
    Column("centre", Text, nullable=False, comment="JSON: the sum of its tickets' vectors"),
)

inbox = Table(
    "inbox",
    metadata,
    _tenant(),
    Column("source", String, primary_key=True),
    Column("delivery_id", String, primary_key=True),
    Column("seq", Integer, nullable=False, comment="the order of arrival within the tenant"),
    Column("ticket_id", String, nullable=False),
    Column("run_id", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("received_at", Micros, nullable=False),
    Column("state", String, nullable=False),
    Column("result", String),
    UniqueConstraint("tenant", "seq"),
    UniqueConstraint("tenant", "run_id"),
    Index(None, "tenant", "ticket_id", "state", "seq"),
    Index(None, "state"),
)

outbox = Table(
    "outbox",
    metadata,
    _tenant(),
    Column("key", String, primary_key=True),
    Column("ticket_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("receipt", Text),
    Column("error", Text),
    Column("done_at", Micros),
    Column("due_at", Micros, comment="not before then; none means at once"),
    Index(None, "state"),
    Index(None, "tenant", "ticket_id"),
)

notices = Table(
    "notices",
    metadata,
    _tenant(),
    Column("key", String, primary_key=True, comment="of the effect"),
    Column("ticket_id", String, nullable=False),
    Column("escalation_id", String),
    Column("occasion", String, nullable=False),
    Column("matter", String, nullable=False, comment="the same for all who are told of one thing"),
    Column("because", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("to", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("state", String, nullable=False),
    Column("at", Micros, nullable=False),
    Column("admitted_at", Micros, nullable=False, comment="when it was first planned"),
    Column("due_at", Micros),
    Column("rounds", Integer, nullable=False),
    Column("gathered_into", String),
    Column("origin", String),
    Column("reference", String),
    Column("detail", Text, nullable=False),
    Column("settled_at", Micros),
    Index(None, "tenant", "escalation_id"),
    Index(None, "tenant", "ticket_id", "at"),
    Index(None, "tenant", "recipient", "channel", "state"),
    Index(None, "tenant", "state", "at"),
    Index(None, "tenant", "origin"),
    Index(None, "tenant", "matter"),
)

notice_attempts = Table(
    "notice_attempts",
    metadata,
    _tenant(),
    Column("key", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("recipient", String, nullable=False),
    Column("started_at", Micros, nullable=False),
    Column("ended_at", Micros),
    Column("state", String, nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("error", Text),
    Index(None, "tenant", "recipient", "state", "ended_at"),
)

living_messages = Table(
    "living_messages",
    metadata,
    _tenant(),
    Column("id", String, primary_key=True),
    Column("escalation_id", String, nullable=False),
    Column("reference", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("at", Micros, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "tenant", "escalation_id"),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    _tenant(),
    Column("escalation_id", String, primary_key=True),
    Column("at", Micros, primary_key=True),
    Column("by", String, nullable=False),
    Column("via", String, nullable=False),
)

timers = Table(
    "timers",
    metadata,
    _tenant(),
    Column("key", String, primary_key=True),
    Column("ticket_id", String, nullable=False),
    Column("timer", String, nullable=False),
    Column("subject_id", String, nullable=False),
    Column("due_at", Micros, nullable=False),
    Index(None, "due_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    _tenant(),
    Column("id", String, primary_key=True),
    Column("hash", String, nullable=False, unique=True),
    Column("roles", String, nullable=False),
    Column("person", String),
    Column("created_at", Micros, nullable=False),
    Column("revoked_at", Micros),
)

idempotency = Table(
    "idempotency",
    metadata,
    _tenant(),
    Column("key", String, primary_key=True),
    Column("hash", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("response", Text, nullable=False),
    Column("created_at", Micros, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    _tenant(),
    Column("seq", Integer, primary_key=True, comment="from 1, without gaps"),
    Column("at", Micros, nullable=False),
    Column("kind", String, nullable=False),
    Column("ticket_id", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index(None, "tenant", "ticket_id", "seq"),
    Index(None, "tenant", "kind", "subject"),
)

audit_sources = Table(
    "audit_sources",
    metadata,
    _tenant(),
    Column("commitment", String, primary_key=True, comment="the hash of the rest, salt first"),
    Column("kind", String, nullable=False),
    Column("ticket_id", String, nullable=False),
    Column("salt", String, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "tenant", "ticket_id", "kind"),
)
