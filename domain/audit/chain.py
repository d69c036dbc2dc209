"""The chain: each entry holds the hash of the one before, so that none can be changed, taken out or moved unseen.

What is personal stands beside the chain, in sources. An entry holds only a source's commitment: the hash of a random
salt and the text. When source and salt are erased the commitment tells nothing, and the chain is as valid as before; an
entry of kind `erased` says which sources went.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from domain.base import Moment, Record, content_hash

GENESIS = "0" * 64
"""What the first entry has for the hash of the one before."""
ERASED = "erased"


class Entry(Record):
    """One thing that was done or decided. `at` is its own moment, not when it was written down."""

    tenant: str
    seq: int
    """From 1, without gaps."""
    at: Moment
    kind: str
    ticket_id: str
    """Empty for what is about no ticket."""
    subject: str
    """What was recorded: the id of a decision, an approval with its version, the key of an effect."""
    body: dict[str, JsonValue]
    """Never personal: ids, states, numbers, hashes; `sources` names by role the commitments of what stands beside."""
    previous: str
    hash: str

    @property
    def sources(self) -> dict[str, str]:
        """Role → commitment of everything this entry rests on."""
        named = self.body.get("sources", {})
        return {role: str(one) for role, one in named.items()} if isinstance(named, dict) else {}

    @property
    def erased(self) -> frozenset[str]:
        """The commitments whose sources this entry says were erased."""
        named = self.body.get("commitments", []) if self.kind == ERASED else []
        return frozenset(str(one) for one in named) if isinstance(named, list) else frozenset()

    def reckoned(self) -> str:
        """The hash that this entry must have."""
        return content_hash(self.model_dump(mode="json", exclude={"hash"}))


def commitment(*, salt: str, kind: str, ticket_id: str, text: str) -> str:
    """The hash by which an entry names a source."""
    return content_hash([salt, kind, ticket_id, text])


class Anchor(Record):
    """The head of a chain as it was once: kept elsewhere, it shows that nothing was cut off since."""

    tenant: str
    records: int
    hash: str
    at: Moment | None = None
    signature: str = ""
    """HMAC-SHA256 (hex) over the rest, by the key of the installation."""

    def signed_text(self) -> bytes:
        """What the signature is over."""
        return f"{self.tenant}\n{self.records}\n{self.hash}\n{self.at.isoformat() if self.at else ''}".encode()


class Verdict(Record):
    """What walking a chain came to."""

    records: int
    ok: bool
    first_broken: int | None
    """The number of the first entry that is wrong; of the first that is missing when the end was cut off."""
    why: str = ""
    erased: int = 0
    """Sources that were erased, as entries of the chain say."""
    head: str = GENESIS


@dataclass
class Walk:
    """Verifies a chain entry by entry, in any amount of entries, without holding them."""

    tenant: str
    anchors: Iterable[Anchor] = ()
    records: int = 0
    head: str = GENESIS
    broken: int | None = None
    why: str = ""
    _used: dict[str, int] = field(default_factory=dict)
    _erased: set[str] = field(default_factory=set)

    def step(self, entry: Entry) -> None:
        """The next entry, in the order of their numbers."""
        self.records += 1
        if self.broken is None:
            self.why = self._complaint(entry)
            self.broken = self.records if self.why else None
        self.head = entry.hash
        for one in entry.sources.values():
            self._used.setdefault(one, entry.seq)
        self._erased |= entry.erased
        for anchor in self.anchors:
            if anchor.records == self.records and anchor.hash != entry.hash:
                self._break(self.records, f"entry {self.records} is not the one that was anchored")

    def end(self, sources: Mapping[str, bool]) -> Verdict:
        """The verdict. `sources`: commitment → whether the text that stands there has it."""
        for anchor in self.anchors:
            if anchor.tenant == self.tenant and anchor.records > self.records:
                self._break(self.records + 1, f"{anchor.records - self.records} entries at the end are missing")
        for name, seq in sorted(self._used.items(), key=lambda item: item[1]):
            if sources.get(name) is False:
                self._break(seq, f"what entry {seq} rests on was changed")
            elif name not in sources and name not in self._erased:
                self._break(seq, f"what entry {seq} rests on is gone, and no entry says that it was erased")
        for name, holds in sources.items():
            if not holds and name not in self._used:
                self._break(self.records, "a source that no entry names was changed")
        gone = sum(name not in sources for name in self._used)
        return Verdict(
            records=self.records, ok=self.broken is None, first_broken=self.broken, why=self.why, erased=gone,
            head=self.head,
        )  # fmt: skip

    def _complaint(self, entry: Entry) -> str:
        if entry.seq != self.records:
            return f"entry {self.records} is missing"
        if entry.previous != self.head:
            return f"entry {entry.seq} does not follow the one before"
        return "" if entry.reckoned() == entry.hash else f"entry {entry.seq} was changed"

    def _break(self, at: int, why: str) -> None:
        if self.broken is None or at < self.broken:
            self.broken, self.why = at, why
