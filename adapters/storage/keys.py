"""Bearer keys: shown once, stored as sha256 (keys are 256 random bits, so a slow hash would protect nothing)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select, update

from adapters.storage.schema import api_keys as table
from domain.base import Record
from domain.errors import BadInput, NotFound

_PREFIX = "tw_"


class Role(StrEnum):
    """What a caller may do."""

    PLATFORM = "platform"
    TECHNICIAN = "technician"
    LEAD = "lead"
    APPROVER = "approver"
    KNOWLEDGE_MANAGER = "knowledge_manager"
    EVALUATOR = "evaluator"
    ADMIN = "admin"


class Caller(Record):
    """Who is calling: a key's tenant, roles, and the person it belongs to, if it belongs to one."""

    tenant: str
    key_id: str
    roles: frozenset[Role]
    person: str | None = None


def create(
    connection: Connection, tenant: str, roles: frozenset[Role], at: datetime, person: str | None = None
) -> tuple[str, str]:
    """A new key: (its id, the key itself, which is not stored and never shown again).

    Raises `BadInput` without a role.
    """
    if not roles:
        raise BadInput("a key needs at least one role", mend=f"name some of {', '.join(Role)}")
    key = _PREFIX + secrets.token_urlsafe(32)
    key_id = "key_" + secrets.token_hex(6)
    connection.execute(
        insert(table).values(
            tenant=tenant,
            id=key_id,
            hash=_hash(key),
            roles=",".join(sorted(roles)),
            person=person,
            created_at=at,
        )
    )
    return key_id, key


def revoke(connection: Connection, tenant: str, key_id: str, at: datetime) -> None:
    """Ends a key. Raises `NotFound`."""
    where = (table.c.tenant == tenant, table.c.id == key_id, table.c.revoked_at.is_(None))
    if connection.execute(update(table).where(*where).values(revoked_at=at)).rowcount != 1:
        raise NotFound(f"there is no active key {key_id}")


def caller(connection: Connection, key: str) -> Caller | None:
    """Whose key this is; none when nobody's."""
    digest = _hash(key)
    query = select(table).where(table.c.hash == digest, table.c.revoked_at.is_(None))
    row = connection.execute(query).mappings().one_or_none()
    if row is None or not hmac.compare_digest(row["hash"], digest):
        return None
    roles = frozenset(Role(role) for role in row["roles"].split(","))
    return Caller(tenant=row["tenant"], key_id=row["id"], roles=roles, person=row["person"])


def any_key(connection: Connection) -> bool:
    """Whether a key was ever made: from then on nobody is answered without one, even when all have been revoked."""
    return connection.execute(select(table.c.id).limit(1)).first() is not None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
