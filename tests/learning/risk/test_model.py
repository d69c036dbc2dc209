"""A risk model is calibrated tables: reasons that sum, bytes that come back, a word where it cannot tell."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from functools import cache
from math import log

import pytest

from domain.asof import cut_after
from domain.errors import BadModel
from domain.learned import LearnedRisk, Target
from domain.ticket import EventKind, Outcome, Ticket
from learning.desk import Desk
from learning.features import observe
from learning.risk import RiskModel, Sampler
from learning.stream import happenings, in_order
from tests.learning.desks import made, without_outcomes


def told(tickets: Sequence[Ticket]) -> tuple[Sampler, Desk]:
    sampler, desk = Sampler(), Desk()
    for one in happenings(in_order(tickets)):
        desk.tell(one)
        sampler.see(one, desk)
    return sampler, desk


@cache
def learned(target: Target) -> tuple[RiskModel, Desk]:
    sampler, desk = told(made(600))
    return RiskModel.fit(sampler, target, seed=3), desk


def opinions(target: Target) -> list[tuple[Ticket, LearnedRisk]]:
    model, _ = learned(target)
    found, desk = [], Desk()
    for one in happenings(in_order(made(150, seed=9))):
        desk.tell(one)
        cut = cut_after(one.ticket, one.count)
        found.append((cut, model.opinion(cut, one.at, desk)))
    return found


@pytest.mark.parametrize("target", ["sla_breach", "escalation"])
def test_base_and_contributions_are_the_log_odds_of_the_probability(target: Target) -> None:
    told_once = opinions(target)
    assert len(told_once) > 500
    for _, one in told_once:
        total = one.base + sum(part.log_odds for part in one.contributions)
        assert total == pytest.approx(log(one.probability / (1 - one.probability)), abs=1e-9)


@pytest.mark.parametrize("target", ["sla_breach", "escalation"])
def test_every_reason_names_an_event_of_the_ticket_or_none(target: Target) -> None:
    for cut, one in opinions(target):
        ids = {event.id for event in cut.events}
        assert {part.event_id for part in one.contributions if part.event_id} <= ids


def test_the_slow_team_is_told_from_the_quick_one() -> None:
    by_team: dict[str, list[float]] = {}
    for cut, one in opinions("sla_breach"):
        if len(cut.events) == 3:
            by_team.setdefault(cut.events[1].team or "", []).append(one.probability)
    means = {team: sum(values) / len(values) for team, values in by_team.items()}
    assert means["desk"] < 0.15 < 0.45 < means["network"]


def test_what_has_gone_up_is_said_and_not_foretold() -> None:
    up = [(cut, one) for cut, one in opinions("escalation") if any(event.kind == "tier" for event in cut.events)]
    assert up
    for _, one in up:
        assert one.abstained and "went up a tier already" in one.why_abstained and one.probability > 0.99


def test_the_same_history_and_seed_give_the_same_bytes_and_they_come_back() -> None:
    model, _ = learned("sla_breach")
    again = RiskModel.fit(told(made(600))[0], "sla_breach", seed=3)
    assert again.dump() == model.dump()
    assert RiskModel.load(model.dump()).dump() == model.dump()


def test_damaged_cut_off_and_foreign_bytes_are_no_model() -> None:
    data = learned("sla_breach")[0].dump()
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 1
    foreign = gzip.compress(gzip.decompress(data).replace(b"tierwise-risk-2", b"tierwise-risk-9"))
    strange = gzip.compress(gzip.decompress(data).replace(b'"hours_open"', b'"hours_shut"'))
    for bad in (bytes(flipped), data[:-100], b"", b"PK\x03\x04", foreign, strange, gzip.compress(b"{}")):
        with pytest.raises(BadModel):
            RiskModel.load(bad)


@pytest.mark.parametrize(
    ("tickets", "why"),
    [
        (without_outcomes(made(200)), "no ticket says"),
        ([one.model_copy(update={"outcome": Outcome(sla_met=True)}) for one in made(200)], "never happened"),
        (made(30), "labelled tickets; 100 are needed"),
        ([], "no ticket says"),
    ],
)
def test_too_few_labels_give_a_word_and_the_base_rate(tickets: list[Ticket], why: str) -> None:
    sampler, desk = told(tickets)
    model = RiskModel.fit(sampler, "sla_breach")
    asked = made(1, seed=5)[0]
    one = model.opinion(cut_after(asked, 1), asked.created_at, desk)
    assert one.abstained and why in one.why_abstained and why in model.why_not
    assert model.probabilities([observe(cut_after(asked, 1), asked.created_at, desk)]) == [
        pytest.approx(one.probability)
    ]
    assert RiskModel.load(model.dump()).why_not == model.why_not


def test_only_what_is_certain_is_counted_as_labelled() -> None:
    open_still = [
        one.model_copy(update={"events": tuple(e for e in one.events if e.kind != EventKind.CLOSED)})
        for one in made(200)
    ]
    model = RiskModel.fit(told(open_still)[0], "escalation")
    climbed = sum(any(e.kind == EventKind.TIER for e in one.events) for one in open_still)
    assert 0 < climbed < 100
    assert model.labelled == climbed
    assert model.why_not == f"all {climbed} labelled tickets say the same: it always happened"


def test_closed_tickets_that_name_no_tier_do_not_say_that_they_stayed() -> None:
    silent = [
        one.model_copy(
            update={
                "events": tuple(e.model_copy(update={"tier": None}) for e in one.events if e.kind != EventKind.TIER)
            }
        )
        for one in without_outcomes(made(200))
    ]
    model = RiskModel.fit(told(silent)[0], "escalation")
    assert (model.labelled, model.why_not) == (0, "no ticket says what came of it")


def test_a_ticket_unlike_all_that_was_learned_from_is_not_judged() -> None:
    model, desk = learned("sla_breach")
    asked = made(1, seed=5)[0]
    other = {"category": "nuclear", "priority": "zz", "requester": None}
    events = tuple(
        one.model_copy(update={"team": "mars" if one.team else None, "actor": None, "technician": "x"})
        for one in asked.events[:3]
    )
    strange = asked.model_copy(update={**other, "events": events, "type": "x", "channel": "y", "service": "z"})
    one = model.opinion(strange, events[-1].at, desk)
    known = model.opinion(cut_after(asked, 3), events[-1].at, desk)
    assert not known.abstained
    assert one.abstained and "seen before" in one.why_abstained
