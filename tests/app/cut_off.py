"""Takes a ticket in and ends without a word at a named place, as a machine that loses its power does."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from adapters.clock import SetClock
from adapters.helpdesks.local import LocalHelpdesk
from adapters.notify.mail_folder import MailFolder
from adapters.storage.history import SqlHistory
from adapters.storage.journeys import SqlJourneyRecords
from adapters.storage.store import Store
from app.bootstrap import open_services
from app.settings import Settings
from retrieval.embeddings import HashEmbedder
from tests.app.desk import ASKED, LOUD, Desk, arrived, fresh, later
from tests.conftest import NOW
from tests.tickets import comment

TENANT = "acme"
PLACES = (
    "before it is queued", "while routing", "while recording the handover", "before the end is noted",
    "after the end is noted", "after the helpdesk was told", "after the mail was written",
)  # fmt: skip
WHILE_ASKING = ("while it waits", "while going on with the answer", "before the wait is noted")


def settings(data_dir: Path) -> Settings:
    """As the tests have them."""
    return Settings(data_dir=data_dir, poll_seconds=0.02, sweep_seconds=3600)


def cut_off(data_dir: Path, place: str) -> None:
    """Runs until the place is reached; returns only when it is not."""
    with open_services(settings(data_dir), embedder=HashEmbedder(), clock=SetClock(NOW)) as services:
        desk = Desk(services, TENANT, SetClock(NOW))
        match place:
            case "before it is queued":
                new = fresh(LOUD)
                services.store.accept(TENANT, arrived(TENANT, new.events[0], sent_with=new))
                _die()
            case "while it waits":
                desk.opens(ASKED)
                _die()
            case "while going on with the answer":
                desk.opens(ASKED)
                _die_in(SqlHistory, "open_load")
                desk.hears(comment("e2", "It says error 619", at=later(0)))
            case "before the wait is noted":
                _die_in(Store, "settle", at=2)
                desk.opens(ASKED)
            case "while routing":
                _die_in(SqlHistory, "open_load")
            case "while recording the handover":
                _die_in(SqlJourneyRecords, "handoff")
            case "before the end is noted":
                _die_in(Store, "settle", at=2)
            case "after the end is noted":
                _die_in(Store, "finish_delivery")
            case "after the helpdesk was told":
                _die_in(LocalHelpdesk, "apply", afterwards=True)
            case "after the mail was written":
                _die_in(MailFolder, "send", afterwards=True)
        desk.opens(LOUD)


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_in(kind: type, method: str, *, afterwards: bool = False, at: int = 1) -> None:
    """Ends the process at the `at`-th call of a method of a port, before or after its work."""
    original: Callable[..., Any] = getattr(kind, method)
    calls = count(1)

    def dying(*given: Any, **named: Any) -> Any:  # Any: it stands in for any method
        call = next(calls)
        if call == at and not afterwards:
            _die()
        answer = original(*given, **named)
        if call == at:
            _die()
        return answer

    setattr(kind, method, dying)


if __name__ == "__main__":
    cut_off(Path(sys.argv[1]), sys.argv[2])
