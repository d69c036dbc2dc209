"""What is usual for tickets of a kind, whoever takes them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.case_mix import Case, case_mix

SKILL = {"expert": 0.1, "ann": -0.02, "bob": -0.02, "cat": -0.02}


def _desk(size: int, seed: int) -> list[Case]:
    """Half the tickets are hard; the expert takes two thirds of those, and hardly any easy ones."""
    rng = random.Random(seed)
    made = []
    for _ in range(size):
        hard = rng.random() < 0.5
        who = rng.choices(list(SKILL), (6, 1, 1, 1) if hard else (1, 3, 3, 3))[0]
        good = rng.random() < (0.5 if hard else 0.85) + SKILL[who]
        minutes = (400 if hard else 60) * rng.lognormvariate(0, 0.4) * (0.7 if who == "expert" else 1.0)
        made.append(Case(who, "vpn", "high" if hard else "low", 600.0 if hard else 5.0, 2 * hard, good, minutes))
    return made


def test_who_takes_the_hard_tickets_is_best_by_what_is_usual_and_not_by_the_raw_share() -> None:
    cases = _desk(1500, 1)
    usual = case_mix(cases)
    raw, adjusted, speed = {}, {}, {}
    for name in SKILL:
        own = [place for place, case in enumerate(cases) if case.technician == name]
        good = sum(cases[one].good for one in own)
        raw[name] = good / len(own)
        adjusted[name] = good / sum(usual[one].good for one in own)
        speed[name] = sum((cases[one].minutes or 0) / (usual[one].minutes or 1) for one in own) / len(own)
    assert max(raw, key=raw.__getitem__) != "expert"
    assert max(adjusted, key=adjusted.__getitem__) == "expert"
    assert min(speed, key=speed.__getitem__) == "expert"


def test_hard_tickets_are_expected_to_go_worse_and_longer() -> None:
    cases = _desk(1500, 2)
    usual = case_mix(cases)
    hard = next(one for one, case in zip(usual, cases, strict=True) if case.priority == "high")
    easy = next(one for one, case in zip(usual, cases, strict=True) if case.priority == "low")
    assert hard.good == pytest.approx(0.5, abs=0.1)
    assert easy.good == pytest.approx(0.85, abs=0.07)
    assert hard.minutes is not None and easy.minutes is not None and hard.minutes > 3 * easy.minutes


_cases = st.builds(
    Case, technician=st.sampled_from("abc"), category=st.sampled_from([None, "vpn", "VPN"]),
    priority=st.sampled_from([None, "high"]), waited=st.none() | st.floats(0, 1e6),
    handed=st.none() | st.integers(0, 9), good=st.booleans(), minutes=st.none() | st.floats(0, 1e6),
)  # fmt: skip


@given(st.lists(_cases, max_size=12))
def test_whatever_the_tickets_expectations_are_chances_and_minutes(cases: list[Case]) -> None:
    usual = case_mix(cases)
    assert len(usual) == len(cases)
    for case, one in zip(cases, usual, strict=True):
        assert 0 < one.good < 1
        assert (one.minutes is None) == (case.minutes is None)
        assert one.minutes is None or one.minutes > 0
