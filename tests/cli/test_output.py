"""What commands log."""

from __future__ import annotations

import pytest
import structlog

from cli.output import settings


def test_a_logged_error_repeats_no_secret_and_no_address(capsys: pytest.CaptureFixture[str]) -> None:
    settings()
    try:
        raise ValueError("cannot read 'password: Tr0ub4dor&3' of ada@example.com")
    except ValueError:
        structlog.get_logger("test").exception("effect failed", error="token ghp_16C7e42F292c6912E7710c838347Ae178B4a")
    written = capsys.readouterr().err
    structlog.reset_defaults()
    assert "effect failed" in written and "ValueError" in written
    for secret in ("Tr0ub4dor&3", "ada@example.com", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"):
        assert secret not in written
