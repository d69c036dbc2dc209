"""Machines that answer our mail: noted, and never answered."""

from __future__ import annotations

from adapters.storage import notices
from adapters.storage.store import Store
from domain.telling.loops import coming_back
from domain.ticket import Event


def came_back(store: Store, tenant: str, event: Event) -> str | None:
    """Why an event is a machine's answer to one of our mails, none when it is not. A bounce is noted at its notice."""
    found = coming_back(event.body) if event.is_message or event.kind == "created" else None
    if found is None:
        return None
    key = found.key
    if key is not None and found.tenant == tenant:
        store.write(lambda c: notices.bounced(c, tenant, key, "the mail came back"))
    return found.why
