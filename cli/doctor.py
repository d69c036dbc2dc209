"""`tierwise doctor`."""

from __future__ import annotations

import sys
from pathlib import Path

from cli.output import print_json, say, settings


def run_doctor(*, data_dir: Path | None, policy_dir: Path | None, as_json: bool) -> None:
    """Prints every check; exits with 1 when one fails."""
    from app.doctor import examine

    checks = examine(settings(data_dir=data_dir, policy_dir=policy_dir))
    if as_json:
        print_json({"checks": [check.model_dump() for check in checks]})
    else:
        for check in checks:
            say(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.detail}")
            if check.mend:
                say(f"     mend: {check.mend}")
    if not all(check.ok for check in checks):
        sys.exit(1)
