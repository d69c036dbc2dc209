"""The decision log in SQL: entries are added in the transaction of what they record, and never changed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import Connection, RowMapping, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from adapters.storage.schema import audit as table
from adapters.storage.schema import audit_sources as sources
from domain.audit.chain import ERASED, GENESIS, Anchor, Entry, Verdict, Walk, commitment
from domain.base import content_hash

_BODY: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])
_BATCH = 500
POLICY = "policy"
"""The kind of source that a policy's whole text is. It is about no ticket and is not erased with one."""


@dataclass(frozen=True)
class Source:
    """A text that stands beside the chain."""

    kind: str
    ticket_id: str
    text: str


def append(
    connection: Connection, tenant: str, *, at: datetime, kind: str, subject: str, ticket_id: str = "",
    body: Mapping[str, JsonValue] | None = None, beside: Mapping[str, Source] | None = None,
) -> None:  # fmt: skip
    """Adds an entry; one of the same kind on the same subject is there once, so that a repeated step adds nothing.

    The transaction must be one that writes: it is what keeps two writers from taking the same number.
    """
    if _known(connection, tenant, kind, subject):
        return
    named = {role: _put_source(connection, tenant, one) for role, one in (beside or {}).items()}
    whole: dict[str, JsonValue] = dict(body or {})
    if named:
        whole["sources"] = dict(named)
    seq, previous = head(connection, tenant)
    entry = Entry(
        tenant=tenant, seq=seq + 1, at=at.astimezone(UTC), kind=kind, ticket_id=ticket_id, subject=subject, body=whole,
        previous=previous, hash="",
    )  # fmt: skip
    values = entry.model_dump(exclude={"body", "hash"})
    values |= {"body": _BODY.dump_json(whole).decode(), "hash": entry.reckoned()}
    connection.execute(insert(table).values(values))


def head(connection: Connection, tenant: str) -> tuple[int, str]:
    """(number of entries, hash of the last one)."""
    query = select(table.c.seq, table.c.hash).where(table.c.tenant == tenant).order_by(table.c.seq.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return (0, GENESIS) if row is None else (row.seq, row.hash)


def tenants(connection: Connection) -> list[str]:
    """Every tenant that has a chain."""
    return list(connection.execute(select(table.c.tenant).distinct().order_by(table.c.tenant)).scalars())


def entries(
    connection: Connection, tenant: str, *, ticket_id: str | None = None, kind: str | None = None, after: int = 0,
    limit: int | None = None,
) -> Iterator[Entry]:  # fmt: skip
    """Entries in the order of their numbers, from the one after `after` on."""
    query = select(table).where(table.c.tenant == tenant, table.c.seq > after).order_by(table.c.seq)
    if ticket_id is not None:
        query = query.where(table.c.ticket_id == ticket_id)
    if kind is not None:
        query = query.where(table.c.kind == kind)
    rows = connection.execute(query.limit(limit) if limit else query).mappings()
    for part in rows.partitions(_BATCH):
        yield from (_entry(row) for row in part)


def source(connection: Connection, tenant: str, name: str) -> str | None:
    """The text behind a commitment; none when it was erased."""
    query = select(sources.c.text).where(sources.c.tenant == tenant, sources.c.commitment == name)
    return connection.execute(query).scalar_one_or_none()


def verify(connection: Connection, tenant: str, anchors: Sequence[Anchor] = ()) -> Verdict:
    """Walks the whole chain and everything beside it."""
    walk = Walk(tenant=tenant, anchors=anchors)
    for row in connection.execute(select(table).where(table.c.tenant == tenant).order_by(table.c.seq)).mappings():
        try:
            entry = _entry(row)
        except ValueError:
            # A body that is no JSON any more: it stands for an entry that cannot have its hash.
            entry = Entry.model_construct(**{**row, "body": {}})
        walk.step(entry)
    held = {}
    for row in connection.execute(select(sources).where(sources.c.tenant == tenant)).mappings():
        text = commitment(salt=row["salt"], kind=row["kind"], ticket_id=row["ticket_id"], text=row["text"])
        held[row["commitment"]] = text == row["commitment"]
    return walk.end(held)


def erase(connection: Connection, tenant: str, ticket_ids: Sequence[str], *, at: datetime, why: str) -> int:
    """Erases everything beside the chain that is about these tickets, and says so in the chain; how much went."""
    where = (sources.c.tenant == tenant, sources.c.ticket_id.in_(ticket_ids))
    gone = sorted(connection.execute(select(sources.c.commitment).where(*where)).scalars())
    if gone:
        body: dict[str, JsonValue] = {"why": why, "tickets": list(ticket_ids), "commitments": list(gone)}
        append(connection, tenant, at=at, kind=ERASED, subject=content_hash(list(gone)), body=body)
        connection.execute(delete(sources).where(*where))
    return len(gone)


def _put_source(connection: Connection, tenant: str, one: Source) -> str:
    """The commitment of a text; the same text about the same ticket is kept once."""
    same = (
        sources.c.tenant == tenant, sources.c.ticket_id == one.ticket_id, sources.c.kind == one.kind,
        sources.c.text == one.text,
    )  # fmt: skip
    known = connection.execute(select(sources.c.commitment).where(*same).limit(1)).scalar_one_or_none()
    if known is not None:
        return str(known)
    salt = secrets.token_hex(16)
    name = commitment(salt=salt, kind=one.kind, ticket_id=one.ticket_id, text=one.text)
    values = {
        "tenant": tenant, "commitment": name, "kind": one.kind, "ticket_id": one.ticket_id, "salt": salt,
        "text": one.text,
    }  # fmt: skip
    connection.execute(upsert(sources).values(values).on_conflict_do_nothing())
    return name


def _known(connection: Connection, tenant: str, kind: str, subject: str) -> bool:
    query = select(table.c.seq).where(table.c.tenant == tenant, table.c.kind == kind, table.c.subject == subject)
    return connection.execute(query.limit(1)).first() is not None


def _entry(row: RowMapping) -> Entry:
    values = dict(row)
    return Entry.model_validate({**values, "body": _BODY.validate_json(values["body"])})
