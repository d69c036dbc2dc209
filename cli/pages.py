"""`make docs`: writes every generated page anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from app.settings import quiet_libraries

ROOT = Path(__file__).parents[1]


def pages() -> dict[str, Callable[[], str]]:
    """Path below the root → what writes the page."""
    quiet_libraries()
    from adapters.notify.webhook import webhook_schema
    from adapters.policy_folder.reference import render_policy_reference
    from adapters.policy_folder.rules_page import render_rules_reference
    from api.reference import render_http_reference
    from app.picture import graph_page
    from domain.history import history_schema

    return {
        "docs/graph.md": graph_page,
        "docs/reference/policy.md": render_policy_reference,
        "docs/reference/rules.md": render_rules_reference,
        "docs/reference/http.md": render_http_reference,
        "docs/reference/webhook.schema.json": lambda: json.dumps(webhook_schema(), indent=1) + "\n",
        "docs/reference/history.schema.json": lambda: json.dumps(history_schema(), indent=1) + "\n",
    }


def main() -> None:
    """Writes them."""
    for name, render in pages().items():
        (ROOT / name).write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
