"""The compiled graph as a module's value: LangGraph's own tools import it, and call no file system afterwards."""

from __future__ import annotations

from app.picture import compiled

graph = compiled()
