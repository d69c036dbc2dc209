"""Signatures in a running house: everything happens once, each move with its messages, whatever is delivered again."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from adapters.clock import SetClock
from adapters.policy_folder import load_policy
from adapters.storage import delegations, inbox, records
from app.bootstrap import DEFAULT_POLICY, Services, open_services
from app.settings import Settings
from app.signing import CHANGED, Ballot
from domain.approval import Approval, ApprovalAction, ApprovalState
from domain.delegation import Delegation
from domain.errors import Conflict, Forbidden, IllegalMove, StaleContent, TierwiseError
from domain.escalation import EscalationState
from domain.journey import Outcome
from domain.policy.policy import Policy
from domain.policy.signing import ApprovalsFile
from domain.task import Task, TaskState
from domain.ticket import Actor, ActorRole, Event, EventKind
from retrieval.embeddings import HashEmbedder
from tests.app.desk import SIGNED, Desk, arrived, later
from tests.conftest import NOW
from tests.tickets import comment

OFFICERS = ("dana-whitlock", "chris-lowe")
ALTERNATE = "pat-ivers"


def two_officers() -> Policy:
    """The default policy with two officers who must both agree, and an alternate for them."""
    policy = load_policy(DEFAULT_POLICY)
    roles = {**policy.people.roles, "data_security_officer": OFFICERS, "service_owner": (ALTERNATE,)}
    [rule] = policy.approvals.rules
    return policy.model_copy(
        update={
            "people": policy.people.model_copy(update={"roles": roles}),
            "approvals": ApprovalsFile(rules=(rule.model_copy(update={"quorum": 2}),)),
        }
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, house_clock: SetClock) -> Iterator[Services]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("signing") / "data", poll_seconds=0.02, sweep_seconds=3600)
    with open_services(settings, embedder=HashEmbedder(), clock=house_clock, policy=two_officers()) as running:
        yield running


def pending(desk: Desk) -> Approval:
    [one] = [one for one in desk.approvals() if one.pending]
    return one


def votes(
    desk: Desk, by: str, *, approve: bool = True, seen: str = "", on: str = "", whom: str | None = None
) -> Approval:
    approval = pending(desk) if not on else next(one for one in desk.approvals() if one.id == on)
    ballot = Ballot(
        by=by, approve=approve, seen_hash=seen or approval.content_hash, reason="no", on_behalf_of=whom, key="key_1"
    )
    after, run = desk.services.signing.vote(desk.tenant, approval.id, ballot, desk.clock.now())
    if run is not None:
        desk.goes_on(run)
    return after


def granted(desk: Desk) -> Approval:
    desk.opens(SIGNED)
    votes(desk, "dana-whitlock")
    return votes(desk, "chris-lowe")


def tasks(desk: Desk) -> list[Task]:
    return desk.services.store.read(lambda c: records.tasks.find(c, desk.tenant, ticket_id="T-1"))


def told(desk: Desk) -> Counter[tuple[str, str]]:
    return Counter((mail.occasion, mail.to) for mail in desk.mails())


def delegated(desk: Desk, one: str, other: str, *, first: float = 0, last: float = 600) -> Delegation:
    made = Delegation(
        id=f"del-{one}-{other}", principal=one, delegate=other, first=later(first), last=later(last), reason="away",
        made_by=one,
    )  # fmt: skip
    desk.services.store.write(lambda c: delegations.put(c, desk.tenant, made))
    return made


def test_the_silent_are_reminded_then_others_are_asked_then_it_expires_each_once(desk: Desk) -> None:
    desk.opens(SIGNED)
    votes(desk, "dana-whitlock")
    for minute in (119, 120, 121, 239, 240, 241, 479):
        desk.time_passes(minute)
        desk.services.engine.sweep()
        desk.rest()
    sent = told(desk)
    assert sent["approval_reminder", "chris.lowe@example.com"] == 1
    assert sent["approval_reminder", "dana.whitlock@example.com"] == 0
    assert sent["approval_alternates", "pat.ivers@example.com"] == 1
    assert pending(desk).reminded_at == later(120) and pending(desk).alternates_joined_at == later(240)
    desk.time_passes(480)
    [approval] = desk.approvals()
    assert (approval.state, approval.decided_at) == (ApprovalState.EXPIRED, later(480))
    assert desk.journeys()[0].outcome == Outcome.APPROVAL_REJECTED
    assert any("nobody decided in time" in (change.comment or "") for change in desk.changes() if change.public)
    with pytest.raises(IllegalMove, match="already expired"):
        votes(desk, "chris-lowe", on=approval.id)


def test_an_alternate_who_was_asked_completes_the_quorum(desk: Desk) -> None:
    desk.opens(SIGNED)
    votes(desk, "dana-whitlock")
    with pytest.raises(Forbidden, match="pat-ivers is not an approver"):
        votes(desk, ALTERNATE)
    desk.time_passes(240)
    assert votes(desk, ALTERNATE).state == ApprovalState.GRANTED
    assert desk.journeys()[0].outcome == Outcome.HANDED_OVER


def test_a_decision_cancels_what_was_still_to_come(desk: Desk) -> None:
    granted(desk)
    desk.time_passes(241)
    assert {occasion for occasion, _ in told(desk)} & {"approval_reminder", "approval_alternates"} == set()


def test_what_was_signed_stands_in_the_handover_word_for_word(desk: Desk) -> None:
    approval = granted(desk)
    note = next(change for change in desk.changes() if change.technician)
    assert note.comment is not None and not note.public
    assert "Approved by dana-whitlock, chris-lowe: grant elevated database access for r-7" in note.comment
    assert f"Content hash: {approval.content_hash}" in note.comment


def test_a_changed_request_voids_the_votes_and_is_asked_for_anew(desk: Desk) -> None:
    desk.opens(SIGNED)
    first = votes(desk, "dana-whitlock")
    desk.hears(comment("m2", "I also need admin rights on the sales server.", role=ActorRole.REQUESTER, by="r-7"))
    second = pending(desk)
    before = next(one for one in desk.approvals() if one.id == first.id)
    assert (before.state, before.void_reason) == (ApprovalState.VOID, CHANGED)
    assert (second.replaces, second.votes) == (first.id, ())
    assert "I also need admin rights" in second.action.parameters["request"]
    assert told(desk)["approval_requested", "dana.whitlock@example.com"] == 2
    with pytest.raises(IllegalMove, match="already void"):
        votes(desk, "chris-lowe", on=first.id)
    with pytest.raises(StaleContent):
        votes(desk, "chris-lowe", seen=first.content_hash)
    votes(desk, "chris-lowe")
    assert votes(desk, "dana-whitlock").state == ApprovalState.GRANTED
    assert desk.journeys()[0].outcome == Outcome.HANDED_OVER


def test_a_fact_that_changes_voids_the_votes_too(desk: Desk) -> None:
    desk.opens(SIGNED)
    first = votes(desk, "dana-whitlock")
    desk.hears(comment("m2", "It is needed until Friday 20 November.", role=ActorRole.REQUESTER, by="r-7"))
    assert pending(desk).replaces == first.id
    assert pending(desk).action.parameters["needed_until"].startswith("Friday")


def test_thanks_and_the_desks_own_words_leave_the_votes_alone(desk: Desk) -> None:
    desk.opens(SIGNED)
    first = votes(desk, "dana-whitlock")
    desk.hears(comment("m2", "Thank you! Any news?", role=ActorRole.REQUESTER, by="r-7"))
    desk.technician_writes("m3", "Write access was asked for, we wait.", internal=True)
    assert pending(desk).id == first.id and len(pending(desk).votes) == 1


def test_a_change_that_has_arrived_and_is_not_worked_off_yet_stops_the_last_vote(desk: Desk) -> None:
    desk.opens(SIGNED)
    first = votes(desk, "dana-whitlock")
    change = comment("m2", "Please give me delete and admin rights.", role=ActorRole.REQUESTER, by="r-7")
    run, _ = desk.services.store.accept(desk.tenant, arrived(desk.tenant, change))
    with pytest.raises(StaleContent, match="was changed; read it again"):
        votes(desk, "chris-lowe")
    desk.goes_on(run)
    assert pending(desk).replaces == first.id


def test_nobody_grants_what_was_taken_down_or_resolved_a_moment_ago(desk: Desk) -> None:
    desk.opens(SIGNED)
    votes(desk, "dana-whitlock")
    [raised], store = desk.escalations(), desk.services.store
    down = EscalationState.DE_ESCALATED
    _, run = store.move_escalation(desk.tenant, raised.id, down, by="kim-osei", why="calm", at=desk.clock.now())
    with pytest.raises(IllegalMove, match="has ended"):
        votes(desk, "chris-lowe")
    desk.goes_on(run)
    assert desk.approvals()[0].state == ApprovalState.VOID and tasks(desk) == []

    other = Desk(desk.services, f"{desk.tenant}-other", desk.clock)
    other.opens(SIGNED)
    votes(other, "dana-whitlock")
    solved = Event(id="e-r", at=NOW, kind=EventKind.RESOLVED, actor=Actor(id="kim-osei", role=ActorRole.TECHNICIAN))
    run, _ = store.accept(other.tenant, arrived(other.tenant, solved))
    with pytest.raises(IllegalMove, match="has ended"):
        votes(other, "chris-lowe")
    other.goes_on(run)
    assert other.approvals()[0].state == ApprovalState.VOID


def test_a_crash_between_the_void_and_the_new_request_asks_anew_once(desk: Desk) -> None:
    desk.opens(SIGNED)
    first = pending(desk)
    change = comment("m2", "Please give me admin rights too.", role=ActorRole.REQUESTER, by="r-7")
    store = desk.services.store
    store.record_event(desk.tenant, None, "T-1", change)
    assert desk.services.signing.renew(desk.tenant, first.id, NOW)
    delivery = arrived(desk.tenant, change)
    desk.take(delivery)
    assert pending(desk).replaces == first.id
    desk.take(arrived(desk.tenant, change, name="the same event again"))
    assert len(desk.approvals()) == 2


def test_a_delegate_votes_in_their_own_name_and_the_record_says_for_whom(desk: Desk) -> None:
    desk.opens(SIGNED)
    link = delegated(desk, "dana-whitlock", "pat-ivers")
    [vote] = votes(desk, "pat-ivers").votes
    assert (vote.by, vote.on_behalf_of, vote.delegations, vote.key) == (
        "pat-ivers",
        "dana-whitlock",
        (link.id,),
        "key_1",
    )
    assert vote.seen_hash == pending(desk).content_hash
    with pytest.raises(Conflict, match="pat-ivers has voted for dana-whitlock"):
        votes(desk, "dana-whitlock")
    delegated(desk, "chris-lowe", "pat-ivers")
    with pytest.raises(Conflict, match="pat-ivers has already voted"):
        votes(desk, "pat-ivers", whom="chris-lowe")
    assert votes(desk, "chris-lowe").state == ApprovalState.GRANTED


def test_a_delegation_counts_in_its_window_only(desk: Desk) -> None:
    desk.opens(SIGNED)
    delegated(desk, "dana-whitlock", "pat-ivers", first=10, last=20)
    for minute in (9, 20):
        desk.clock.at = later(minute)
        with pytest.raises(Forbidden):
            votes(desk, "pat-ivers")
    desk.clock.at = later(19)
    assert votes(desk, "pat-ivers").votes[0].on_behalf_of == "dana-whitlock"


def test_delegates_are_asked_together_with_the_approvers(desk: Desk) -> None:
    delegated(desk, "dana-whitlock", "pat-ivers")
    desk.opens(SIGNED)
    assert told(desk)["approval_requested", "pat.ivers@example.com"] == 1


def test_an_admin_gives_the_decision_to_others_and_has_no_vote(desk: Desk) -> None:
    desk.opens(SIGNED)
    votes(desk, "dana-whitlock")
    signing, id = desk.services.signing, pending(desk).id
    after, _ = signing.reassign(
        desk.tenant, id, ("pat-ivers", "alex-morrow", "lena-brook"), by="lena-brook", reason="both ill", at=NOW
    )
    desk.services.engine.wake()
    desk.rest()
    assert told(desk)["approval_reassigned", "pat.ivers@example.com"] == 1
    assert after.approvers == ("pat-ivers", "alex-morrow")
    assert [vote.by for vote in after.set_aside] == ["dana-whitlock"] and after.votes == ()
    assert after.reassignments[0].reason == "both ill"
    for gone in ("lena-brook", "dana-whitlock"):
        with pytest.raises(Forbidden):
            votes(desk, gone)
    votes(desk, "pat-ivers")
    assert votes(desk, "alex-morrow").state == ApprovalState.GRANTED


def test_a_grant_ends_in_one_task_that_is_followed_until_it_is_done(desk: Desk) -> None:
    approval = granted(desk)
    signing = desk.services.signing
    desk.clock.at = later(30)
    signing.carried_out(desk.tenant, approval.id, by="jamie-north", at=later(30))
    for minute in (449, 450, 509):
        desk.time_passes(minute)
    assert (tasks(desk), told(desk)["grant_ending", "r-7@example.com"]) == ([], 1)
    for minute in (510, 511, 512):
        desk.time_passes(minute)
        desk.services.engine.sweep()
        desk.rest()
    [task] = tasks(desk)
    assert (task.technician, task.made_at, task.due_at) == ("jamie-north", later(510), later(570))
    assert task.text.startswith("Take away: grant elevated database access for r-7")
    assert desk.approvals()[0].state == ApprovalState.ENDED and desk.approvals()[0].task_id == task.id
    assert told(desk)["task_made", "jamie.north@example.com"] == 1
    desk.time_passes(570)
    desk.time_passes(630)
    [late] = tasks(desk)
    assert (late.state, late.overdue_at, late.escalated_at) == (TaskState.OVERDUE, later(570), later(630))
    sent = told(desk)
    assert sent["task_overdue", "jamie.north@example.com"] == 1
    assert sum(count for (occasion, _), count in sent.items() if occasion == "task_escalated") >= 1
    with pytest.raises(Forbidden):
        signing.done(desk.tenant, task.id, by="r-7", note="gone", at=later(631))
    done = signing.done(desk.tenant, task.id, by="jamie-north", note="change 4711", at=later(631))
    assert (done.state, done.done_by, done.note) == (TaskState.DONE, "jamie-north", "change 4711")
    with pytest.raises(IllegalMove):
        signing.done(desk.tenant, task.id, by="jamie-north", note="again", at=later(632))
    desk.time_passes(2000)
    assert len(tasks(desk)) == 1 and told(desk) == sent


def test_a_grant_that_is_taken_back_makes_its_task_at_once_and_no_second_one(desk: Desk) -> None:
    approval = granted(desk)
    signing = desk.services.signing
    signing.revoke(desk.tenant, approval.id, by="dana-whitlock", reason="audit", at=later(5))
    [task] = tasks(desk)
    assert task.made_at == later(5)
    with pytest.raises(IllegalMove):
        signing.revoke(desk.tenant, approval.id, by="dana-whitlock", reason="audit", at=later(6))
    desk.time_passes(481)
    assert len(tasks(desk)) == 1


def test_nobody_carries_out_what_they_signed_or_asked_for(desk: Desk) -> None:
    approval = granted(desk)
    for who in ("dana-whitlock", "r-7"):
        with pytest.raises(Forbidden):
            desk.services.signing.carried_out(desk.tenant, approval.id, by=who, at=NOW)


def test_the_ticket_that_ends_takes_its_request_for_approval_along(desk: Desk) -> None:
    desk.opens(SIGNED)
    desk.ends(EventKind.CLOSED)
    [approval] = desk.approvals()
    assert approval.state == ApprovalState.VOID
    desk.time_passes(481)
    assert desk.approvals()[0].state == ApprovalState.VOID


def decided_at_once(house: Services, one: Approval) -> tuple[Approval, list[str]]:
    """Two approvers decide the same approval at the same moment; (what is stored, what each of them heard)."""
    store = house.store
    store.write(
        lambda c: records.approvals.put(c, "race", one, id=one.id, ticket_id="T-1", at=NOW, state=one.state, version=1)
    )
    gate = threading.Barrier(2)
    said: list[str] = []

    def decides(by: str, approve: bool) -> None:
        gate.wait()
        try:
            after, run = store.decide_approval(
                "race", one.id,
                lambda a: a.vote(by=by, approve=approve, seen_hash=a.content_hash, at=NOW, reason="no"), NOW,
            )  # fmt: skip
        except TierwiseError as error:
            said.append(error.code)
        else:
            assert run is not None
            said.append(after.state)

    pair = [threading.Thread(target=decides, args=(name, yes)) for name, yes in (("ann", True), ("ben", False))]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    return store.read(lambda c: records.approvals.get(c, "race", one.id)), said


def test_of_two_who_decide_at_once_one_decision_counts_and_the_other_is_told(house: Services) -> None:
    action = ApprovalAction(action="grant", ticket_id="T-1", requester="r-7", risk="high")
    for number in range(200):
        one = Approval(
            id=f"apr_{number}", escalation_id="esc", rule="db", action=action, content_hash=action.hash,
            approvers=("ann", "ben"), quorum=1, requested_at=NOW, decide_by=later(60),
        )  # fmt: skip
        stored, said = decided_at_once(house, one)
        assert len(stored.votes) == 1 and stored.state in (ApprovalState.GRANTED, ApprovalState.REJECTED)
        assert sorted(said) == sorted([stored.state, "illegal_move"])
    for _, _, run in house.store.read(inbox.waiting):
        house.store.finish_delivery("race", run, "seen")
