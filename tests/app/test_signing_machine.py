"""The same freedom as in the domain's machine, through the store: real SQLite, real timers, restarts in between."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from adapters.storage import delegations, records
from adapters.storage.store import Store, Transaction
from app.signing import Ballot, Signing
from domain.approval import Approval, ApprovalState
from domain.approving import Asking, approval_for
from domain.assessment import Assessment, Urgency
from domain.delegation import Delegation
from domain.errors import TierwiseError
from domain.granting import timers_of
from domain.journey import TimerFired
from domain.ticket import ActorRole
from tests.app.test_signing import ALTERNATE, OFFICERS, two_officers
from tests.conftest import NOW
from tests.tickets import comment, ticket

POLICY = two_officers()
PEOPLE = (*OFFICERS, ALTERNATE, "alex-morrow", "r-7", "jamie-north")
TENANT = "house"
WORDS = ("Thanks!", "I need admin rights too.", "It is for the audit until Friday.")


class Stored(RuleBasedStateMachine):
    """Jamie would carry it out; r-7 asks; Alex has no right of their own."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.open()
        self.at, self.numbers = NOW, count()
        body = "Please give me write access to the production database because the audit starts."
        self.store.put_tickets(TENANT, [ticket(body=body, category="database-access")])
        self.opinion = Assessment(
            ticket_id="T-1", at=NOW, risk=0, reasons=(), counterfactual=None, category="database-access",
            urgency=Urgency.NORMAL,
        )  # fmt: skip
        self.store.write(
            lambda c: records.assessments.put(c, TENANT, self.opinion, id="run_1", ticket_id="T-1", at=NOW)
        )
        self.ask(None)

    def open(self) -> None:
        self.store = Store.open(Path(self.folder.name) / "records.db")
        self.signing = Signing(self.store, POLICY)

    def ask(self, before: Approval | None) -> None:
        """What the journey does: asks, or asks anew."""
        known = tuple(self.store.read(lambda c: delegations.find(c, TENANT, not_over_at=self.at)))
        approval = approval_for(
            self.store.ticket(TENANT, "T-1"), POLICY, self.at, self.opinion, escalation_id="esc_1", run_id="run_1",
            asking=Asking(assignee="jamie-north", before=before, delegations=known),
        )  # fmt: skip
        assert approval is not None

        def save(c: Transaction) -> None:
            records.approvals.put(
                c, TENANT, approval, id=approval.id, ticket_id="T-1", at=self.at, state=approval.state, version=1
            )
            for timer in timers_of(approval):
                records.timers.put(c, TENANT, timer)

        self.store.write(save)
        self.current = approval.id

    def stored(self) -> list[Approval]:
        return self.store.read(lambda c: records.approvals.find(c, TENANT, ticket_id="T-1", limit=1000))

    def latest(self) -> Approval:
        return self.store.read(lambda c: records.approvals.get(c, TENANT, self.current))

    @rule(minutes=st.sampled_from([1, 60, 121, 241]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        for tenant, timer in self.store.due_timers(self.at):
            fired = TimerFired(ticket_id="T-1", timer=timer.timer, subject_id=timer.subject_id)
            # Twice, as after a crash between the move and the note that it was seen to.
            for _ in range(2):
                self.signing.fired(tenant, fired, self.at)

    @rule()
    def the_process_starts_anew(self) -> None:
        self.store.close()
        self.open()

    @rule(words=st.sampled_from(WORDS), seen=st.booleans())
    def the_requester_writes(self, words: str, seen: bool) -> None:
        event = comment(f"m{next(self.numbers)}", words, at=self.at, role=ActorRole.REQUESTER, by="r-7")
        self.store.record_event(TENANT, None, "T-1", event)
        if seen:
            self.the_journey_looks()

    @rule()
    def the_journey_looks(self) -> None:
        before = self.latest()
        if self.signing.renew(TENANT, self.current, self.at):
            self.ask(before)

    @rule(one=st.sampled_from(OFFICERS), other=st.sampled_from(PEOPLE), minutes=st.sampled_from([30, 600]))
    def somebody_delegates(self, one: str, other: str, minutes: int) -> None:
        made = Delegation(
            id=f"del_{next(self.numbers)}", principal=one, delegate=other, first=self.at,
            last=self.at + timedelta(minutes=minutes), reason="away", made_by=one,
        )  # fmt: skip
        self.store.write(lambda c: delegations.put(c, TENANT, made))

    @rule(by=st.sampled_from(PEOPLE), approve=st.sampled_from([True, True, True, False]), old=st.booleans())
    def somebody_votes(self, by: str, approve: bool, old: bool) -> None:
        oldest = self.stored()[-1]
        target = oldest if old else self.latest()
        ballot = Ballot(by=by, approve=approve, seen_hash=target.content_hash, reason="no")
        try:
            self.signing.vote(TENANT, self.current, ballot, self.at)
        except TierwiseError:
            return

    @rule()
    def it_is_taken_back(self) -> None:
        try:
            self.signing.revoke(TENANT, self.current, by="dana-whitlock", reason="audit", at=self.at)
        except TierwiseError:
            return

    @invariant()
    def only_the_quorum_grants_and_what_it_saw(self) -> None:
        everything = self.stored()
        granted = [one for one in everything if one.state in (ApprovalState.GRANTED, ApprovalState.ENDED)]
        assert len(granted) <= 1
        for one in granted:
            names = [name for vote in one.votes for name in {vote.by, vote.principal}]
            assert len(one.votes) == one.quorum == 2 and all(vote.approve for vote in one.votes)
            assert len(names) == len(set(names)) and {"r-7", "jamie-north"}.isdisjoint(names)
            assert all(vote.seen_hash == one.content_hash == one.action.hash for vote in one.votes)
            assert one.decided_at is not None and one.decided_at < one.decide_by

    @invariant()
    def each_grant_that_is_over_has_exactly_one_task_and_none_has_another(self) -> None:
        ended = [one for one in self.stored() if one.state == ApprovalState.ENDED]
        made = self.store.read(lambda c: records.tasks.find(c, TENANT, ticket_id="T-1"))
        assert sorted(one.id for one in made) == sorted(one.task_id or "" for one in ended)

    @invariant()
    def a_grant_never_outlives_its_time(self) -> None:
        for one in self.stored():
            if one.state == ApprovalState.GRANTED:
                assert one.grant_ends_at is not None
                due = {(timer.timer, timer.due_at) for timer in timers_of(one)}
                assert ("grant_ends", one.grant_ends_at) in due

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


Stored.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestStored = pytest.mark.slow(Stored.TestCase)
