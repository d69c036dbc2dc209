"""What the settings open, and what the doctor says about the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.clock import SetClock
from app.data_dir import DataDir
from app.doctor import examine
from app.reach import check_targets, missing, open_reach
from app.settings import Settings
from domain.errors import Misconfigured
from tests.app.told import rules
from tests.conftest import NOW

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CHANNELS: list[dict[str, Any]] = [
    {"id": "room", "kind": "slack", "target": "C1"}, {"id": "cards", "kind": "teams", "target": "major"},
    {"id": "board", "kind": "webhook", "target": "board"},
]  # fmt: skip


def _settings(folder: Path, **given: object) -> Settings:
    return Settings.model_validate({"data_dir": folder / "data", **given})


def test_without_settings_there_is_mail_as_files_and_nothing_else(tmp_path: Path) -> None:
    folder = DataDir(tmp_path)
    reach = open_reach(_settings(tmp_path), folder, SetClock(NOW))
    assert list(reach.channels) == ["mail"]
    assert (tmp_path / "link.key").stat().st_mode & 0o777 == 0o600
    assert folder.link_secret() == DataDir(tmp_path).link_secret()


def test_what_is_not_set_up_is_named_and_what_nobody_is_told_instead_of(tmp_path: Path) -> None:
    rule = {"id": "a", "on": ["handed_over"], "channel": "board", "to": ["owner"]}
    closed, silent = missing(_settings(tmp_path), rules(channels=CHANNELS, rules=[rule]))
    assert closed == (
        "room (slack): TIERWISE_SLACK_TOKEN", "cards (teams): 'major' in TIERWISE_TEAMS_URLS",
        "board (webhook): 'board' in TIERWISE_WEBHOOK_URLS",
    )  # fmt: skip
    assert silent == closed[2:]
    opened = _settings(
        tmp_path, slack_token="xoxb-1", teams_urls={"major": "https://x.example/w"},
        webhook_urls={"board": "https://b.example"}, webhook_secrets={"board": SECRET},
    )  # fmt: skip
    assert missing(opened, rules(channels=CHANNELS, rules=[rule])) == ((), ())
    assert set(open_reach(opened, DataDir(tmp_path), SetClock(NOW)).channels) == {"mail", "slack", "teams", "webhook"}


@pytest.mark.parametrize(
    "given",
    [
        {"teams_urls": {"major": "http://x.example/w?sig=SECRET"}},
        {"webhook_urls": {"board": "https://user:SECRET@b.example"}},
        {"webhook_secrets": {"board": "SECRET"}},
        {"slack_token": "xoxb-SECRET", "slack_api_url": "http://slack.example"},
    ],
)
def test_what_can_never_work_is_refused_without_showing_a_secret(tmp_path: Path, given: dict[str, Any]) -> None:
    with pytest.raises(Misconfigured) as raised:
        check_targets(_settings(tmp_path, **given))
    assert "SECRET" not in str(raised.value) and raised.value.mend


def test_the_doctor_looks_at_channels_and_notices(tmp_path: Path) -> None:
    checks = {one.name: one for one in examine(_settings(tmp_path, webhook_secrets={"board": "short"}))}
    assert not checks["channels"].ok and "24 bytes" in checks["channels"].detail
    assert checks["notices"].ok and checks["notices"].detail == "none yet"


def test_no_setting_shows_its_secret(tmp_path: Path) -> None:
    settings = _settings(tmp_path, slack_token="xoxb-SECRET", webhook_secrets={"a": "SECRET"}, smtp_password="SECRET")
    assert "SECRET" not in repr(settings)
