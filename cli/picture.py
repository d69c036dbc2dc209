"""`tierwise graph`."""

from __future__ import annotations

import sys

from cli.output import settings


def print_graph() -> None:
    """Prints the compiled graph as mermaid."""
    settings()
    from app.picture import graph_picture

    sys.stdout.write(graph_picture())
