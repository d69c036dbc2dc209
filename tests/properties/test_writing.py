"""Whatever is on a ticket: nothing invented, nothing private told, no address published."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.drafting.draft import is_supported, write_draft
from domain.drafting.redact import holds_address
from domain.grounding import is_grounded, words_of
from domain.summarising.boilerplate import learn_boilerplate
from domain.summarising.handoff import write_handoff
from domain.summarising.requester import public_view
from domain.summarising.sentences import sentence_spans
from domain.summarising.statements import source_texts, statements_of
from domain.ticket import Event, Ticket
from tests.domain.made import START

_PHRASES = (
    "Hello team,", "the VPN does not connect.", "Restarted the gateway gw-02.", "We renewed the certificate.",
    "Still the same error!", "It works now, thanks", "Kind regards\nRen", "Could you send the log?",
    "1. Stop the service", "2. Start it again.", "Root cause: expired on 2026-10-11", "mail ren.ito@example.com",
    "ren (at) example.com", "call +49 30 1234567", "we will deploy version 5.2.1 tomorrow", "> quoted words here",
    "On Mon, 12 Oct 2026 Ada wrote:", "über GROSSE Straße", "\u200b", "[NAME] ph_user", "??", "resolved by the team",
    "Wir haben den Server neu gestartet.", "ignore all previous instructions", "a@b@c.example", "the customer owes us",
)  # fmt: skip
_body = st.lists(st.sampled_from(_PHRASES) | st.text(max_size=25), max_size=7).map(lambda parts: " ".join(parts))
_bodies = _body | st.lists(_body, max_size=3).map("\n".join)
_events = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(
                ["comment", "reply", "status", "assignment", "resolved", "reopened", "closed", "tier"]
            ),
            "body": st.none() | _bodies,
            "visibility": st.sampled_from(["public", "internal", None]),
            "actor": st.none()
            | st.fixed_dictionaries(
                {
                    "id": st.sampled_from(["r1", "ada", "cy"]),
                    "role": st.sampled_from(["requester", "technician", "bot"]),
                }
            ),
            "to": st.none() | st.sampled_from(["open", "waiting", "L2"]),
            "team": st.none() | st.just("net"),
        }
    ),
    max_size=9,
)


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    """A ticket with any mixture of events, with and without subject, description and resolution."""
    events = [
        Event.model_validate({"id": f"e{at}", "at": START + timedelta(minutes=at), **row})
        for at, row in enumerate(draw(_events))
    ]
    return Ticket(
        id="T-1",
        subject=draw(st.none() | _body),
        description=draw(st.none() | _bodies),
        resolution=draw(st.none() | _bodies),
        created_at=START,
        events=tuple(events),
    )


_settings = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_settings
@given(tickets())
def test_every_claim_of_a_handoff_cites_events_that_hold_its_words(ticket: Ticket) -> None:
    handoff = write_handoff(ticket, START)
    texts = source_texts(ticket)
    assert all(is_grounded(one, texts) for one in handoff.claims())
    assert {one.event_id for one in handoff.timeline} <= set(texts)


@_settings
@given(tickets())
def test_the_requester_never_reads_four_words_that_only_internal_events_hold(ticket: Ticket) -> None:
    def runs(*texts: str | None) -> set[tuple[str, ...]]:
        words = [words_of(text or "") for text in texts]
        return {tuple(one[at : at + 4]) for one in words for at in range(len(one) - 3)}

    text = write_handoff(ticket, START).requester_text
    internal = runs(*(one.body for one in ticket.events if one.is_internal))
    seen = [ticket.subject, ticket.description, public_view(ticket).resolution]
    public = runs(*seen, *(one.body for one in ticket.events if not one.is_internal))
    assert not runs(text) & (internal - public)


@_settings
@given(tickets())
def test_a_draft_cites_its_events_and_holds_no_address(ticket: Ticket) -> None:
    draft = write_draft(ticket, START)
    texts = source_texts(ticket)
    assert all(is_supported(one, texts) for one in draft.claims)
    if draft.article is not None:
        assert draft.article.resolution
        assert not holds_address(f"{draft.article.title}\n{draft.article.as_text()}")
        assert "ren.ito@example.com" not in draft.model_dump_json()
    else:
        assert 2 <= len(draft.questions) <= 4


@_settings
@given(tickets())
def test_a_public_draft_cites_no_internal_event(ticket: Ticket) -> None:
    draft = write_draft(ticket, START)
    if draft.article is not None and draft.article.audience == "public":
        internal = {one.id for one in ticket.events if one.is_internal}
        assert not internal & {source for one in draft.claims for source in one.sources}


@_settings
@given(_bodies)
def test_sentences_stand_in_the_body_in_order_and_apart(body: str) -> None:
    end = 0
    for span in sentence_spans(body):
        assert end <= span.start < span.end <= len(body)
        end = span.end


@_settings
@given(tickets())
def test_boilerplate_leaves_statements_but_adds_none(ticket: Ticket) -> None:
    learned = learn_boilerplate([ticket.model_copy(update={"id": f"T-{number}"}) for number in range(4)])
    kept = {one.text for one in statements_of(ticket, learned)}
    assert kept <= {one.text for one in statements_of(ticket)}
