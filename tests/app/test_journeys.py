"""Journeys through the engine's door: what arrives, what becomes of the ticket, and every effect exactly once."""

from __future__ import annotations

import pytest

from adapters.storage import records
from domain.approval import ApprovalState
from domain.effects import EffectState
from domain.errors import DeliveryReused
from domain.escalation import EscalationState
from domain.journey import JourneyState, Outcome, Trigger, WaitingFor
from domain.knowledge import DraftState
from domain.ticket import ActorRole, EventKind
from tests.app.desk import ASKED, LOUD, QUIET, SIGNED, Desk, arrived, fresh, later
from tests.tickets import comment


def test_a_quiet_ticket_is_watched_and_looked_at_again(desk: Desk) -> None:
    first = desk.opens(QUIET)
    assert desk.journey(first).outcome == Outcome.WATCHING
    assert desk.effects() == []
    desk.time_passes(61)
    assert [journey.outcome for journey in desk.journeys()] == [Outcome.WATCHING] * 2
    desk.services.engine.sweep()
    desk.rest()
    assert len(desk.journeys()) == 2


def test_a_ticket_goes_up_once_whatever_is_delivered_twice(desk: Desk) -> None:
    first = desk.opens(LOUD)
    done, before = desk.effects(), desk.ticket()
    assert {effect.state for effect in done} == {EffectState.DONE}
    assert [change.team for change in desk.changes()] == ["applications"]
    assert sorted(mail.to for mail in desk.mails()) == ["jamie.north@example.com", "r-7@example.com"]

    assert desk.services.engine.take(desk.tenant, first) == (first.run_id, False)
    new = fresh(LOUD)
    desk.take(arrived(desk.tenant, new.events[0], sent_with=new, name="the same event in another delivery"))
    desk.services.engine.sweep()
    desk.rest()
    assert (desk.ticket(), desk.effects()) == (before, done)
    assert [escalation.state for escalation in desk.escalations()] == [EscalationState.HANDED_OVER]


def test_each_message_is_one_file_in_the_mail_folder(desk: Desk) -> None:
    desk.opens(LOUD)
    sent = sorted(path.name for path in (desk.services.settings.data_dir / "mail" / desk.tenant).iterdir())
    assert sent == sorted(f"{effect.key}.eml" for effect in desk.effects() if effect.body.type == "message")


def test_a_delivery_id_with_another_body_is_refused(desk: Desk) -> None:
    desk.opens(QUIET)
    other = fresh(LOUD)
    with pytest.raises(DeliveryReused, match="came before with another body; give each delivery an id of its own"):
        desk.services.engine.take(desk.tenant, arrived(desk.tenant, other.events[0], sent_with=other))
    desk.rest()
    assert desk.escalations() == []


def test_the_same_delivery_id_of_another_tenant_is_another_delivery(desk: Desk) -> None:
    desk.opens(QUIET)
    other = Desk(desk.services, f"{desk.tenant}-other", desk.clock)
    assert other.journey(other.opens(LOUD)).outcome == Outcome.HANDED_OVER
    assert desk.escalations() == []


def test_our_own_changes_start_nothing(desk: Desk) -> None:
    desk.opens(QUIET)
    ours = desk.hears(comment("e2", LOUD, role=ActorRole.BOT, by="tierwise"))
    assert len(desk.journeys()) == 1
    assert desk.result(ours) == ("done", "noted: our own change")
    assert desk.ticket().event("e2") is not None


def test_an_answer_lets_the_journey_go_on(desk: Desk) -> None:
    first = desk.opens(ASKED)
    waiting = desk.journey(first)
    assert (waiting.state, waiting.waiting_for) == (JourneyState.WAITING, WaitingFor.ANSWER)
    [question] = desk.changes()
    assert question.public and "Which error number" in (question.comment or "")

    desk.clock.at = later(10)
    remark = desk.technician_writes("e2", "Any news?", at=later(5), internal=True)
    assert desk.result(remark) == ("done", "noted: waiting for answer")

    desk.hears(comment("e3", "It says error 619", at=later(10)))
    done = desk.journey(first)
    assert (done.state, done.outcome, done.updated_at) == (JourneyState.DONE, Outcome.HANDED_OVER, later(10))
    context = desk.services.store.read(lambda c: records.contexts.get(c, desk.tenant, first.run_id))
    facts = [(fact.value, fact.event_id) for fact in context.facts if fact.field == "error_code"]
    assert facts == [("619", "e3")]
    [handed] = [change for change in desk.changes() if change.team]
    assert "619" in (handed.comment or "")
    assert len(desk.journeys()) == 1


def test_without_an_answer_in_time_the_journey_goes_on_with_what_is_known(desk: Desk) -> None:
    first = desk.opens(ASKED)
    desk.time_passes(239)
    assert desk.journey(first).state == JourneyState.WAITING
    desk.time_passes(240)
    desk.time_passes(241)
    assert desk.journey(first).outcome == Outcome.HANDED_OVER
    context = desk.services.store.read(lambda c: records.contexts.get(c, desk.tenant, first.run_id))
    assert context.gave_up and context.rounds == 1
    assert len([change for change in desk.changes() if change.team]) == 1


def test_a_granted_approval_hands_over(desk: Desk) -> None:
    first = desk.opens(SIGNED)
    assert desk.journey(first).waiting_for == WaitingFor.APPROVAL
    assert [mail.to for mail in desk.mails()] == ["dana.whitlock@example.com"]
    assert not desk.changes()
    desk.votes(approve=True)
    assert desk.journey(first).outcome == Outcome.HANDED_OVER
    assert [escalation.state for escalation in desk.escalations()] == [EscalationState.HANDED_OVER]


def test_a_rejected_approval_ends_the_escalation_and_says_why(desk: Desk) -> None:
    first = desk.opens(SIGNED)
    desk.votes(approve=False, reason="Read access is enough.")
    assert desk.journey(first).outcome == Outcome.APPROVAL_REJECTED
    assert [escalation.state for escalation in desk.escalations()] == [EscalationState.CANCELLED]
    [told] = desk.changes()
    assert told.public and told.comment == "Your request was not approved: Read access is enough."


def test_an_approval_that_nobody_decides_expires_by_its_timer(desk: Desk) -> None:
    first = desk.opens(SIGNED)
    desk.time_passes(479)
    assert desk.approvals()[0].state == ApprovalState.PENDING
    desk.time_passes(480)
    assert desk.approvals()[0].state == ApprovalState.EXPIRED
    assert desk.journey(first).outcome == Outcome.APPROVAL_REJECTED


@pytest.mark.parametrize("body", [ASKED, SIGNED])
def test_a_ticket_closed_while_its_journey_waits_cancels_it(desk: Desk, body: str) -> None:
    first = desk.opens(body)
    before = desk.effects()
    desk.clock.at = later(5)
    desk.ends(EventKind.RESOLVED, at=later(5))
    assert desk.journey(first).outcome == Outcome.CANCELLED
    assert [escalation.state for escalation in desk.escalations()] == [EscalationState.RESOLVED]
    assert desk.effects() == before
    desk.time_passes(500)
    assert not any(change.team for change in desk.changes())


def test_a_bounced_escalation_goes_to_somebody_else(desk: Desk) -> None:
    desk.opens(LOUD)
    [raised] = desk.escalations()
    desk.clock.at = later(30)
    run = desk.moves(EscalationState.BOUNCED, by=raised.technician or "", why="not ours")
    [again] = desk.escalations()
    assert (desk.journey(run).trigger, desk.journey(run).outcome) == (Trigger.BOUNCED, Outcome.HANDED_OVER)
    assert (again.id, again.technician) == (raised.id, "lena-brook")
    assert [move.to for move in again.moves][-3:] == [
        EscalationState.BOUNCED, EscalationState.GATHERING_CONTEXT, EscalationState.HANDED_OVER
    ]  # fmt: skip


def test_an_escalation_taken_down_while_it_waits_cancels_the_journey(desk: Desk) -> None:
    first = desk.opens(ASKED)
    desk.moves(EscalationState.DE_ESCALATED, by="sam-field", why="solved on the phone")
    assert desk.journey(first).outcome == Outcome.CANCELLED
    assert [escalation.state for escalation in desk.escalations()] == [EscalationState.DE_ESCALATED]


def test_after_closing_an_escalated_ticket_a_draft_is_reviewed_and_published(desk: Desk) -> None:
    closing = _escalated_and_closed(desk, told=True)
    [draft] = desk.drafts()
    assert draft.state == DraftState.AWAITING_REVIEW
    _, run = desk.services.store.review_draft(
        desk.tenant,
        draft.id,
        approve=True,
        by="chris-lowe",
        reason=None,
        expected=draft.version,
        at=later(61),
    )
    desk.goes_on(run)
    assert desk.journey(closing).outcome == Outcome.PUBLISHED
    [published] = desk.drafts()
    assert published.state == DraftState.PUBLISHED
    [effect] = [one for one in desk.effects() if one.body.type == "publish"]
    assert effect.receipt == f"{published.article_id} v1"


def test_a_ticket_closed_without_a_word_about_the_fix_gives_no_article(desk: Desk) -> None:
    closing = _escalated_and_closed(desk, told=False)
    assert desk.journey(closing).outcome == Outcome.REFUSED
    [draft] = desk.drafts()
    assert draft.state == DraftState.REFUSED and draft.questions
    assert any("What would make one" in (change.comment or "") for change in desk.changes())


def test_a_ticket_closed_without_an_escalation_gives_no_journey(desk: Desk) -> None:
    desk.opens(QUIET)
    assert desk.result(desk.ends(EventKind.CLOSED)) == ("done", "noted: ended without an escalation")
    assert len(desk.journeys()) == 1


def _escalated_and_closed(desk: Desk, *, told: bool) -> str:
    """Takes a ticket up and closes it; the run of the closing."""
    desk.opens(LOUD)
    desk.clock.at = later(60)
    if told:
        fix = (
            "Cause: the temporary folder of the report generator was full. I deleted the old files in the temporary"
            " folder, restarted the report service and ran the report again. It works now."
        )
        desk.technician_writes("e2", fix, at=later(50))
    desk.ends(EventKind.RESOLVED, at=later(55), by="jamie-north")
    assert [escalation.state for escalation in desk.escalations()] == [EscalationState.RESOLVED]
    return desk.ends(EventKind.CLOSED, at=later(60), by="jamie-north").run_id
