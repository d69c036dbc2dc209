"""Runs the demo: the organisation goes in, its live tickets arrive, people do what the script says."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from adapters.clock import SetClock
from adapters.policy_folder import load_policy
from adapters.storage import knowledge, model_calls, outbox, records
from adapters.storage.store import run_id
from app.bootstrap import Services, open_services
from app.data_dir import Birth, DataDir
from app.demo.learning import DemoLearned, learn
from app.demo.live import LiveTicket, Promise, ScriptStep
from app.demo.organisation import DemoOrganisation, load_demo
from app.demo.spoken import DemoModel, summed
from app.settings import Settings
from app.signing import Ballot
from domain.approval import Approval, ApprovalState
from domain.assessment import Action, Counterfactual, Reason
from domain.base import Record
from domain.context import Question
from domain.effects import Message
from domain.errors import Misconfigured, Unavailable
from domain.evidence import EvidenceItem
from domain.handoff import Handoff
from domain.journey import Delivery, EventArrived, Journey, Outcome
from domain.knowledge import Article, DraftState
from domain.language_model import ModelCall
from domain.task import Task, TaskState
from domain.ticket import Event, Ticket
from retrieval.documents import article_document, problem_document, ticket_document

FOLDER = Path(__file__).parents[2] / "policies" / "demo"
PATIENCE = 120.0
"""Seconds until a ticket that does not come to rest counts as stuck."""

Say = Callable[[str], None]


class RouteTaken(Record):
    """Who got a ticket, and why."""

    team: str
    technician: str
    why: str


class DemoTicket(Record):
    """A live ticket at the end of its journey."""

    id: str
    subject: str
    shows: str
    promised: str
    outcome: Outcome | None
    risk: int
    reasons: tuple[Reason, ...]
    counterfactual: Counterfactual | None
    flagged: tuple[Reason, ...]
    why: tuple[str, ...]
    question: Question | None
    route: RouteTaken | None
    handoff: Handoff | None
    evidence: tuple[EvidenceItem, ...]
    approvals: tuple[Approval, ...]
    tasks: tuple[Task, ...]
    notifications: tuple[Message, ...]
    duplicate_of: str | None
    tier: str | None
    category: str | None
    playbook: str | None
    calls: tuple[ModelCall, ...]
    """What was asked of a language model."""
    promise: Promise


class DemoReport(Record):
    """What the demo did. `parts` are seconds by part."""

    tickets: tuple[DemoTicket, ...]
    articles: tuple[Article, ...]
    closed: int
    learned: DemoLearned
    model: DemoModel | None
    """What a language model did; none where there is none."""
    parts: dict[str, float]
    seconds: float


def run_demo(settings: Settings, say: Say, folder: Path = FOLDER) -> DemoReport:
    """Builds the demo in the data directory and plays it. A demo that is there already is built anew.

    Raises `Misconfigured` when the directory holds something else, and whatever opening it raises.
    """
    watch = _Stopwatch()
    organisation = load_demo(folder)
    policy = load_policy(folder)
    watch.lap("organisation")
    if _clear(settings.data_dir):
        say(f"the earlier demo in {settings.data_dir} is built anew")
    clock = SetClock(organisation.moment)
    with DataDir(settings.data_dir) as data_dir:
        data_dir.note_birth(Birth(tenant=organisation.tenant, demo_now=clock.at, made_at=datetime.now(UTC)))
        _copy_policy(folder, data_dir.policy)
    quiet = settings.model_copy(update={"tenant": organisation.tenant, "poll_seconds": 0.02, "sweep_seconds": 3600.0})
    with open_services(quiet, clock=clock, policy=policy) as services:
        watch.lap("model and stores")
        say(f"{len(organisation.closed)} closed tickets, {len(organisation.articles)} articles, "
            f"{len(organisation.problems)} known problems go in")  # fmt: skip
        take_in(services, organisation)
        watch.lap("import")
        learned = learn(services)
        say(learned.word)
        watch.lap("training")
        stage = _Stage(services, clock)
        for live in organisation.live:
            stage.arrive(live.ticket)
        for live, step in _in_order(organisation.live):
            stage.play(live, step)
        watch.lap("journeys")
        report = DemoReport(
            tickets=tuple(_told(services, live) for live in organisation.live),
            articles=_published(services), closed=len(organisation.closed), learned=learned,
            model=_model(services), parts=watch.parts, seconds=round(watch.total, 2),
        )  # fmt: skip
    with DataDir(settings.data_dir) as data_dir:
        data_dir.note_birth(Birth(tenant=organisation.tenant, demo_now=clock.at, made_at=datetime.now(UTC)))
    return report


class _Stage:
    """Delivers what happens and waits until everything has come to rest."""

    def __init__(self, services: Services, clock: SetClock) -> None:
        self._services = services
        self._clock = clock
        self._tenant = services.settings.tenant

    def arrive(self, ticket: Ticket) -> None:
        """A live ticket comes in as it stands."""
        self._deliver(ticket.events[-1], ticket)

    def play(self, live: LiveTicket, step: ScriptStep) -> None:
        """One thing that a person does."""
        self._clock.at = max(self._clock.at, step.at)
        match step.kind:
            case "answer" | "event" if step.event is not None:
                self._deliver(step.event, live.ticket)
            case "approve" | "reject":
                self._vote(live.ticket.id, step)
            case "review":
                self._review(live.ticket.id, step)
            case "carry_out":
                self._carry_out(live.ticket.id, step.by or "")
            case "wait":
                self._wait(live.ticket.id)
            case "done":
                self._done(live.ticket.id, step)
            case _:
                raise Misconfigured(f"the script of {live.ticket.id} has a step without its event")

    def _deliver(self, event: Event, ticket: Ticket) -> None:
        arrival = EventArrived(ticket_id=ticket.id, event=event, ticket=ticket)
        delivery = Delivery(
            source="helpdesk", delivery_id=event.id, run_id=run_id(self._tenant, "helpdesk", event.id),
            received_at=self._clock.now(), arrival=arrival,
        )  # fmt: skip
        self._services.engine.take(self._tenant, delivery)
        self._rest()

    def _vote(self, ticket_id: str, step: ScriptStep) -> None:
        signing, at = self._services.signing, self._clock.now()
        for approval in self._approvals(ticket_id):
            if approval.pending:
                ballot = Ballot(
                    by=step.by or "", approve=step.kind == "approve", seen_hash=approval.content_hash,
                    reason=step.reason, channel="console",
                )  # fmt: skip
                _, run = signing.vote(self._tenant, approval.id, ballot, at)
                if run is not None:
                    self._services.engine.go_on(self._tenant, ticket_id, run)
        self._rest()

    def _carry_out(self, ticket_id: str, by: str) -> None:
        for approval in self._approvals(ticket_id):
            if approval.state == ApprovalState.GRANTED:
                self._services.signing.carried_out(self._tenant, approval.id, by=by, at=self._clock.now())

    def _wait(self, ticket_id: str) -> None:
        self._services.engine.sweep(ticket_id)
        self._rest()

    def _done(self, ticket_id: str, step: ScriptStep) -> None:
        at = self._clock.now()
        for task in self._services.store.read(lambda c: records.tasks.find(c, self._tenant, ticket_id=ticket_id)):
            if task.state != TaskState.DONE:
                self._services.signing.done(self._tenant, task.id, by=step.by or "", note=step.reason, at=at)
        self._services.engine.wake()
        self._rest()

    def _approvals(self, ticket_id: str) -> list[Approval]:
        return self._services.store.read(lambda c: records.approvals.find(c, self._tenant, ticket_id=ticket_id))

    def _review(self, ticket_id: str, step: ScriptStep) -> None:
        store = self._services.store
        for draft in store.read(lambda c: records.drafts.find(c, self._tenant, ticket_id=ticket_id)):
            if draft.state == DraftState.AWAITING_REVIEW:
                _, run = store.review_draft(
                    self._tenant, draft.id, approve=step.approve is not False, by=step.by or "",
                    reason=step.reason or None, expected=draft.version, at=self._clock.now(),
                )  # fmt: skip
                self._services.engine.go_on(self._tenant, ticket_id, run)
        self._rest()

    def _rest(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._services.engine.idle():
            if time.monotonic() > deadline:
                raise Unavailable("the demo's engine does not come to rest", mend="run the demo again")
            time.sleep(0.005)


class _Stopwatch:
    """Seconds by part."""

    def __init__(self) -> None:
        self._started = self._last = time.monotonic()
        self.parts: dict[str, float] = {}

    def lap(self, part: str) -> None:
        """Ends a part."""
        now = time.monotonic()
        self.parts[part] = round(now - self._last, 2)
        self._last = now

    @property
    def total(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started


def _clear(folder: Path) -> bool:
    """Removes an earlier demo, and tells whether there was one; anything else is left alone and complained about."""
    if not folder.exists() or not any(folder.iterdir()):
        return False
    with DataDir(folder) as data_dir:
        if data_dir.birth().demo_now is None:
            raise Misconfigured(f"{folder} holds data that is not the demo's", mend="use another --data-dir")
        for item in folder.iterdir():
            if item.name == "owner":
                continue
            if item.is_dir():
                shutil.rmtree(item)
            else:
                item.unlink()
    return True


def _copy_policy(folder: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for file in folder.glob("*.yaml"):
        if file.name != "demo.yaml":
            shutil.copyfile(file, target / file.name)
    shutil.copytree(folder / "playbooks", target / "playbooks", dirs_exist_ok=True)


def take_in(services: Services, organisation: DemoOrganisation) -> None:
    """The organisation's past and its knowledge, into records and index."""
    tenant = services.settings.tenant
    services.store.put_tickets(tenant, organisation.closed)
    services.store.put_knowledge(tenant, organisation.articles, organisation.problems)
    services.indexer.index(ticket_document(ticket, tenant) for ticket in organisation.closed)
    services.indexer.index(article_document(article, tenant) for article in organisation.articles)
    services.indexer.index(problem_document(problem, tenant) for problem in organisation.problems)


def _in_order(live: tuple[LiveTicket, ...]) -> list[tuple[LiveTicket, ScriptStep]]:
    steps = [(one, step) for one in live for step in one.script]
    return sorted(steps, key=lambda pair: pair[1].at)


def _told(services: Services, live: LiveTicket) -> DemoTicket:
    store, tenant, ticket = services.store, services.settings.tenant, live.ticket
    journeys = store.read(lambda c: records.journeys.find(c, tenant, ticket_id=ticket.id))
    assessments = store.read(lambda c: records.assessments.find(c, tenant, ticket_id=ticket.id))
    decisions = store.read(lambda c: records.decisions.find(c, tenant, ticket_id=ticket.id))
    # The decision that sent it up tells the story; those on later events only say that an escalation is open.
    decision = next((one for one in decisions if one.action == Action.ESCALATE), decisions[0])
    assessment = next(one for one in assessments if one.at == decision.at)
    routes = store.read(lambda c: records.routes.find(c, tenant, ticket_id=ticket.id, limit=1))
    handoffs = store.read(lambda c: records.handoffs.find(c, tenant, ticket_id=ticket.id, limit=1))
    evidence = store.read(lambda c: records.evidence.find(c, tenant, ticket_id=ticket.id, limit=1))
    escalations = store.read(lambda c: records.escalations.find(c, tenant, ticket_id=ticket.id, limit=1))
    contexts = store.read(lambda c: records.contexts.find(c, tenant, ticket_id=ticket.id, limit=1))
    effects = store.read(lambda c: outbox.of_ticket(c, tenant, ticket.id))
    route = routes[0] if routes else None
    return DemoTicket(
        id=ticket.id, subject=ticket.subject or "", shows=live.promise.shows, promised=live.promise.outcome,
        outcome=_outcome(journeys), risk=assessment.risk, reasons=assessment.reasons,
        counterfactual=assessment.counterfactual, flagged=assessment.suspicious, why=decision.why,
        question=contexts[0].asked[0] if contexts and contexts[0].asked else None,
        route=RouteTaken(team=route.team, technician=route.technician, why=route.why) if route else None,
        handoff=handoffs[0] if handoffs else None, evidence=evidence[0].items if evidence else (),
        approvals=tuple(store.read(lambda c: records.approvals.find(c, tenant, ticket_id=ticket.id))),
        tasks=tuple(store.read(lambda c: records.tasks.find(c, tenant, ticket_id=ticket.id))),
        notifications=tuple(item.body for item in effects if isinstance(item.body, Message)),
        duplicate_of=assessment.duplicate_of, tier=escalations[0].to_tier if escalations else None,
        category=assessment.category, playbook=escalations[0].playbook if escalations else None,
        calls=store.read(lambda c: model_calls.of_ticket(c, tenant, ticket.id)), promise=live.promise,
    )  # fmt: skip


def _model(services: Services) -> DemoModel | None:
    if services.model is None:
        return None
    return summed(
        services.model.name, services.store.read(lambda c: model_calls.of_tenant(c, services.settings.tenant))
    )


def _outcome(journeys: list[Journey]) -> Outcome | None:
    """How the ticket's story ended: a later look at it that changes nothing is no end of its own."""
    told = (one.outcome for one in journeys if one.outcome != Outcome.WATCHING)
    return next(told, journeys[0].outcome if journeys else None)


def _published(services: Services) -> tuple[Article, ...]:
    tenant = services.settings.tenant
    drafts = services.store.read(lambda c: records.drafts.find(c, tenant, states=[DraftState.PUBLISHED], limit=1000))
    ids = [draft.article_id for draft in drafts if draft.article_id]
    return tuple(services.store.read(lambda c: [knowledge.get_article(c, tenant, id) for id in ids]))
