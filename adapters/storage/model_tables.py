"""The tables of what models were asked and what they answered; of the same metadata as all others."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text

from adapters.storage.schema import Micros, metadata

model_calls = Table(
    "model_calls",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("ticket_id", String, nullable=False),
    Column("run_id", String, nullable=False),
    Column("at", Micros, nullable=False),
    Column("tokens", Integer, nullable=False, comment="given and made"),
    Column("cost", Float, nullable=False),
    Column("body", Text, nullable=False, comment="the call as JSON; no text of question or answer"),
    Index(None, "tenant", "ticket_id"),
    Index(None, "tenant", "run_id"),
    Index(None, "tenant", "at"),
)

model_answers = Table(
    "model_answers",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("key", String, primary_key=True, comment="hash of the question's content"),
    Column("ticket_id", String, nullable=False),
    Column("model", String, nullable=False),
    Column("at", Micros, nullable=False),
    Column("body", Text, nullable=False, comment="the answer as it came: placeholders stand for what is private"),
    Index(None, "tenant", "ticket_id"),
    Index(None, "tenant", "at"),
)
