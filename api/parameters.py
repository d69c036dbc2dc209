"""Parameters of paths and queries that several calls share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

TicketId = Annotated[
    str,
    Path(min_length=1, max_length=200, description="the helpdesk's id of the ticket", examples=["INC-1042"]),
]
EscalationId = Annotated[str, Path(min_length=1, max_length=200, examples=["esc_0a1b2c3d4e5f60718293"])]
ApprovalId = Annotated[str, Path(min_length=1, max_length=200, examples=["apr_0a1b2c3d4e5f60718293"])]
TaskId = Annotated[str, Path(min_length=1, max_length=200, examples=["task_0a1b2c3d4e5f60718293"])]
DelegationId = Annotated[str, Path(min_length=1, max_length=200, examples=["del_0a1b2c3d4e5f60718293"])]
DraftId = Annotated[str, Path(min_length=1, max_length=200, examples=["draft_0a1b2c3d4e5f60718293"])]
OutbreakId = Annotated[str, Path(min_length=1, max_length=200, examples=["out_0a1b2c3d4e5f60718293"])]
ArticleId = Annotated[str, Path(min_length=1, max_length=200, examples=["KB-017"])]
RunId = Annotated[str, Path(min_length=1, max_length=200, examples=["run_0a1b2c3d4e5f60718293"])]
Source = Annotated[
    str,
    Path(
        min_length=1, max_length=100, description="a name for the helpdesk; delivery ids are unique within it",
        examples=["servicedesk"],
    ),
]  # fmt: skip
LinkToken = Annotated[
    str, Path(min_length=1, max_length=1000, pattern=r"^[A-Za-z0-9_.-]+$", description="as it stands in the mail")
]
TicketFilter = Annotated[str | None, Query(min_length=1, max_length=200, description="only of this ticket")]
