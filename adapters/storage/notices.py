"""Receipts of notices, what stands at each place, and who acknowledged what, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, and_, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from adapters.storage import outbox
from adapters.storage.records import Place
from adapters.storage.schema import acknowledgements, living_messages, notice_attempts, notices
from domain.effects import Message
from domain.errors import NotFound
from domain.telling.records import (
    REACHED,
    Acknowledgement,
    Attempt,
    AttemptState,
    Living,
    NoticeRecord,
    NoticeState,
    lane_of,
)

_OPEN = (NoticeState.WAITING, NoticeState.HELD)


def admit(connection: Connection, tenant: str, key: str, message: Message, *, created: datetime, at: datetime) -> None:
    """Notes a message that is planned for the first time; one noted before stays as it is."""
    values = {
        "tenant": tenant, "key": key, "ticket_id": message.ticket_id, "escalation_id": message.escalation_id,
        "occasion": message.occasion, "because": message.because, "recipient": message.whose,
        "channel": message.channel, "kind": message.kind, "to": message.to, "lane": lane_of(message),
        "state": NoticeState.WAITING, "at": message.at or created, "admitted_at": at, "rounds": 0,
        "origin": message.origin, "detail": "",
        "matter": message.matter,
    }  # fmt: skip
    connection.execute(upsert(notices).values(values).on_conflict_do_nothing(index_elements=["tenant", "key"]))


def get(connection: Connection, tenant: str, key: str) -> NoticeRecord:
    """One notice with its attempts. Raises `NotFound`."""
    found = _read(connection, tenant, notices.c.key == key, limit=1)
    if not found:
        raise NotFound(f"there is no notice {key}")
    return found[0]


def admitted_at(connection: Connection, tenant: str, key: str) -> datetime:
    """When a notice was first planned."""
    query = select(notices.c.admitted_at).where(notices.c.tenant == tenant, notices.c.key == key)
    moment: datetime = connection.execute(query).scalar_one()
    return moment


def find(
    connection: Connection, tenant: str, *, escalation_id: str | None = None, ticket_id: str | None = None,
    recipient: str | None = None, states: Sequence[str] = (), limit: int = 100, after: Place | None = None,
) -> list[NoticeRecord]:  # fmt: skip
    """Notices, newest first; `after` is the last one of the page before."""
    own = notices.c
    named = ((own.escalation_id, escalation_id), (own.ticket_id, ticket_id), (own.recipient, recipient))
    conditions = [column == value for column, value in named if value is not None]
    if states:
        conditions.append(own.state.in_(states))
    if after is not None:
        conditions.append(or_(own.at < after.at, and_(own.at == after.at, own.key > after.id)))
    return _read(connection, tenant, *conditions, limit=limit)


def change(connection: Connection, tenant: str, keys: Iterable[str], **values: object) -> None:
    """Sets columns of notices that are not settled yet."""
    where = (notices.c.tenant == tenant, notices.c.key.in_(list(keys)), notices.c.state.in_(_OPEN))
    connection.execute(update(notices).where(*where).values(**values))


def let_go(connection: Connection, tenant: str, key: str, at: datetime) -> None:
    """Lets what was gathered into a notice go out on its own, at `at`."""
    own = notices.c
    where = (own.tenant == tenant, own.gathered_into == key, own.state.in_(_OPEN))
    for other in connection.execute(select(own.key).where(*where)).scalars().all():
        change(connection, tenant, [other], gathered_into=None, due_at=at)
        outbox.hold(connection, tenant, other, at)


def bounced(connection: Connection, tenant: str, key: str, detail: str) -> bool:
    """Notes that a mail came back; whether it had been sent."""
    where = (notices.c.tenant == tenant, notices.c.key == key, notices.c.state.in_(REACHED))
    done = connection.execute(update(notices).where(*where).values(state=NoticeState.BOUNCED, detail=detail))
    return done.rowcount == 1


def counts(connection: Connection) -> list[tuple[str, int]]:
    """How many notices of every tenant are in each state."""
    query = select(notices.c.state, func.count()).group_by(notices.c.state).order_by(notices.c.state)
    return [(row[0], row[1]) for row in connection.execute(query)]


def critical_failures(connection: Connection) -> int:
    """How many critical notices of every tenant failed without anybody being told instead."""
    instead = notices.alias("instead")
    told = select(instead.c.key).where(
        instead.c.tenant == notices.c.tenant, instead.c.origin == notices.c.key, instead.c.state.in_((*REACHED, *_OPEN))
    )
    query = select(func.count()).where(
        notices.c.state == NoticeState.FAILED, notices.c.lane == "critical", ~told.exists()
    )
    return connection.execute(query).scalar_one()


def queue(connection: Connection, tenant: str, record: NoticeRecord, limit: int) -> list[NoticeRecord]:
    """The open notices of the same lane to the same recipient there, in the order in which they go out."""
    own = notices.c
    query = select(notices).where(
        own.tenant == tenant, own.recipient == record.recipient, own.channel == record.channel,
        own.to == record.to, own.lane == record.lane, own.state.in_(_OPEN),
    )  # fmt: skip
    rows = list(connection.execute(query.order_by(own.at, own.key).limit(limit)).mappings())
    tries = attempts(connection, tenant, [row["key"] for row in rows])
    return [_notice(row, tries.get(row["key"], ())) for row in rows]


def told_there(connection: Connection, tenant: str, record: NoticeRecord, matter: str) -> bool:
    """Whether the same was already told, by another message, at the same place."""
    own = notices.c
    query = select(own.key).where(
        own.tenant == tenant, own.matter == matter, own.key != record.key, own.channel == record.channel,
        own.to == record.to, own.state.in_(REACHED),
    )  # fmt: skip
    return connection.execute(query.limit(1)).first() is not None


def reached_instead(connection: Connection, tenant: str, key: str) -> str | None:
    """The channel on which somebody was told in place of a notice."""
    own = notices.c
    query = select(own.channel).where(own.tenant == tenant, own.origin == key, own.state.in_(REACHED))
    channel: str | None = connection.execute(query.limit(1)).scalar_one_or_none()
    return channel


def counted(connection: Connection, tenant: str, recipient: str, *, at: datetime, longest: timedelta,
            but: str) -> list[datetime]:  # fmt: skip
    """When the recipient was told something that counts, since `longest` before `at`; `at` for what is on its way.

    Tries of the notice `but` that did not end are left out: it is that notice which is planned.
    """
    own = notice_attempts.c
    common = (own.tenant == tenant, own.recipient == recipient, own.counts.is_(True))
    ended = select(own.ended_at).where(
        *common, own.state.in_((AttemptState.SENT, AttemptState.UNKNOWN)), own.ended_at > at - longest
    )
    going = select(own.key).where(*common, own.state == AttemptState.PENDING, own.key != but)
    return [*connection.execute(ended).scalars(), *(at for _ in connection.execute(going).scalars())]


def attempts(connection: Connection, tenant: str, keys: Sequence[str]) -> dict[str, tuple[Attempt, ...]]:
    """The tries of some notices, in order."""
    own = notice_attempts.c
    query = select(notice_attempts).where(own.tenant == tenant, own.key.in_(keys)).order_by(own.key, own.number)
    found: dict[str, tuple[Attempt, ...]] = {}
    for row in connection.execute(query).mappings():
        one = Attempt(
            number=row["number"], started_at=row["started_at"], ended_at=row["ended_at"],
            state=AttemptState(row["state"]), counts=row["counts"], error=row["error"],
        )  # fmt: skip
        found[row["key"]] = (*found.get(row["key"], ()), one)
    return found


def start_attempt(connection: Connection, tenant: str, record: NoticeRecord, *, at: datetime, counts: bool) -> int:
    """Notes that a try begins; its number."""
    number = len(record.attempts) + 1
    values = {
        "tenant": tenant, "key": record.key, "number": number, "recipient": record.recipient, "started_at": at,
        "state": AttemptState.PENDING, "counts": counts,
    }  # fmt: skip
    connection.execute(notice_attempts.insert().values(values))
    return number


def end_attempts(
    connection: Connection, tenant: str, key: str, *, state: AttemptState, at: datetime, error: str | None = None,
    counts: bool | None = None,
) -> None:  # fmt: skip
    """Notes how the tries of a notice that are under way ended."""
    own = notice_attempts.c
    values: dict[str, object] = {"state": state, "ended_at": at, "error": error}
    if counts is not None:
        values["counts"] = counts
    where = (own.tenant == tenant, own.key == key, own.state == AttemptState.PENDING)
    connection.execute(update(notice_attempts).where(*where).values(**values))


def living(connection: Connection, tenant: str, id: str) -> Living | None:
    """What stands at one place for one escalation."""
    query = select(living_messages).where(living_messages.c.tenant == tenant, living_messages.c.id == id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _living(row)


def living_of(connection: Connection, tenant: str, escalation_id: str) -> list[Living]:
    """What stands anywhere for one escalation."""
    own = living_messages.c
    query = select(living_messages).where(own.tenant == tenant, own.escalation_id == escalation_id).order_by(own.id)
    return [_living(row) for row in connection.execute(query).mappings()]


def remember(connection: Connection, tenant: str, escalation_id: str, one: Living) -> None:
    """Notes what stands at a place now."""
    values = {
        "tenant": tenant, "id": one.id, "escalation_id": escalation_id, "reference": one.reference,
        "sequence": one.sequence, "at": one.at, "body": one.message.model_dump_json(),
    }  # fmt: skip
    changed = {name: values[name] for name in ("reference", "sequence", "at", "body")}
    statement = upsert(living_messages).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["tenant", "id"], set_=changed))


def forget(connection: Connection, tenant: str, id: str) -> None:
    """Forgets what stood at a place: it is not there any more."""
    own = living_messages.c
    connection.execute(delete(living_messages).where(own.tenant == tenant, own.id == id))


def acknowledge(connection: Connection, tenant: str, word: Acknowledgement) -> None:
    """Notes that somebody has seen an escalation."""
    values = {"tenant": tenant, **word.model_dump()}
    keys = ["tenant", "escalation_id", "at"]
    connection.execute(upsert(acknowledgements).values(values).on_conflict_do_nothing(index_elements=keys))


def acknowledged(connection: Connection, tenant: str, escalation_id: str) -> list[Acknowledgement]:
    """Who has acknowledged an escalation, in order."""
    own = acknowledgements.c
    query = select(acknowledgements).where(own.tenant == tenant, own.escalation_id == escalation_id).order_by(own.at)
    return [
        Acknowledgement(escalation_id=row["escalation_id"], at=row["at"], by=row["by"], via=row["via"])
        for row in connection.execute(query).mappings()
    ]


def _read(connection: Connection, tenant: str, *conditions: object, limit: int) -> list[NoticeRecord]:
    query = select(notices).where(notices.c.tenant == tenant, *conditions)  # type: ignore[arg-type]  # column clauses
    rows = list(connection.execute(query.order_by(notices.c.at.desc(), notices.c.key).limit(limit)).mappings())
    tries = attempts(connection, tenant, [row["key"] for row in rows])
    return [_notice(row, tries.get(row["key"], ())) for row in rows]


def _notice(row: RowMapping, tries: tuple[Attempt, ...]) -> NoticeRecord:
    left_out = ("tenant", "admitted_at", "matter")
    return NoticeRecord(**{name: row[name] for name in row if name not in left_out}, attempts=tries)


def _living(row: RowMapping) -> Living:
    return Living(
        id=row["id"], reference=row["reference"], sequence=row["sequence"], at=row["at"],
        message=Message.model_validate_json(row["body"]),
    )  # fmt: skip
