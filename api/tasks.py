"""`/v1/tasks`: what people must carry out by a moment, above all taking away grants that have ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from adapters.storage import records
from adapters.storage.keys import Caller, Role
from api.auth import House, Needs, acting_as
from api.once import Changed, OnlyOnce
from api.paging import After, Limit, page, place
from api.parameters import TaskId, TicketFilter
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import TaskDoneIn, TaskPage
from domain.task import Task, TaskState

router = APIRouter(prefix="/v1", tags=["tasks"], route_class=StrictRoute)

Reader = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.APPROVER, Role.EVALUATOR))]
Worker = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD))]


@router.get("/tasks", summary="List tasks", responses=responses())
def list_tasks(
    house: House, known: Reader,
    state: Annotated[list[TaskState], Query(description="only these states")] = [],  # noqa: B006 - FastAPI copies
    ticket: TicketFilter = None, limit: Limit = 50, after: After = None,
) -> TaskPage:  # fmt: skip
    """Tasks, newest first. Pass `next` as `after` to page on."""
    found = house.store.read(
        lambda c: records.tasks.find(
            c, known.tenant, ticket_id=ticket, states=state, limit=limit + 1, after=place(after)
        )
    )
    items, following = page(found, limit, lambda one: (one.made_at, one.id))
    return TaskPage(items=items, next=following)


@router.get("/tasks/{task_id}", summary="Read a task", responses=responses(404))
def get_task(task_id: TaskId, house: House, known: Reader) -> Task:
    """One task: what exactly, whose, by when, and what became of it."""
    return house.store.read(lambda c: records.tasks.get(c, known.tenant, task_id))


@router.post("/tasks/{task_id}/done", summary="Note that a task was carried out", responses=responses(404, 409, 415))
def task_done(task_id: TaskId, body: TaskDoneIn, house: House, known: Worker, once: OnlyOnce) -> Task:
    """It was carried out; the note is its receipt and goes into the ticket. The requester cannot confirm their own."""
    by = acting_as(known, body.by)

    def finish() -> tuple[Task, Changed]:
        at = house.clock.now()
        task = house.signing.done(known.tenant, task_id, by=by, note=body.note, at=at, key=known.key_id)
        return task, Changed(task.ticket_id, None)

    return once(Task, finish)
