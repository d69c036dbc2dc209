"""Examples beside the rules (`tests:`) run in `policy check`, and say what spoke instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.policy_folder import check_policy, load_policy
from domain.rules.examples import failed_examples
from tests.adapters.policy_folder.small import plant, write_small

REPOSITORY = Path(__file__).parents[3]


def add(folder: Path, file: str, tests: str) -> None:
    path = folder / file
    path.write_text(f"{path.read_text(encoding='utf-8')}tests:\n{tests}", encoding="utf-8")


def problems(folder: Path) -> list[str]:
    return [finding.problem for finding in check_policy(folder)]


@pytest.fixture(name="folder")
def small_folder(tmp_path: Path) -> Path:
    return write_small(tmp_path)


def test_examples_that_come_out_as_they_say_find_nothing(folder: Path) -> None:
    add(folder, "escalation.yaml", """\
  - name: a VIP on the service desk goes up as high
    ticket: {requester: {vip: true}}
    risk: 60
    expect: vip
    sets: {to_tier: L2, priority: high}
  - {name: everybody else, expect: usual}
""")  # fmt: skip
    add(folder, "forms.yaml", """\
  - {name: VPN trouble asks for device and place, ticket: {category: vpn}, expect: [remote]}
  - {name: nothing is asked about the rest, ticket: {category: other}, expect: none}
""")  # fmt: skip
    add(folder, "approvals.yaml", """\
  - {name: VPN from abroad is signed, ticket: {category: vpn, text: I am abroad.}, expect: vpn-abroad}
  - {name: a password is not, ticket: {category: password, text: I am abroad.}, expect: none}
""")  # fmt: skip
    add(folder, "notifications.yaml", """\
  - {name: the lead hears of a handover, occasion: handed_over, expect: lead}
""")  # fmt: skip
    add(folder, "playbooks/vpn-outage.yaml", """\
  - {name: VPN trouble has a playbook, ticket: {category: vpn}, expect: vpn-outage}
  - {name: a password has not, ticket: {category: password}, expect: none}
""")  # fmt: skip

    assert problems(folder) == []


def test_a_failing_example_says_what_spoke_instead_and_stands_on_its_line(folder: Path) -> None:
    add(folder, "approvals.yaml", """\
  - {name: all VPN is signed, ticket: {category: vpn}, expect: any-vpn}
""")  # fmt: skip

    (finding,) = check_policy(folder)

    assert finding.problem == "'all VPN is signed': expected any-vpn, but none spoke"
    assert (finding.file, finding.key, finding.code) == ("approvals.yaml", "tests[0].expect", "test-failed")
    line = (folder / "approvals.yaml").read_text().splitlines()[finding.line - 1]
    assert line[finding.column - 1 :].startswith("any-vpn")


def test_an_expression_is_tried_with_the_moment_and_values_of_the_example(folder: Path) -> None:
    plant(folder, "escalation.yaml", "{vip: true, tier: [L1]}", "{if: now.getHours() >= 22 && 'nights' in ticket.tags}")
    add(folder, "escalation.yaml", """\
  - {name: at night, ticket: {tags: [nights]}, at: '2026-01-07T23:00:00+00:00', expect: vip}
  - {name: at noon, ticket: {tags: [nights]}, at: '2026-01-07T12:00:00+00:00', expect: usual}
  - {name: the SLA runs, ticket: {age_minutes: 30}, expect: vip}
""")  # fmt: skip

    assert problems(folder) == ["'the SLA runs': expected vip, but usual spoke"]


def test_examples_do_not_run_while_something_else_is_wrong(folder: Path) -> None:
    plant(folder, "teams.yaml", "calendar: office", "calendar: ofice")
    add(folder, "escalation.yaml", "  - {name: wrong, expect: vip}\n")

    assert [finding.code for finding in check_policy(folder)] == ["unknown-calendar"]


@pytest.mark.parametrize("name", ["default", "demo"])
def test_the_policies_we_ship_prove_their_rules_by_examples(name: str) -> None:
    policy = load_policy(REPOSITORY / "policies" / name)
    files = (policy.escalation, policy.forms, policy.approvals, policy.notifications)

    assert all(file.tests for file in files)
    assert any(book.tests for book in policy.playbooks)
    assert list(failed_examples(policy)) == []
