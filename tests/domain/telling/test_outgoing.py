"""No message carries a secret out, wherever in it the secret stands."""

from __future__ import annotations

import pytest

from domain.telling.content import NoticeContent, ReasonLine, SimilarCase
from domain.telling.outgoing import without_secrets
from tests.app.told import mail_to

SECRETS = {
    "a key": "AKIAIOSFODNN7EXAMPLE",
    "a token": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "a password": "Tr0ub4dor&3",
    "a card": "4111 1111 1111 1111",
    "a bank account": "DE89 3704 0044 0532 0130 00",
}


def _told(secret: str) -> str:
    said = f"my password: {secret} does not work" if secret == SECRETS["a password"] else f"it says {secret} here"
    content = NoticeContent(
        ticket_id="T-1", escalation_id="esc_1", title=said, headline=said, state="handed over",
        reasons=(ReasonLine(points=20, text=said),), affected=(said,), why_owner=said, tried=(said,),
        similar=SimilarCase(id="T-0", title=said, how_resolved=said), requested_action=said, details=said,
        earlier=(said,),
    )  # fmt: skip
    return without_secrets(mail_to("di", subject=said, text=said, content=content)).model_dump_json()


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_in_any_field_stays_inside(name: str) -> None:
    told = _told(SECRETS[name])
    assert SECRETS[name] not in told
    assert "T-1" in told and "esc_1" in told and ("does not work" in told or "here" in told)


def test_every_text_of_a_notice_is_looked_at() -> None:
    """A field that is added later has to be masked or named here."""
    looked_at = {
        "title", "headline", "reasons", "affected", "why_owner", "tried", "similar", "requested_action", "details",
        "earlier",
    }  # fmt: skip
    ours = {
        "ticket_id", "escalation_id", "escalation_version", "state", "priority", "critical", "risk", "sla", "service",
        "owner", "team", "ticket_url", "acknowledged",
    }  # fmt: skip
    assert set(NoticeContent.model_fields) == looked_at | ours


def test_who_it_is_about_is_still_told() -> None:
    told = without_secrets(mail_to("di", text="Ada Lindqvist (ada@example.com) cannot log in")).text
    assert told == "Ada Lindqvist (ada@example.com) cannot log in"
