"""Triage, context gatherer and router on the shipped fakes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from math import log

from adapters.memory.bursts import MemoryBursts
from adapters.memory.history import MemoryHistory
from adapters.memory.judges import MemoryJudges, StatedJudgement
from adapters.memory.knowledge import MemoryKnowledge
from adapters.memory.search import MemorySearch
from agents.context_gatherer import ContextGatherer
from agents.router import Router
from agents.triage import Triage
from agents.views import GathererUpdate, RouterUpdate
from domain.assessment import Action, Assessment, Decision
from domain.bursts.episodes import Look
from domain.context import Answer, Context
from domain.deciding import decide
from domain.evidence import Evidence
from domain.knowledge import Article, ArticleBody, ArticleState, KnownProblem
from domain.learned import Contribution, LearnedRisk
from domain.outbreak import propose
from domain.policy.policy import Policy
from domain.ticket import Requester, Ticket
from retrieval.documents import article_document, problem_document, ticket_document
from tests.domain.made import after, assigned, closed, policy, ticket, wrote

TENANT = "a"
NOW = 10_000.0
DOWN = "The vpn tunnel does not come up"
P = policy()

PAST = [
    closed(
        f"P-{n}", opened=n * 10, took=60 + n, by="cy" if n < 4 else "di", team="net", category="Remote access",
        body="The vpn tunnel does not come up after the update", tier="L2", from_tier="L1",
        resolved_at=after(n * 10 + 60 + n), requester=Requester(id=f"q{n}"),
    )
    for n in range(6)
]  # fmt: skip
CALM = [
    closed(f"C-{n}", opened=n, took=30, body="Please order toner", category=None, resolved_at=after(n + 30))
    for n in range(30)
]
LIVE = ticket(assigned(1, NOW, "desk", "ada", "L1"), id="T-1", at=NOW, priority="high",
              subject="vpn", body="The vpn tunnel does not come up")  # fmt: skip
PROBLEM = KnownProblem(
    id="KP-1", title="vpn tunnel after update", symptoms="The vpn tunnel does not come up", workaround="Roll back",
    opened_at=after(0),
)  # fmt: skip
ARTICLE = Article(
    id="KB-1", body=ArticleBody(title="vpn", symptom="The vpn tunnel does not come up", resolution=("Reset it",)),
    created_at=after(0), updated_at=after(0), author="cy",
)  # fmt: skip


def found_in(tickets: Sequence[Ticket]) -> MemorySearch:
    documents = [ticket_document(one, TENANT) for one in tickets]
    return MemorySearch([*documents, problem_document(PROBLEM, TENANT), article_document(ARTICLE, TENANT)])


def assessed(
    live: Ticket = LIVE, others: Sequence[Ticket] = (*PAST, *CALM), search: MemorySearch | None = None,
    at: float = NOW + 5, rules: Policy = P, bursts: MemoryBursts | None = None,
) -> Assessment:  # fmt: skip
    triage = Triage(
        rules,
        MemoryHistory({TENANT: [live, *others]}),
        search or found_in([live, *others]),
        bursts or MemoryBursts(),
    )
    return asyncio.run(triage({"tenant": TENANT, "ticket_id": live.id, "at": after(at)}))["assessment"]


def decided(assessment: Assessment, live: Ticket = LIVE) -> Decision:
    return decide(assessment, live, P, assessment.at, last_escalation_ended=None, has_open_escalation=False)


def test_triage_sees_resemblance_to_past_escalated_tickets_and_their_category() -> None:
    assessment = assessed()
    codes = {reason.code: reason for reason in assessment.reasons}
    assert codes["resembles_escalated"].points == 15
    assert "usual: 17%" in codes["resembles_escalated"].text
    assert (assessment.category, assessment.language) == ("vpn", "en")


def test_triage_hears_what_was_learned_and_in_shadow_is_not_moved_by_it() -> None:
    risk = LearnedRisk(
        target="escalation", model="mdl_1", probability=0.9, base=0.0, line=0.5,
        contributions=(Contribution(feature="team", text="It lies with desk.", log_odds=log(9)),),
    )  # fmt: skip
    triage = Triage(
        P, MemoryHistory({TENANT: [LIVE, *PAST]}), found_in([LIVE, *PAST]), MemoryBursts(),
        MemoryJudges({TENANT: StatedJudgement((risk,))}),
    )  # fmt: skip
    heard = asyncio.run(triage({"tenant": TENANT, "ticket_id": LIVE.id, "at": after(NOW + 5)}))["assessment"]
    assert [(one.model, one.speaks) for one in heard.learned] == [("mdl_1", False)]
    assert heard.risk == assessed(others=PAST).risk


def test_triage_goes_on_when_the_index_is_out_of_reach() -> None:
    search = MemorySearch(out_of_reach=True)
    assessment = assessed(search=search)
    assert "resembles_escalated" not in {reason.code for reason in assessment.reasons}
    assert assessment.category == "vpn"


def test_triage_sees_an_outbreak_and_no_duplicate_in_reports_of_different_people() -> None:
    others = [
        ticket(id=f"N-{n}", at=NOW - n, subject="vpn", body=DOWN, requester=Requester(id=f"s{n}"))
        for n in range(1, 5)
    ]  # fmt: skip
    ids = (*(one.id for one in others), LIVE.id)
    alarm = Look(
        signature=(("service", "vpn"),), at=after(NOW), window=timedelta(minutes=30), requesters=5, expected=0.1,
        surprise=20.0, line=9.0, tickets=ids,
    )  # fmt: skip
    outbreak = propose(TENANT, alarm, ids, "N-4", at=after(NOW), quiet=timedelta(hours=4))
    assessment = assessed(others=others, bursts=MemoryBursts({TENANT: [outbreak]}))
    assert "N-4" in next(reason.text for reason in assessment.reasons if reason.code == "outbreak")
    assert assessment.duplicate_of is None
    assert "outbreak" not in {reason.code for reason in assessed(others=others).reasons}


def test_triage_finds_the_same_request_sent_twice() -> None:
    again = ticket(id="T-0", at=NOW - 90, subject="vpn", body="The vpn tunnel does not come up")
    assessment = assessed(others=[again])
    assert assessment.duplicate_of == "T-0"
    assert decided(assessment).action == Action.LINK_DUPLICATE


def test_triage_sees_nothing_of_what_comes_later() -> None:
    later = [
        ticket(id=f"N-{n}", at=NOW + 5 + n, subject="vpn", body=DOWN, requester=Requester(id=f"s{n}"))
        for n in range(1, 5)
    ]  # fmt: skip
    poisoned = LIVE.model_copy(update={"events": (*LIVE.events, wrote(9, NOW + 6, "urgent, please escalate"))})
    assert assessed(poisoned, [*PAST, *CALM, *later], found_in([LIVE, *PAST, *CALM])) == assessed(
        search=found_in([LIVE, *PAST, *CALM])
    )


def gathered(
    live: Ticket = LIVE, search: MemorySearch | None = None, rules: Policy = P, *, context: Context | None = None,
    answer: Answer | None = None, others: Sequence[Ticket] = (*PAST, *CALM), knowledge: MemoryKnowledge | None = None,
) -> GathererUpdate:  # fmt: skip
    known = knowledge or MemoryKnowledge({TENANT: [ARTICLE]}, {TENANT: [PROBLEM]})
    history = MemoryHistory({TENANT: [live, *others]})
    gatherer = ContextGatherer(rules, history, search or found_in([live, *others]), known)
    assessment = assessed(live, others)
    view = {
        "tenant": TENANT, "ticket_id": live.id, "at": after(NOW + 5), "assessment": assessment,
        "decision": decided(assessment, live).model_copy(update={"to_tier": "L2"}),
    }  # fmt: skip
    if context is not None:
        view["context"] = context
    if answer is not None:
        view["answer"] = answer
    return asyncio.run(gatherer(view))  # type: ignore[arg-type]  # the optional keys are added above


def test_evidence_says_how_it_was_resolved_by_whom_and_how_long_it_took() -> None:
    evidence = gathered()["evidence"]
    best = evidence.of_kind("ticket")[0]
    assert (best.how_resolved, best.by_whom, best.team, best.escalated) == (
        "Reset the tunnel.",
        "cy",
        "net",
        True,
    )
    assert best.minutes_to_resolve == 60
    assert evidence.of_kind("problem")[0].how_resolved == "Roll back"
    assert evidence.of_kind("article")[0].how_resolved == "Reset it"
    assert evidence.looked == {
        "ticket": "found", "problem": "found", "article": "found", "requester_history": "found",
    }  # fmt: skip


def test_nothing_found_and_could_not_look_are_different_answers() -> None:
    away = gathered(search=MemorySearch(out_of_reach=True))["evidence"]
    assert [away.looked[kind] for kind in ("ticket", "problem", "article")] == ["could_not_look"] * 3
    nothing = gathered(search=MemorySearch())["evidence"]
    assert [nothing.looked[kind] for kind in ("ticket", "problem", "article")] == ["nothing"] * 3


def test_what_the_index_still_holds_but_the_records_do_not_is_no_evidence() -> None:
    evidence = gathered(knowledge=MemoryKnowledge())["evidence"]
    assert evidence.of_kind("article") == ()
    assert evidence.looked["article"] == "nothing"


def test_an_archived_article_is_no_evidence() -> None:
    archived = ARTICLE.model_copy(update={"state": ArticleState.ARCHIVED})
    assert gathered(knowledge=MemoryKnowledge({TENANT: [archived]}))["evidence"].of_kind("article") == ()


def test_the_requesters_own_earlier_tickets_are_there_and_the_present_one_is_not() -> None:
    own = closed("P-9", opened=5, took=30, resolved_at=after(35))
    ids = [one.id for one in gathered(others=[own])["evidence"].of_kind("requester_history")]
    assert ids == ["P-9"]


def test_the_moment_of_a_second_round_is_that_of_the_answer() -> None:
    field = {"id": "place", "label": "Place", "question": "Where are you?"}
    rules = policy(forms={"forms": [{"id": "f", "fields": [field]}]})
    first = gathered(rules=rules)["context"]
    assert first.question is not None
    replied = LIVE.model_copy(update={"events": (*LIVE.events, wrote(5, NOW + 30, "In the lab"))})
    answer = Answer(at=after(NOW + 30), event_id="e5")
    context = gathered(replied, rules=rules, context=first, answer=answer)["context"]
    assert [(fact.value, fact.source) for fact in context.facts] == [("In the lab", "answer")]


def routed(evidence: Evidence, others: Sequence[Ticket] = PAST, *, at: float = NOW + 5) -> RouterUpdate:
    assessment = assessed()
    view = {
        "tenant": TENANT, "ticket_id": LIVE.id, "at": after(at), "assessment": assessment,
        "decision": decided(assessment).model_copy(update={"to_tier": "L2"}), "context": Context(),
        "evidence": evidence,
    }  # fmt: skip
    router = Router(P, MemoryHistory({TENANT: [LIVE, *others]}))
    return asyncio.run(router(view))  # type: ignore[arg-type]  # a literal with exactly the keys of the view


def test_the_router_reads_records_under_every_name_of_the_category() -> None:
    route = routed(Evidence())["route"]
    by_id = {one.technician: one for one in route.candidates}
    assert (route.technician, route.team, route.left_team) == ("cy", "net", "desk")
    assert by_id["cy"].minutes is not None and by_id["cy"].minutes < 70
    assert "4 of 4" in route.why


def test_who_resolved_similar_tickets_in_another_tier_is_considered_but_cannot_win() -> None:
    evidence = gathered()["evidence"]
    items = tuple(item.model_copy(update={"by_whom": "fay"}) for item in evidence.items)
    route = routed(Evidence(items=items))["route"]
    fay = next(one for one in route.candidates if one.technician == "fay")
    assert fay.similar_resolved > 0
    assert fay.not_eligible
    assert route.technician != "fay"


def test_the_same_case_of_the_same_requester_goes_to_who_solved_it() -> None:
    mine = closed("P-9", opened=5, took=30, by="eve", team="net", category=None)
    assert {one.technician: one.affinity for one in routed(Evidence(), [mine])["route"].candidates}["eve"]
