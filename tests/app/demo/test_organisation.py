from __future__ import annotations

from pathlib import Path

import pytest

from adapters.policy_folder import check_policy, load_policy
from app.demo.organisation import DemoOrganisation, load_demo
from app.demo.story import DemoFile
from app.demo.yaml_files import read_yaml
from domain.calendars import is_working
from domain.errors import BadInput
from domain.policy.policy import Policy
from domain.ticket import Tier
from tests.app.demo.conftest import POLICIES


@pytest.mark.parametrize("name", ["default", "demo"])
def test_both_policy_folders_are_free_of_mistakes(name: str) -> None:
    assert check_policy(POLICIES / name) == ()


@pytest.mark.parametrize("name", ["default", "demo"])
def test_every_policy_file_says_in_its_head_what_it_is_for(name: str) -> None:
    files = [*(POLICIES / name).glob("*.yaml"), *(POLICIES / name / "playbooks").glob("*.yaml")]
    assert [file.name for file in files if not file.read_text(encoding="utf-8").startswith("# ")] == []


def test_the_starter_policy_has_its_playbooks_and_people() -> None:
    policy = load_policy(POLICIES / "default")
    assert len(policy.technicians.technicians) >= 6
    assert len(policy.playbooks) == 8


def test_the_company_has_teams_on_three_tiers_and_technicians_in_two_zones(policy: Policy) -> None:
    assert {team.tier for team in policy.teams.teams} == set(Tier)
    assert len(policy.technicians.technicians) >= 22
    zones = {policy.calendar_by_id[one.shift].zone for one in policy.technicians.technicians}
    assert zones == {"Europe/Berlin", "America/Toronto"}
    assert len(policy.people.vips) >= 3


def test_there_is_as_much_of_everything_as_promised(demo: DemoOrganisation) -> None:
    assert len(demo.articles) >= 42
    assert len(demo.problems) >= 12
    assert len(demo.closed) >= 640
    assert len(demo.live) >= 16
    assert len({ticket.category for ticket in demo.closed}) >= 15


def test_loading_twice_gives_the_same_bytes(demo: DemoOrganisation) -> None:
    assert load_demo(POLICIES / "demo").model_dump_json() == demo.model_dump_json()


def test_ids_are_unique(demo: DemoOrganisation) -> None:
    ids = [ticket.id for ticket in demo.closed] + [one.ticket.id for one in demo.live]
    ids += [article.id for article in demo.articles] + [problem.id for problem in demo.problems]
    assert len(ids) == len(set(ids))


def test_articles_and_problems_name_what_exists(demo: DemoOrganisation, policy: Policy) -> None:
    people = set(policy.technician_by_id) | {person.id for person in policy.people.people}
    for article in demo.articles:
        assert policy.category(article.body.category), article.id
        assert {article.author, article.reviewer} <= people, article.id
        assert article.body.resolution, article.id
        assert article.created_at <= article.updated_at < demo.moment, article.id
    for problem in demo.problems:
        assert policy.category(problem.category), problem.id
        assert policy.team(problem.owner_team), problem.id


def test_the_moment_is_a_working_morning_in_hamburg_and_night_in_toronto(
    demo: DemoOrganisation, policy: Policy
) -> None:
    assert is_working(policy.calendar_by_id["hamburg-day"], demo.moment)
    assert not is_working(policy.calendar_by_id["toronto-early"], demo.moment)


def test_a_mistake_in_a_demo_file_is_named_with_file_line_and_key(tmp_path: Path) -> None:
    file = tmp_path / "demo.yaml"
    file.write_text("version: 1\ntenant: x\nmoment: soon\nseed: 1\nfirst_day: 2025-08-11\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"demo\.yaml:3: moment"):
        read_yaml(file, DemoFile)
