"""The key of an effect: the same step doing the same thing is the same effect, anything else is another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.base import derived_id
from domain.effects import Message, Publish, WriteBack, effect
from tests.conftest import NOW

NOTE = WriteBack(ticket_id="T-1", comment="Hello", why="why")


def test_the_moment_does_not_make_it_another_effect() -> None:
    late = effect(NOTE, step="run_1:ask", at=NOW + timedelta(days=1))
    assert effect(NOTE, step="run_1:ask", at=NOW).key == late.key


@pytest.mark.parametrize(
    "change",
    [{"comment": "Hallo"}, {"public": True}, {"team": "net"}, {"tags": ("a",)}, {"ticket_id": "T-2"}],
)
def test_another_content_is_another_effect(change: dict[str, object]) -> None:
    other = NOTE.model_copy(update=change)
    assert effect(other, step="run_1:ask", at=NOW).key != effect(NOTE, step="run_1:ask", at=NOW).key


def test_another_step_is_another_effect() -> None:
    assert effect(NOTE, step="run_1:ask", at=NOW).key != effect(NOTE, step="run_2:ask", at=NOW).key


@given(st.lists(st.text(st.characters(exclude_characters="\x1f")), min_size=1, max_size=4))
def test_the_parts_of_an_id_do_not_run_into_each_other(parts: list[str]) -> None:
    assert derived_id("x", *parts) != derived_id("x", *parts, "")
    assert derived_id("x", *parts) == derived_id("x", *parts)


def test_bodies_are_told_apart_by_their_type() -> None:
    assert {body.model_fields["type"].default for body in (WriteBack, Message, Publish)} == {
        "write_back", "message", "publish"
    }  # fmt: skip
