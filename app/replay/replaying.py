"""A whole replay: sides, stream, figures, and what to know before they are believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.replay.examples import examples
from app.replay.figures import Sides
from app.replay.minds import Mind
from app.replay.past import Past
from app.replay.result import Difference, HistoryFigures, Replay, SideFigures
from app.replay.side import Watcher, reads_the_clock
from app.replay.stream import Run, Window, run_through
from domain.errors import BadInput
from domain.policy.policy import Policy
from domain.ticket import Ticket

FEW_TICKETS = 200
"""Below so many judged tickets the figures say little, and the report says so."""

ASSUMPTIONS = (
    "The history goes on as it was: nothing that a policy would have changed (priority, tier, team, status) changes "
    "what happened next.",
    "An escalation is handed over at once. Questions to the requester, approvals, acceptance, bounces and "
    "acknowledgements are not replayed; nobody waits for them.",
    "Nothing is looked up by text: similar tickets, duplicates, outbreaks and playbooks found by resemblance are left "
    "out, so the points that need them are too.",
    "Track records are not adjusted to how hard somebody's tickets were, as live routing does.",
    "A model is asked with what is known of other tickets at the moment itself; live work asks with what was known at "
    "the last full five minutes.",
    "Events of one ticket that share their moment are taken in together.",
    "Caught means: it came true, and the alert came before. Where the history gives no moment (SLA outcomes), "
    "before the ticket ended; no lead time is claimed there.",
    "A false alarm is an alert on a ticket of which the history says that it did not come true.",
    "Technician-days are technicians who did something on a UTC day, summed over the days.",
    "Hops that would have been: those up to the alert, one more when the side's team is another one, and the rest of "
    "the real ones unless the side's team is the one that had the ticket in the end.",
    "The value of routes is an off-policy estimate over escalated tickets (doubly robust, clipped weights): a route is "
    "good when the ticket went to no other team after it. The history's own choice is the next team it went to, or the "
    "one that kept it; of what decided that choice only the team that had it at the alert is corrected for.",
    "Breaches avoided lie between none and every breach that was alerted with at least as many working minutes left on "
    "the policy's resolution clock as the ticket's team had usually needed from assignment to resolution by then. The "
    "clock is the policy's; the breach is the one the history tells of.",
    "Every planned notice counts as delivered at once; times of day follow the policy's zones.",
    "Intervals are 95 % percentile bootstrap intervals over tickets; differences are paired by ticket.",
)


@dataclass(frozen=True)
class Contender:
    """One side as it is asked for."""

    name: str
    policy: Policy
    model: str = "none"
    mind: Mind | None = None
    """The model, when it has one; two sides may share it."""


def replay(
    tickets: Iterable[Ticket], contenders: Sequence[Contender], *, seed: int,
    window: Window | None = None, bad_lines: int = 0, progress: Callable[[int], None] | None = None,
) -> Replay:  # fmt: skip
    """Streams tickets (in the order in which they begin) through one or two sides, and works the figures out.

    Nothing goes out and nothing is stored. Raises `BadInput` when no ticket lies in the window.
    """
    past = Past()
    minds = list({id(one.mind): one.mind for one in contenders if one.mind is not None}.values())
    sides = [
        Watcher(one.name, one.policy, past, one.mind.judgement if one.mind is not None else None) for one in contenders
    ]
    asked = window or Window()
    taught = max((one.taught_until for one in minds if one.taught_until is not None), default=None)
    judged = Window(asked.start or taught, asked.end)
    run = run_through(tickets, sides, past, minds, judged, progress)
    if not run.truths or run.first is None or run.last is None:
        raise _nothing_judged(run, asked, taught)
    worked = Sides(run, sides, [one.model for one in contenders], seed)
    figures = tuple(worked.figures(number) for number in range(len(sides)))
    return Replay(
        history=HistoryFigures(
            tickets=run.tickets, judged=len(run.truths), events=run.events, bad_lines=bad_lines, first=run.first,
            last=run.last, technician_days=run.technician_days, days=len(run.days), most_open=run.most_open,
        ),
        seed=seed, sides=figures, differences=tuple(_differences(worked)) if len(sides) == 2 else (),
        examples=examples(run, sides, worked.targets(), seed), assumptions=ASSUMPTIONS,
        notes=(*_taught(run, asked, taught), *_notes(run, contenders, figures, bad_lines)),
    )  # fmt: skip


def _nothing_judged(run: Run, asked: Window, taught: datetime | None) -> BadInput:
    if asked.start is None and taught is not None:
        return BadInput(
            f"the model was taught by what was known up to {taught:%Y-%m-%d %H:%M %Z}; no ticket was opened later",
            mend="use --model walk-forward, which learns along the way, or --from to see figures that flatter",
        )
    return BadInput(
        f"none of the {run.tickets} tickets was opened in the window", mend="widen --from and --to, or leave them out"
    )


def _taught(run: Run, asked: Window, taught: datetime | None) -> Iterator[str]:
    """What to know of a model that was taught by some of the tickets."""
    if taught is None:
        return
    inside = sum(truth.opened < taught for truth in run.truths)
    if inside:
        yield (
            f"THESE FIGURES FLATTER: {inside} of {len(run.truths)} tickets were opened before {taught:%Y-%m-%d}, up to "
            "which a model was taught. It may have learned from the very tickets it is judged on."
        )
    elif asked.start is None:
        yield f"Only tickets opened from {taught:%Y-%m-%d} on are judged: a model was taught by what was known before."


def _differences(worked: Sides) -> Iterator[Difference]:
    for target in worked.targets():
        for of, name in (("precision", "precision"), ("recall", "recall"),
                         ("false alarms per technician-day", "false")):  # fmt: skip
            found = worked.ratios.difference(f"0:{target}:{name}", f"1:{target}:{name}")
            if found is not None:
                yield Difference(of=of, target=target, difference=found)
    for of, name in (("alerts per technician-day", "alerts"), ("right team", "team")):
        found = worked.ratios.difference(f"0:{name}", f"1:{name}")
        if found is not None:
            yield Difference(of=of, target=None, difference=found)


def _notes(
    run: Run, contenders: Sequence[Contender], figures: Sequence[SideFigures], bad_lines: int
) -> Iterator[str]:  # fmt: skip
    if bad_lines:
        yield f"{bad_lines} bad lines of the history were set aside."
    if len(run.truths) < FEW_TICKETS:
        yield f"Only {len(run.truths)} tickets were judged: look at the intervals before the figures."
    if not run.technician_days:
        yield "No event names a technician who acted, so nothing can be said per technician-day."
    if not any(one.targets for one in figures):
        yield "The history says of no ticket whether it went up or missed its SLA: nothing can be caught or missed."
    for one, side in zip(contenders, figures, strict=True):
        yield from _unknown(run, one)
        yield from (f"{one.name}: {note}" for note in (one.mind.notes() if one.mind is not None else ()))
        if reads_the_clock(one.policy):
            yield (
                f"{one.name}: a condition of the policy reads the clock, so every ticket is looked at every "
                f"{one.policy.escalation.look_again_after} minutes; that takes long."
            )
        if not side.alerts:
            yield f"{one.name}: no ticket would have been escalated."


def _unknown(run: Run, one: Contender) -> Iterator[str]:
    policy = one.policy
    priorities = {target.priority.casefold() for target in policy.slas.targets if target.priority}
    means = {
        "teams": "their tiers are not known (they count as the lowest), and a route can never be seen to be right",
        "priorities": f"they count as {policy.slas.default_priority} for every promise and carry no points",
        "categories": "their tickets get a category from their words only, or none",
    }
    for kind, mean in means.items():
        names = run.names.get(kind, {})
        if kind == "teams":
            strange = [name for name in names if policy.team(name) is None]
        elif kind == "categories":
            strange = [name for name in names if policy.category(name) is None]
        else:
            strange = [name for name in names if name.casefold() not in priorities]
        if strange:
            often = sorted(strange, key=lambda name: (-names[name], name))[:3]
            yield (
                f"{one.name}: {len(strange)} of {len(names)} {kind} of the history are unknown to the policy "
                f"({', '.join(often)}{', …' if len(strange) > 3 else ''}): {mean}."
            )
