"""The model behind its guards: what leaves is masked, what it may cost is bounded, what helps is tried again."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from adapters.clock import SetClock
from adapters.llm.breaker import Breaker
from adapters.llm.cache import AnswerCache, MemoryCache
from adapters.llm.client import Reply
from adapters.llm.failures import ModelFailure
from adapters.llm.guarded import GuardedModel, Patience
from adapters.llm.spending import Budgets, Prices, Spending
from adapters.storage import model_calls
from adapters.storage.model_answers import SqlAnswers
from adapters.storage.store import Store
from domain.base import Record
from domain.language_model import Asked, ModelRequest
from prompts.answers import RequesterText
from tests.conftest import NOW

ANSWER = json.dumps({"text": "Fine.", "sources": ["e1"]})


class Replies:
    """A chat that gives what it is told to, in order, the last one for ever; keeps what it was asked."""

    def __init__(self, *given: str | ModelFailure) -> None:
        self._given = list(given) or [ANSWER]
        self.seen: list[str] = []

    @property
    def name(self) -> str:
        """The model's name."""
        return "told"

    async def ask(self, system: str, user: str, schema: type[Record], max_tokens: int) -> Reply:
        """The next one."""
        self.seen.append(user)
        reply = self._given.pop(0) if len(self._given) > 1 else self._given[0]
        if isinstance(reply, ModelFailure):
            raise reply
        return Reply(reply, 100, 20)


def request(user: str = "Hello", ticket: str = "T-1", tenant: str = "acme") -> ModelRequest:
    """A question about a ticket."""
    return ModelRequest(
        agent="summarizer", prompt="requester_text", version="1.0.0", hash="h", system="Write.", user=user,
        max_tokens=50, tenant=tenant, ticket_id=ticket, names=("Robin Hale",), ids=("robin-hale",),
    )  # fmt: skip


def guarded(
    chat: Replies, *, budgets: Budgets | None = None, cache: AnswerCache | None = None, breaker: Breaker | None = None,
    clock: SetClock | None = None, step_seconds: float = 5.0,
) -> GuardedModel:  # fmt: skip
    """A model with no pauses to speak of."""
    spending = Spending(budgets or Budgets(), Prices(given=10, made=30), (clock or SetClock(NOW)).now)
    patience = Patience(step_seconds=step_seconds, attempts=3, first_pause=0.001, longest_pause=0.01)
    return GuardedModel(chat, spending, cache or MemoryCache(0), breaker or Breaker(100, 30), patience)


def asks(model: GuardedModel, given: ModelRequest | None = None) -> Asked[RequesterText]:
    """One question."""
    return asyncio.run(model.ask(given or request(), RequesterText))


def test_nothing_private_leaves_and_the_answer_has_it_back() -> None:
    private = ("robin.hale@example.com", "Robin Hale", "4111 1111 1111 1111", "10.0.0.12", "robin-hale")
    chat = Replies(json.dumps({"text": "Write to [email-1] about [ip-1].", "sources": ["e1"]}))
    asked = asks(guarded(chat), request("Write to {} ({}), card {}, host {}, id {}.".format(*private)))
    assert not any(one in chat.seen[0] for one in private)
    assert asked.answer and asked.answer.text == "Write to robin.hale@example.com about 10.0.0.12."


def test_a_placeholder_that_was_never_given_is_refused() -> None:
    asked = asks(guarded(Replies(json.dumps({"text": "Ask [name-7].", "sources": []}))), request("Nothing private."))
    assert asked.answer is None and (asked.call.outcome, asked.call.why) == ("failed", "unknown_placeholder")


def test_what_helps_is_tried_again_and_what_does_not_is_not() -> None:
    passing = Replies(ModelFailure("server_error", retry=True), ModelFailure("timeout", retry=True), ANSWER)
    call = asks(guarded(passing)).call
    assert (call.outcome, call.attempts) == ("answered", 3)
    for final in (ModelFailure("quota"), ModelFailure("rate_limited", retry=True, after=120)):
        chat = Replies(final)
        call = asks(guarded(chat)).call
        assert (call.outcome, call.why, call.attempts) == ("failed", final.why, 1)


def test_an_equal_question_is_paid_once() -> None:
    chat = Replies()
    model = guarded(chat, cache=MemoryCache())
    first, second = asks(model), asks(model)
    assert (first.call.outcome, second.call.outcome) == ("answered", "cached")
    assert first.answer == second.answer and second.call.tokens_in == 0 and len(chat.seen) == 1
    assert asks(model, request("Something else")).call.outcome == "answered"
    assert asks(model, request(tenant="other")).call.outcome == "answered"


def test_a_wrong_answer_is_paid_and_not_kept() -> None:
    cache = MemoryCache()
    call = asks(guarded(Replies("{}"), cache=cache)).call
    assert (call.why, call.tokens_in, call.cost) == ("wrong_schema", 100, (100 * 10 + 20 * 30) / 1e6)
    assert asks(guarded(Replies(), cache=cache)).call.outcome == "answered"


def test_each_budget_ends_the_asking_before_it_is_broken() -> None:
    assert asks(guarded(Replies(), budgets=Budgets(call_tokens=40))).call.why == "budget_call"
    ticket = guarded(Replies(), budgets=Budgets(ticket_tokens=200))
    assert [asks(ticket).call.outcome for _ in range(2)] == ["answered", "answered"]
    assert (asks(ticket).call.outcome, asks(ticket).call.why) == ("not_asked", "budget_ticket")
    assert asks(ticket, request(ticket="T-2")).call.outcome == "answered"
    clock = SetClock(NOW)
    day = guarded(Replies(), budgets=Budgets(day_money=0.003), clock=clock)
    assert asks(day).call.outcome == "answered"
    assert asks(day, request(ticket="T-2")).call.why == "budget_day"
    assert asks(day, request(tenant="other")).call.outcome == "answered"
    clock.at = NOW + timedelta(days=1)
    assert asks(day).call.outcome == "answered"


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=30))
def test_what_was_reserved_and_settled_is_what_was_used(calls: list[tuple[int, int]]) -> None:
    most = 2_000
    spending, used = Spending(Budgets(ticket_tokens=most), Prices(), SetClock(NOW).now), 0
    for reserved, really in calls:
        if spending.reserve("acme", "T-1", reserved, 0) is None:
            really = min(really, reserved)
            spending.settle("acme", "T-1", (reserved, 0), (really, 0))
            used += really
        assert used <= most
    assert spending.reserve("acme", "T-1", most - used, 0) is None
    assert spending.reserve("acme", "T-1", 1, 0) == "budget_ticket"


def test_the_circuit_opens_lets_one_probe_through_and_closes() -> None:
    now = [0.0]
    breaker = Breaker(2, 10, lambda: now[0])
    breaker.failed()
    assert str(breaker.state) == "closed"
    breaker.failed()
    assert (breaker.state, breaker.lets_through()) == ("open", False)
    now[0] = 10.0
    assert str(breaker.state) == "half_open"
    assert [breaker.lets_through(), breaker.lets_through()] == [True, False]
    breaker.failed()
    assert (breaker.state, breaker.lets_through()) == ("open", False)
    now[0] = 20.0
    assert breaker.lets_through()
    breaker.succeeded()
    assert (breaker.state, breaker.lets_through()) == ("closed", True)


def test_with_the_circuit_open_nobody_is_asked() -> None:
    breaker = Breaker(1, 1000)
    chat = Replies(ModelFailure("connection", retry=True))
    model = guarded(chat, breaker=breaker)
    assert asks(model).call.attempts == 1
    assert (asks(model).call.outcome, asks(model).call.why) == ("not_asked", "circuit_open")
    assert len(chat.seen) == 1


def test_a_refusal_says_nothing_about_the_server() -> None:
    breaker = Breaker(1, 1000)
    asks(guarded(Replies(ModelFailure("refused")), breaker=breaker))
    assert str(breaker.state) == "closed"


def test_kept_answers_are_limited_in_age_and_number_and_hold_nothing_private(tmp_path: Path) -> None:
    store, clock = Store.open(tmp_path / "records.db"), SetClock(NOW)
    cache = SqlAnswers(store.engine, clock.now, keep=timedelta(days=2), most=2)
    chat = Replies(json.dumps({"text": "Write to [email-1].", "sources": []}))
    model = guarded(chat, cache=cache)
    texts = [f"{n}: robin.hale@example.com" for n in range(3)]
    for text in texts:
        asks(model, request(text))
        clock.at += timedelta(minutes=1)
    assert [asks(model, request(text)).call.outcome for text in (texts[2], texts[1])] == ["cached", "cached"]
    assert asks(model, request(texts[0])).call.outcome == "answered"
    clock.at += timedelta(days=3)
    assert asks(model, request(texts[2])).call.outcome == "answered"
    assert b"robin.hale" not in (tmp_path / "records.db").read_bytes()
    store.close()


def test_sums_begin_with_what_the_records_say(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "records.db")
    call = asks(guarded(Replies())).call
    with store.engine.begin() as connection:
        for _ in range(2):
            model_calls.put(connection, "acme", "run", "T-1", [call], NOW)
    spent = model_calls.SqlSpent(store.engine)
    assert spent.of_ticket("acme", "T-1").tokens == 120, "the same call of the same run is kept once"
    assert spent.of_ticket("acme", "T-2").tokens == 0 and spent.since("other", NOW).tokens == 0
    assert spent.since("acme", NOW).tokens == 120 and spent.since("acme", NOW + timedelta(seconds=1)).tokens == 0
    spending = Spending(Budgets(ticket_tokens=150), Prices(), SetClock(NOW).now, spent)
    assert spending.reserve("acme", "T-1", 31, 0) == "budget_ticket"
    store.close()
