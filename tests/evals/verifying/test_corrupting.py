"""Every kind of corruption makes a true claim false, and the verifier sees each of them."""

from __future__ import annotations

import random

import pytest

from domain.handoff import Claim
from domain.ticket import ActorRole
from domain.verifying.verifier import verify, verify_requester_text
from evals.verifying.corrupting import KINDS, Material
from evals.verifying.rephrasing import STYLES, Said, rephrased
from tests.domain.verifying.made import FACTS, said, whole_ticket

TICKET = whole_ticket(
    said("e9", 80, "We will test the queue, it might be stuck. The job took 30 minutes, see KB-1042."),
)  # fmt: skip
TRUE = (
    Claim(text="I restarted the spooler on srv-print-02 at 10:05, it did not help.", sources=("e3",)),
    Claim(text="We will test the queue, it might be stuck.", sources=("e9",)),
    Claim(text="The job took 30 minutes, see KB-1042.", sources=("e9",)),
    Claim(text="I restarted my computer.", sources=("e5",)),
)
FOREIGN = ("The badge reader at the loading dock rejects every card.",)
PRIVATE = ("the contract with Acme ends soon",)


def material(seed: int) -> Material:
    """What the corruptions draw from."""
    return Material(TICKET, random.Random(seed), FOREIGN, PRIVATE)


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_is_made_and_found(kind: str) -> None:
    facts = FACTS.of(TICKET)
    made = [wrong for seed in range(5) for one in TRUE if (wrong := KINDS[kind](one, material(seed))) is not None]
    assert made, kind
    assert verify(TRUE, facts).clean
    for wrong in made:
        assert wrong not in TRUE
        found = verify_requester_text(wrong.text, TICKET) if kind == "private" else verify([wrong], facts)
        assert not found.clean, wrong


@pytest.mark.parametrize("style", list(STYLES))
def test_each_style_changes_some_sentence_and_none_of_what_it_says(style: str) -> None:
    facts = FACTS.of(
        whole_ticket(said("e9", 80, "We have checked the issue, the queue was empty. We do not know why."))
    )
    sentences = ("We have checked the issue, the queue was empty.", "We do not know why.", "we checked the queue")
    changed = [STYLES[style](one, Said(random.Random(1), ActorRole.TECHNICIAN)) for one in sentences]
    assert any(new != old for new, old in zip(changed, sentences, strict=True))
    assert verify([Claim(text=one, sources=("e9",)) for one in changed], facts).blocked == ()


def test_the_same_seed_says_it_in_the_same_words() -> None:
    one, other = (rephrased(TRUE[0].text, random.Random(3), ActorRole.TECHNICIAN) for _ in range(2))
    assert one == other
