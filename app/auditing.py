"""The decision log at work: verified against its anchors, shown, and every decision in it made again."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from adapters.storage import audit
from adapters.storage.audited import BASIS, DECISION, TICKET
from adapters.storage.store import Store, Transaction
from app.data_dir import DataDir
from domain.audit.basis import Again, Basis, decide_again
from domain.audit.chain import Anchor, Entry, Verdict
from domain.base import Record
from domain.errors import BadInput, Misconfigured
from domain.policy.policy import Policy
from domain.ticket import Ticket


class Reruns(Record):
    """What came of making decisions again."""

    decisions: int
    same: int
    erased: int
    """Decisions whose ticket was erased: they cannot be made again."""
    different: tuple[Again, ...]


def verify(store: Store, data_dir: DataDir, tenant: str, kept_elsewhere: Sequence[Anchor] = ()) -> Verdict:
    """Walks a tenant's chain: entries, what stands beside them, and whether it reaches its anchors.

    Raises `Misconfigured` when the installation's own anchor was tampered with.
    """
    own = read_anchor(data_dir, tenant)
    anchors = [*kept_elsewhere, *([own] if own else [])]
    return store.read(lambda c: audit.verify(c, tenant, anchors))


def anchor_all(store: Store, data_dir: DataDir, at: datetime) -> list[Anchor]:
    """Writes down, outside the database and signed, how far every tenant's chain has come."""
    heads = store.read(lambda c: [(tenant, *audit.head(c, tenant)) for tenant in audit.tenants(c)])
    return [_anchored(data_dir, tenant, records, head, at) for tenant, records, head in heads]


def read_anchor(data_dir: DataDir, tenant: str) -> Anchor | None:
    """The anchor of a tenant; none when none was written yet. Raises `Misconfigured` for one that is not ours."""
    path = _place(data_dir, tenant)
    if not path.exists():
        return None
    anchor = load_anchor(path)
    if not hmac.compare_digest(anchor.signature, _signature(data_dir, anchor)):
        raise Misconfigured(
            f"{path} was not written by this installation",
            mend="compare with an anchor that is kept elsewhere: `tierwise audit verify --anchor FILE`",
        )
    return anchor


def load_anchor(path: Path) -> Anchor:
    """An anchor from a file. Raises `BadInput`."""
    try:
        return Anchor.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BadInput(f"{path} is no anchor of a decision log", mend="name a file of the folder `audit`") from error


def run_again(
    store: Store, tenant: str, ticket_id: str | None = None, progress: Callable[[int], None] = lambda _: None
) -> Reruns:
    """Makes every recorded decision (of one ticket) again from its recorded inputs, and compares."""

    def query(connection: Transaction) -> Reruns:
        found = [
            (entry, _again(connection, tenant, entry))
            for entry in _decisions(connection, tenant, ticket_id, progress)
        ]  # fmt: skip
        made = [again for _, again in found if again is not None]
        return Reruns(
            decisions=len(found), same=sum(one.same for one in made), erased=len(found) - len(made),
            different=tuple(one for one in made if not one.same),
        )  # fmt: skip

    return store.read(query)


def _decisions(
    connection: Transaction, tenant: str, ticket_id: str | None, progress: Callable[[int], None]
) -> Iterator[Entry]:
    for entry in audit.entries(connection, tenant, ticket_id=ticket_id, kind=DECISION):
        yield entry
        progress(1)


def _again(connection: Transaction, tenant: str, entry: Entry) -> Again | None:
    """The decision made again; none when what it rests on was erased."""
    texts = {role: audit.source(connection, tenant, name) for role, name in entry.sources.items()}
    policy, ticket, basis = texts.get(audit.POLICY), texts.get(TICKET), texts.get(BASIS)
    if policy is None or ticket is None or basis is None:
        return None
    rules = _policy(policy)
    if rules.stamp != entry.body.get("policy"):
        return Again(decision_id=entry.subject, same=False, differences=(f"policy: {rules.stamp} is not the recorded",))
    return decide_again(Ticket.model_validate_json(ticket), rules, Basis.model_validate_json(basis))


@lru_cache(maxsize=4)
def _policy(text: str) -> Policy:
    return Policy.model_validate_json(text)


def _anchored(data_dir: DataDir, tenant: str, records: int, head: str, at: datetime) -> Anchor:
    bare = Anchor(tenant=tenant, records=records, hash=head, at=at)
    anchor = bare.model_copy(update={"signature": _signature(data_dir, bare)})
    path = _place(data_dir, tenant)
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(anchor.model_dump_json() + "\n", encoding="utf-8")
    fresh.replace(path)
    return anchor


def _place(data_dir: DataDir, tenant: str) -> Path:
    return data_dir.path / "audit" / f"{tenant}.json"


def _signature(data_dir: DataDir, anchor: Anchor) -> str:
    key = hashlib.sha256(b"audit anchor\n" + data_dir.link_secret()).digest()
    return hmac.new(key, anchor.signed_text(), "sha256").hexdigest()
