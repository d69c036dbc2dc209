"""eval routing: which team ends up with each test ticket, asked at its creation or once its first team is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from domain.base import Record
from domain.learned import TeamOpinion
from domain.ticket import Ticket
from evals.metrics import Estimate, bootstrap
from evals.predictions import check_ending, write_rows
from evals.routing.baselines import Embed, baselines
from evals.routing.reading import At, BadLine, Split, moment, read_split
from evals.routing.scoring import Ranked, Scores, score
from evals.routing.walking import Opinions, forward, frozen
from learning.routing.model import PRECISION, TeamModel
from learning.routing.seen import final_team

SHOWN = 5
Way = Literal["walking-forward", "frozen"]
_COLUMNS = ("ticket_id", "at", *(f"team_{n}" for n in range(1, 6)), *(f"p_{n}" for n in range(1, 6)), "abstained")


class Followed(Record):
    """What is left when the model's own abstentions are left out."""

    share: Estimate
    right: Estimate


class RoutingReport(Record):
    """What the suite measured, with bootstrap 95 % intervals over tickets."""

    suite: Literal["routing"] = "routing"
    at: At
    split: Literal["by time", "side by side"]
    """Side by side: training tickets lie among the test tickets in time and are used whole."""
    train: int
    learned_from: int
    """Training tickets whose final team was known."""
    test: int
    scored: int
    """Test tickets that ever had a team."""
    unknown_teams: int
    """Scored tickets whose team no training ticket ended with."""
    in_both: int
    rejected: tuple[BadLine, ...]
    precision_asked: float
    ways: dict[Way, Scores]
    followed: dict[Way, Followed]
    baselines: dict[str, Scores]
    why_not: str
    """Why the model abstains on everything, if it does."""
    written: Way
    """Which answers the prediction file holds."""
    seed: int
    predictions: str


def run_routing(
    train: Sequence[Path],
    test: Sequence[Path],
    predictions: Path,
    at: At,
    seed: int,
    *,
    precision: float = PRECISION,
    written: Way = "walking-forward",
    embed: Embed | None = None,
    progress: Callable[[int], None] | None = None,
) -> RoutingReport:
    """Writes one row for each test ticket, in the order of the files, and measures both ways and the baselines.

    Raises `BadInput` on unreadable files.
    """
    check_ending(predictions)
    split = read_split(train, test, at)
    last = None if split.until is None else split.until - timedelta(microseconds=1)
    model = TeamModel.fit(split.train, seed=seed, until=last, precision=precision)
    answers: dict[Way, Opinions] = {
        "walking-forward": forward(model, split, at, seed, progress),
        "frozen": frozen(model, split, at),
    }
    rows = [_row(ticket, at, answers[written][ticket.id]) for ticket in split.test]
    write_rows(predictions, rows, columns=_COLUMNS)
    scored = [(number, team) for number, one in enumerate(split.test) if (team := final_team(one)) is not None]
    truth = [team for _, team in scored]
    known = {final_team(ticket) for ticket in split.train}
    simple = baselines(split, at, seed, embed) if scored else {}
    return RoutingReport(
        at=at, split="side by side" if split.until is None else "by time", train=len(split.train),
        learned_from=model.tickets, test=len(split.test), scored=len(scored),
        unknown_teams=sum(team not in known for team in truth), in_both=split.in_both, rejected=split.rejected,
        precision_asked=precision,
        ways={way: _scores(split, scored, found, seed) for way, found in answers.items()} if scored else {},
        followed={way: _followed(split, scored, found, seed) for way, found in answers.items()} if scored else {},
        baselines={
            name: score([ranked[n] for n, _ in scored], truth, seed, probabilities=name == "MiniLM + logistic")
            for name, ranked in simple.items()
        },
        why_not=model.why_not, written=written, seed=seed, predictions=str(predictions),
    )  # fmt: skip


def render(report: RoutingReport) -> str:
    """The report for people."""
    lines = [
        f"final team of {report.scored} of {report.test} tickets, asked at {report.at.replace('-', ' ')};"
        f" learned from {report.learned_from} of {report.train} training tickets, split {report.split}",
        f"{'':<28}" + "".join(f"{name:>23}" for name in ("top-1", "top-3", "top-5", "macro-F1")) + f"{'ECE':>8}",
    ]
    for name, one in (*report.ways.items(), *report.baselines.items()):
        figures = "".join(f"{value!s:>23}" for value in (one.top_1, one.top_3, one.top_5, one.macro_f1))
        lines.append(f"{name.replace('-', ' '):<28}{figures}" + (f"{one.ece:>8.3f}" if one.ece is not None else ""))
    for way, one in report.ways.items():
        lines.append(f"{way.replace('-', ' ')}: right among the surest")
        lines += [
            f"  {cover.share:>4.0%}  {cover.right}, from {cover.from_probability:.2f} on" for cover in one.at_coverage
        ]
        kept = report.followed[way]
        lines.append(
            f"  asked for {report.precision_asked:.0%}: {kept.share} of the tickets are followed,"
            f" {kept.right} of them right"
        )
    if report.why_not:
        lines.append(f"abstains on everything: {report.why_not}")
    if report.unknown_teams:
        lines.append(f"{report.unknown_teams} tickets ended with a team that no training ticket ended with")
    if report.in_both:
        lines.append(f"{report.in_both} training tickets are in the test files too and were left out of training")
    lines.append(f"predictions ({report.written.replace('-', ' ')}) in {report.predictions}")
    lines += [f"{one.file}: line {one.line} set aside: {one.error}" for one in report.rejected]
    return "\n".join(lines)


def _row(ticket: Ticket, at: At, opinion: TeamOpinion) -> dict[str, JsonValue]:
    shown = [*opinion.teams[:SHOWN], *[None] * (SHOWN - len(opinion.teams[:SHOWN]))]
    return {
        "ticket_id": ticket.id, "at": moment(ticket, at).isoformat(),
        **{f"team_{n}": one.team if one else None for n, one in enumerate(shown, 1)},
        **{f"p_{n}": one.probability if one else None for n, one in enumerate(shown, 1)},
        "abstained": opinion.abstained,
    }  # fmt: skip


def _scores(split: Split, scored: list[tuple[int, str]], found: Opinions, seed: int) -> Scores:
    ranked = []
    for number, _ in scored:
        teams = found[split.test[number].id].teams[:SHOWN]
        ranked.append(Ranked(tuple(one.team for one in teams), teams[0].probability if teams else 0.0))
    return score(ranked, [team for _, team in scored], seed)


def _followed(split: Split, scored: list[tuple[int, str]], found: Opinions, seed: int) -> Followed:
    opinions = [(found[split.test[number].id], team) for number, team in scored]
    kept = [float(one.teams[0].team == team) for one, team in opinions if not one.abstained]
    return Followed(
        share=bootstrap([float(not one.abstained) for one, _ in opinions], seed=seed), right=bootstrap(kept, seed=seed)
    )
