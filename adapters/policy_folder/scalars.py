"""Where a character of a text stands in the YAML that spells it: plain, quoted, literal (`|`) or folded (`>`)."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r?\n[ \t]*|.)", re.DOTALL)
_SPACES = " \t\r\n"
_BLOCK = re.compile(r"[|>][^\n]*\n")
_WHITE_ESCAPES = frozenset({"\\n", "\\t", "\\r", "\\ ", "\\\n", "\\x20", "\\x09", "\\x0a", "\\x0A"})


def written_at(value: str, written: str, offset: int) -> int:
    """The place in `written`, a scalar with its quotes or indicators, of the character `offset` of its `value`.

    However a scalar is written, its characters stand in order and only white space is folded; so the visible ones
    are counted off one by one. White space counts as standing right behind the visible character before it.
    """
    spots = _visible(written)
    visible = sum(1 for char in value[: min(offset, len(value))] if char not in _SPACES)
    on_space = offset < len(value) and value[offset] in _SPACES
    if (on_space or offset >= len(value)) and visible:
        end = spots[min(visible, len(spots)) - 1][1]
        gap = len(value[:offset]) - len(value[:offset].rstrip(_SPACES))
        return min(end + gap, len(written)) if "\n" not in value[offset - gap : offset] else end
    return spots[min(visible, len(spots) - 1)][0] if spots else 0


def _visible(written: str) -> list[tuple[int, int]]:
    """Start and end of each visible character of the value."""
    if block := _BLOCK.match(written):
        return [(at, at + 1) for at in range(block.end(), len(written)) if written[at] not in _SPACES]
    quote = written[0] if written[:1] in ("'", '"') else ""
    end = len(written) - 1 if quote else len(written)
    spots, at = [], len(quote)
    while at < end:
        length = 1
        if quote == "'" and written.startswith("''", at):
            length = 2
        elif quote == '"' and (escape := _ESCAPE.match(written, at)):
            length = len(escape.group())
            if escape.group() in _WHITE_ESCAPES or "\n" in escape.group():
                at += length
                continue
        if written[at] not in _SPACES:
            spots.append((at, at + length))
        at += length
    return spots
