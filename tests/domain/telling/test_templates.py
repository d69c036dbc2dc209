"""Templates: found wrong before they can hurt, and never the reason why nobody is told."""

from __future__ import annotations

import time

import pytest

from domain.errors import BadInput
from domain.telling.content import NoticeContent
from domain.telling.templates import (
    LONGEST_SUBJECT,
    VARIABLES,
    filled,
    flaws,
    internal_values,
    one_line,
    public_values,
    rendered,
)

BARE = NoticeContent(ticket_id="T-1", title="Mail {{ risk }}", headline="Escalated", state="handed over")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{{ priorty }}", "no variable 'priorty'"),
        ("line one\n  {{ nothing_here }}", "no variable 'nothing_here'"),
        ("{% if title %}", "not a template"),
        ("{{ title.upper() }}", "call is not allowed"),
        ("{% set x = 1 %}{{ x }}", "assign is not allowed"),
        ("{% include 'x' %}", "include is not allowed"),
        ("{% macro m() %}{% endmacro %}", "macro is not allowed"),
        ("{{ 'x' * 100000000 }}", "mul is not allowed"),
        ("{{ title | map('upper') }}", "filter 'map'"),
        ("{% for a in reasons %}{% for b in reasons %}x{% endfor %}{% endfor %}", "loop within a loop"),
        ("{{ similar.id }}", "filled in"),
        ("{{ title.__class__ }}", "filled in"),
        ("{{ reasons[0].points }}", "filled in"),
        ("x" * 2001, "2001 characters"),
        ("{{ " + "(" * 900 + "title" + ")" * 900 + " }}", ""),
        ("{% if title %}" * 60 + "{% endif %}" * 60, "too complex"),
    ],
)
def test_what_a_template_may_not_do_is_found_without_a_notice(source: str, problem: str) -> None:
    started = time.monotonic()
    found = list(flaws(source, public=False))
    assert time.monotonic() - started < 5
    if problem:
        assert found and problem in found[0].problem


def test_a_flaw_has_its_line_and_column() -> None:
    [flaw] = flaws("line one\n  {{ nothing_here }}", public=False)
    assert (flaw.line, flaw.column, flaw.unknown) == (2, 6, "nothing_here")


@pytest.mark.parametrize(
    "source",
    [
        "{{ priority or 'no priority' }}: {{ title }}",
        "{% for reason in reasons %}{{ reason.points }} {{ reason.text }}\n{% endfor %}{{ text }}",
        "{% if similar %}{{ similar.id }}{% endif %}{{ sla | join(', ') }}",
        "{{ headline | upper | truncate(20) }} {{ risk | default('-', true) }}",
    ],
)
def test_what_templates_are_for_is_allowed(source: str) -> None:
    assert list(flaws(source, public=False)) == []


def test_every_documented_variable_is_there() -> None:
    assert set(internal_values(BARE, "UTC", "Example Ltd")) == set(VARIABLES)


def test_a_template_for_the_requester_knows_nothing_internal() -> None:
    for name in ("details", "reasons", "owner", "tried", "risk"):
        assert [flaw.unknown for flaw in flaws(f"{{{{ {name} }}}}", public=True)] == [name]
    assert rendered("{{ ticket_id }} {{ title }} {{ text }}", public_values("T-1", "Mail", "Hello")) == "T-1 Mail Hello"


def test_text_of_a_ticket_is_never_run_as_a_template() -> None:
    assert rendered("{{ title }}", internal_values(BARE, "UTC", "x")) == "Mail {{ risk }}"


def test_a_template_that_fails_leaves_the_usual_words() -> None:
    assert filled("{{ similar.id }}", internal_values(BARE, "UTC", "x"), "usual") == "usual"
    assert filled("  ", {}, "usual") == "usual" and filled(None, {}, "usual") == "usual"
    with pytest.raises(BadInput, match="cannot be filled in"):
        rendered("{{ unknown }}", {})


def test_a_subject_is_one_line_and_not_too_long() -> None:
    assert one_line("a\r\nBcc: x\n") == "a Bcc: x" and len(one_line("x" * 500)) == LONGEST_SUBJECT
