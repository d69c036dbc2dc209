from __future__ import annotations

from typing import Any

import pytest

from domain.matching import holds
from domain.policy.base import When
from domain.ticket import Requester
from tests.domain.made import assigned, event, policy, ticket
from tests.domain.test_deciding import opinion

P = policy()
TICKET = ticket(
    assigned(1, 1, "net"), event(2, 2, "priority", to="high"), body="I need write access\n> please delete it",
    type="request", service="ERP", requester=Requester(id="boss@example.com", role="manager"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, True),
        ({"category": ("vpn", "mail")}, True),
        ({"category": ("mail",)}, False),
        ({"priority": ("High",)}, True),
        ({"priority": ("low",)}, False),
        ({"tier": ("L2",)}, True),
        ({"type": ("incident",)}, False),
        ({"service": ("erp",)}, True),
        ({"requester_role": ("manager",)}, True),
        ({"any_words": ("write access",)}, True),
        ({"any_words": ("delete",)}, False),
        ({"risk_at_least": 60}, True),
        ({"risk_at_least": 61}, False),
        ({"vip": True}, True),
        ({"vip": False}, False),
        ({"category": ("vpn",), "type": ("incident",)}, False),
    ],
)
def test_every_line_of_a_condition_must_hold(when: dict[str, Any], expected: bool) -> None:
    assert holds(When.model_validate(when), TICKET, P, opinion(60)) is expected


def test_a_tier_can_be_asked_about() -> None:
    assert holds(When(tier=("L3",)), TICKET, P, opinion(60), tier="L3")
