"""slas.yaml: by when people promise to answer and resolve, and what runs, pauses, stops and resets a clock."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.policy.base import Minutes, PolicyModel, Slug

ClockName = Literal["first_response", "next_response", "resolution"]
CLOCKS: tuple[ClockName, ...] = ("first_response", "next_response", "resolution")


class TargetWhen(PolicyModel):
    """A condition on the ticket itself: every given line must hold; a line holds when one of its values matches.

    Only what needs no opinion of ours stands here: a promise must not depend on a guess.
    """

    category: tuple[str, ...] = ()
    """The category as the helpdesk says it now."""
    type: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    requester_role: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    """The team that has the ticket now."""
    vip: bool | None = None


class SlaTarget(PolicyModel):
    """One promise, in working minutes of `calendar`.

    Of the targets of a ticket's priority the first whose condition holds counts. A target without a priority counts
    only when an event of kind `sla` (field `target`) names its id.
    """

    id: Slug | None = None
    """What `sla` events and ledgers call it; the priority in small letters, with hyphens, when left out."""
    priority: str | None = None
    when: TargetWhen = TargetWhen()
    first_response: Minutes
    next_response: Minutes | None = None
    """Within how many minutes a later message of the requester is answered; no such promise when left out."""
    resolution: Minutes
    calendar: Slug
    calendars: dict[ClockName, Slug] = {}
    """A calendar of its own for a clock."""

    @property
    def name(self) -> str:
        """The id, or what stands for it."""
        return self.id or "-".join((self.priority or "").casefold().split())

    def minutes(self, clock: ClockName) -> int | None:
        """What is promised for a clock."""
        if clock == "first_response":
            return self.first_response
        return self.next_response if clock == "next_response" else self.resolution

    def calendar_of(self, clock: ClockName) -> str:
        """The calendar that a clock counts in."""
        return self.calendars.get(clock, self.calendar)


class ClockRules(PolicyModel):
    """When a clock starts, pauses and stops, beside what always holds."""

    start: Literal["created", "assigned", "status"] = "created"
    """`created`: with the ticket; `assigned`: when it first goes to a team or technician; `status`: when it is first
    in a status of `start_in`."""
    start_in: tuple[str, ...] = ()
    """Statuses that start the clock, with `start: status`."""
    pause_in: tuple[str, ...] = ()
    """Statuses in which the clock stands still."""
    stop_in: tuple[str, ...] = ()
    """Statuses that stop the clock as an answer (first and next response) or a resolution does."""


class NextResponseRules(PolicyModel):
    """The next response starts with a message of the requester; only what pauses and stops it can be chosen."""

    pause_in: tuple[str, ...] = ()
    """Statuses in which the clock stands still."""
    stop_in: tuple[str, ...] = ()
    """Statuses that stop the clock as an answer does."""


class ClocksRules(PolicyModel):
    """Rules for each clock."""

    first_response: ClockRules = ClockRules()
    next_response: NextResponseRules = NextResponseRules()
    resolution: ClockRules = ClockRules()


class SlasFile(PolicyModel):
    """slas.yaml"""

    targets: Annotated[tuple[SlaTarget, ...], Field(min_length=1)]
    default_priority: str
    """The priority of a ticket that names none we know."""
    pause_in: tuple[str, ...] = ()
    """Statuses in which the resolution clock stands still, for example 'waiting for requester'."""
    clocks: ClocksRules = ClocksRules()
    """When each clock starts, pauses and stops."""
    cancel_in: tuple[str, ...] = ()
    """Statuses in which there is no promise, for example 'duplicate': clocks that have not stopped are cancelled."""
    on_target_change: Literal["recompute", "forward", "reset"] = "recompute"
    """When another target comes to count, as with a new priority. `recompute`: it counts from the clock's start, as if
    it had been there all along; `forward`: minutes used stay used as they were counted, the new target and calendar
    hold from then on; `reset`: the clock starts anew."""
    on_reopen: Literal["continue", "reset"] = "continue"
    """When a resolved ticket is reopened the resolution clock goes on where it stopped, or starts anew."""
    continue_within: Minutes | None = None
    """With `on_reopen: continue`: a ticket that is reopened more than so many minutes (of the clock on the wall) after
    it was resolved starts anew; left out: it always goes on."""

    def of_priority(self, priority: str) -> SlaTarget | None:
        """The target of a priority that asks for nothing else; case is ignored."""
        named = [one for one in self.targets if one.priority and one.priority.casefold() == priority.casefold()]
        return next((one for one in named if one.when == TargetWhen()), named[0] if named else None)
