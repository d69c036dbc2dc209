"""Documents for the tests of retrieval."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.evidence import DocumentKind
from retrieval.documents import Document

MARCH = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


def document(
    id: str,
    title: str,
    text: str = "",
    *,
    tenant: str = "acme",
    kind: DocumentKind = DocumentKind.TICKET,
    category: str | None = None,
    service: str | None = None,
    requester: str | None = None,
    known_at: datetime | None = MARCH,
) -> Document:
    """A document known in March unless said otherwise."""
    return Document(
        tenant=tenant,
        kind=kind,
        id=id,
        title=title,
        text=text,
        category=category,
        service=service,
        requester=requester,
        known_at=known_at,
    )


def a_few_tickets() -> list[Document]:
    """Five tickets of acme and one of another tenant that repeats the first, among tickets on nothing of interest."""
    fillers = [
        document(f"F-{n}", f"filler{n} alpha{n}", tenant=tenant, category="filler", known_at=None)
        for n in range(20)
        for tenant in ("acme", "other")
    ]
    return [
        document("T-1", "VPN tunnel drops", "vpn-gw-03 closes the tunnel with error 619.", category="network"),
        document("T-2", "Printer jams", "The printer on floor two shows ERR_0x80070005.", requester="dana"),
        document("T-3", "Mailbox full", "My mailbox cannot take any more mail.", requester="dana", service="mail"),
        document("T-4", "VPN is slow at home", "The tunnel is slow every evening.", known_at=APRIL),
        document("T-5", "Open VPN question", "Which client do I need for the tunnel?", known_at=None),
        document("T-1", "VPN tunnel drops", "vpn-gw-03 closes the tunnel with error 619.", tenant="other"),
        *fillers,
    ]
