"""The whole demo organisation: policy, people, knowledge, a year of closed tickets, and the live ones."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from adapters.policy_folder import load_policy
from app.demo.knowledge import read_articles, read_problems
from app.demo.live import LiveFile, LiveTicket, Maker, ToldFile
from app.demo.story import DemoFile, RequestersFile, Story, Voices
from app.demo.yaml_files import read_folder, read_yaml
from app.demo.year import closed_year
from domain.base import Record
from domain.knowledge import Article, KnownProblem
from domain.ticket import Ticket


class DemoOrganisation(Record):
    """Everything the demo starts with. Loading it twice gives the same bytes."""

    moment: datetime
    tenant: str
    articles: tuple[Article, ...]
    problems: tuple[KnownProblem, ...]
    closed: tuple[Ticket, ...]
    """Oldest first."""
    live: tuple[LiveTicket, ...]
    """In the order in which they were opened."""


def load_demo(folder: Path) -> DemoOrganisation:
    """Builds the demo from its folder. Raises `BadInput` or `BadPolicy` naming the file and the mend."""
    policy = load_policy(folder)
    demo = read_yaml(folder / "demo.yaml", DemoFile)
    people = read_yaml(folder / "cast" / "requesters.yaml", RequestersFile).requesters
    voices = read_yaml(folder / "cast" / "voices.yaml", Voices)
    stories = read_folder(folder / "stories", Story)
    maker = Maker(demo.moment, policy, people)
    told = [maker.closed(one) for file in read_folder(folder / "told", ToldFile) for one in file.tickets]
    closed = [*closed_year(demo, policy, stories, people, voices), *told]
    live = [maker.live(one) for file in read_folder(folder / "live", LiveFile) for one in file.tickets]
    return DemoOrganisation(
        moment=demo.moment,
        tenant=demo.tenant,
        articles=read_articles(folder / "articles"),
        problems=read_problems(folder / "problems"),
        closed=tuple(sorted(closed, key=lambda one: (one.created_at, one.id))),
        live=tuple(sorted(live, key=lambda one: (one.ticket.created_at, one.ticket.id))),
    )
