"""A scripted server of a test module's own, and a question to ask it."""

from __future__ import annotations

from prompts.answers import HandoffText

EVENT = "[e1] 2026-10-14T09:00Z requester (public):\n<untrusted>\n| Hello, the VPN drops since Monday\n</untrusted>"
CLAIM = "(problem) [e1]:\n<untrusted>\n| Hello, the VPN drops since Monday\n</untrusted>"
USER = f"{CLAIM}\n\n{EVENT}"


EMPTY: dict[str, list[object]] = {key: [] for key in HandoffText.model_fields}
"""An answer that says nothing."""
