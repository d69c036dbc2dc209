"""After a bounce: the escalation goes on in its tier, to somebody who has not had it."""

from __future__ import annotations

from domain.assessment import Action, Assessment, Urgency
from domain.bouncing import decide_after_bounce, route_to_lead, sent_back_by
from domain.escalation import Escalation, EscalationState
from domain.route import Route
from tests.domain import made


def _bounced(by: str, holder: str = "cy") -> Escalation:
    handed = Escalation(
        id="esc", ticket_id="T-1", state=EscalationState.HANDED_OVER, opened_at=made.START, updated_at=made.START,
        risk=70, reason="risk", to_tier="L2", technician=holder, decision_id="dec", run_id="run",
    )  # fmt: skip
    return handed.move(EscalationState.BOUNCED, at=made.after(5), by=by, why="not ours")


def test_whoever_held_it_does_not_get_it_again_whoever_sent_it_back() -> None:
    assert sent_back_by(_bounced("cy")) == {"cy"}
    assert sent_back_by(_bounced("the-lead", holder="cy")) == {"the-lead", "cy"}


def test_it_goes_on_in_its_tier_however_low_the_risk_is_by_now() -> None:
    ticket = made.ticket()
    calm = Assessment(
        ticket_id=ticket.id, at=made.after(6), risk=0, reasons=(), counterfactual=None, category=None,
        urgency=Urgency.LOW,
    )  # fmt: skip
    decision = decide_after_bounce(calm, ticket, made.policy(), made.after(6), _bounced("cy"))
    assert (decision.action, decision.to_tier) == (Action.ESCALATE, "L2")
    assert decision.why == ("cy sent it back: not ours",) and decision.look_again_at is None


def test_after_so_many_bounces_the_lead_of_the_tier_decides_with_all_the_reasons() -> None:
    escalation, found = _bounced("cy"), Route(
        result="technician", tier="L2", team="net", technician="eve", confidence=0.9, why="best record"
    )  # fmt: skip
    assert route_to_lead(escalation, found, made.policy()) == found
    for number, name in enumerate(("eve", "di"), 2):
        again = escalation.move(EscalationState.HANDED_OVER, at=made.after(5 * number), by="tierwise", why="next")
        escalation = again.move(EscalationState.BOUNCED, at=made.after(5 * number + 1), by=name, why=f"no {number}")

    route = route_to_lead(escalation, found, made.policy())

    assert (route.result, route.technician, route.team) == ("nobody_eligible", "di", "net")
    assert "came back 3 times (cy: not ours; eve: no 2; di: no 3)" in route.why
