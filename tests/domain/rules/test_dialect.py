"""Expressions are checked before they can run: names, types, limits, each with its place and its mend."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.rules.context import LONGEST_LIST, VARIABLES
from domain.rules.dialect import DEEPEST, LONGEST, BadExpression, Problem, compile_expression
from domain.rules.mending import FUNCTIONS
from domain.rules.tokens import literal, tokens


def problem(expression: str) -> Problem:
    with pytest.raises(BadExpression) as refusal:
        compile_expression(expression)
    return refusal.value.problems[0]


@pytest.mark.parametrize(
    ("expression", "code", "at", "mend"),
    [
        ("ticket.prio == 'high'", "rule-unknown-name", "ticket.prio", "did you mean 'ticket.priority'?"),
        ("risk > 1 && priority == 'x'", "rule-unknown-name", "priority", "did you mean 'ticket.priority'?"),
        ("vip", "rule-unknown-name", "vip", "did you mean 'requester.vip'?"),
        ("ticket == 3", "rule-unknown-name", "ticket", "name a part of it, such as ticket.id"),
        ("sla.resolution > 3", "rule-unknown-name", "sla.resolution", "such as sla.resolution.used_percent"),
        ("ticket.text.Contains('a')", "rule-unknown-name", "Contains", "did you mean 'contains'?"),
        ("foo(risk)", "rule-unknown-name", "foo", "use one of: contains"),
        ("risk >= 70.0", "rule-wrong-type", ">=", "without a point"),
        ("ticket.text + 'a' == 'a'", "rule-wrong-type", "+", "not joined"),
        ("risk && declared", "rule-wrong-type", "&&", "compare each"),
        ("ticket.priority in 'high'", "rule-wrong-type", "in", "lists with `in`"),
        ("declared ||", "rule-syntax", "", "quotes, brackets"),
        ("ticket.priority = 'high'", "rule-syntax", "=", "compare with =="),
        ("risk", "rule-not-a-condition", "risk", "risk >= 60"),
        ("ticket.subject", "rule-not-a-condition", "ticket", "compare it"),
        ("1 + 1 == 2", "rule-constant", "1 + 1", "rules.md"),
        ("true", "rule-constant", "true", "rules.md"),
        ("ticket.text.matches('(a')", "rule-bad-pattern", "'(a'", "RE2"),
        (r"ticket.text.matches(r'(a)\1')", "rule-bad-pattern", r"r'(a)\1'", "no back references"),
        ("ticket.text.matches(ticket.subject)", "rule-bad-pattern", "ticket.text.matches", "in quotes"),
        ("matches(ticket.text, ticket.subject)", "rule-bad-pattern", "matches", "in quotes"),
        ("ticket.tags.map(t, t) == []", "rule-unbounded", "ticket.tags.map", "exists()"),
        ("ticket.tags.filter(t, t == 'a') == []", "rule-unbounded", "ticket.tags.filter", "exists()"),
        ("has(ticket.text)", "rule-unbounded", "has", "compare it with ''"),
        ("ticket.tags.all(a, ticket.tags.all(b, a == b))", "rule-unbounded", "ticket.tags.all(b", "two conditions"),
        ("dyn(risk) == 1", "rule-unknown-name", "dyn", "use one of"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_mend(expression: str, code: str, at: str, mend: str) -> None:
    found = problem(expression)

    assert found.code == code
    assert expression[found.offset :].startswith(at)
    assert mend in found.mend


def test_the_place_is_right_beyond_other_alphabets_and_lines() -> None:
    expression = "ticket.text.contains('größer 日本 🚒') &&\n    nobody == 3"

    assert expression[problem(expression).offset :] == "nobody == 3"


def test_several_mistakes_are_named_at_once() -> None:
    with pytest.raises(BadExpression) as refusal:
        compile_expression("prio == 'x' && vipp && risk > 3")

    assert [one.code for one in refusal.value.problems] == ["rule-unknown-name", "rule-unknown-name"]


@pytest.mark.parametrize("name", VARIABLES)
def test_every_name_of_the_reference_can_be_compared(name: str) -> None:
    against = {
        "text": "== ''", "number": ">= 0", "yes_no": "== true", "texts": "== ['a']",
        "moment": "> timestamp('2026-01-01T00:00:00Z')",
    }[VARIABLES[name].kind]  # fmt: skip

    assert compile_expression(f"{name} {against}").names == {name}


def test_every_function_of_the_reference_is_there() -> None:
    calls = {
        "contains": "ticket.text.contains('a')", "startsWith": "ticket.text.startsWith('a')",
        "endsWith": "ticket.text.endsWith('a')", "matches": "ticket.text.matches('(?i)vpn')",
        "size": "size(ticket.tags) > 1", "exists": "ticket.tags.exists(t, t == 'a')",
        "all": "ticket.tags.all(t, t == 'a')", "exists_one": "ticket.tags.exists_one(t, t == 'a')",
        "int": "int(ticket.asset) > 1", "double": "double(risk) > 1.5", "string": "string(risk) == '1'",
        "timestamp": "now > timestamp('2026-01-01T00:00:00Z')",
        "duration": "now - timestamp('2026-01-01T00:00:00Z') > duration('3h')",
        "getHours": "now.getHours('Europe/Berlin') > 18", "getMinutes": "now.getMinutes() > 18",
        "getDayOfWeek": "now.getDayOfWeek() == 0", "getDate": "now.getDate() == 1", "getMonth": "now.getMonth() == 0",
        "getFullYear": "now.getFullYear() == 2026",
    }  # fmt: skip

    assert set(calls) == set(FUNCTIONS)
    for expression in calls.values():
        compile_expression(expression)


@pytest.mark.parametrize(
    "attack",
    [
        "risk > 1 && " * LONGEST + "declared",
        "(" * (DEEPEST + 1) + "declared" + ")" * (DEEPEST + 1),
        "[" * 60 + "]" * 60 + " == [] && declared",
        "risk in [" + ",".join("1" * 1 for _ in range(LONGEST_LIST + 2)) + "]",
        "[1].all(a, [1].all(b, [1].all(c, a + b + c < risk)))",
        "[1].exists(a, a == 1 && [2].exists_one(b, b == risk))",
        "[risk].all(a, (([1, 2].all(b, b == a))))",
        "['a'].map(v, v + v).map(v, v + v).exists(v, v == ticket.text)",
        "ticket.text.matches(string(risk))",
        "[ticket.text].exists(t, t.matches(t))",
    ],
)
def test_what_could_run_long_is_refused_before_it_runs(attack: str) -> None:
    assert problem(attack).code in {"rule-too-long", "rule-too-deep", "rule-unbounded", "rule-bad-pattern"}


@pytest.mark.parametrize("levels", [1, 2, 3, 4])
def test_macros_never_nest_however_they_are_written(levels: int) -> None:
    inner = "risk > 0"
    for number in range(levels):
        inner = f"ticket . tags\n.\n exists // a comment ( \n (t{number}, {inner})"

    if levels == 1:
        compile_expression(inner)
    else:
        assert problem(inner).code == "rule-unbounded"


@given(st.text(alphabet="ab.()[]{}'\"\\ \n&|!=<>+-*/?:,1 risk ticket", max_size=60) | st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_either_an_expression_or_refused_with_places_inside_it(text: str) -> None:
    try:
        compile_expression(text)
    except BadExpression as refusal:
        for one in refusal.problems:
            assert 0 <= one.offset <= len(text)
            assert one.problem and one.mend


@given(st.lists(st.sampled_from(sorted(VARIABLES)), min_size=1, max_size=4), st.sampled_from(["", " ", "\n", "\t"]))
@settings(max_examples=60, deadline=None)
def test_the_names_an_expression_reads_are_found_however_it_is_spaced(names: list[str], space: str) -> None:
    against = {"text": "== 'risk'", "number": "> 1", "yes_no": "|| false", "texts": "== ['now']", "moment": "== now"}
    terms = [f"({name.replace('.', f'{space}.{space}')} {against[VARIABLES[name].kind]})" for name in names]
    expected = set(names) | ({"now"} if any(VARIABLES[name].kind == "moment" for name in names) else set())

    assert compile_expression(" || ".join(terms)).names == expected


def test_names_in_texts_and_comments_are_not_read() -> None:
    assert compile_expression("risk > 3 // ticket.text\n && ticket.id != 'sla.resolution.breached'").names == {
        "risk", "ticket.id",
    }  # fmt: skip


def test_literals_are_read_as_cel_reads_them() -> None:
    words = [literal(word) for word in tokens(r"""'a' "b" r'\d' 'it\'s' '''x''' b'raw' '\n'""") if word.kind == "text"]

    assert words == ["a", "b", r"\d", "it's", "x", None, None]
