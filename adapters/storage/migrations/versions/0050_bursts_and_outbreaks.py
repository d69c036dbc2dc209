"""Bursts and outbreaks.

Revision ID: 0050
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.schema import Micros

revision = "0050"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "outbreaks",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_outbreaks")),
    )
    with op.batch_alter_table("outbreaks") as batch_op:
        batch_op.create_index(batch_op.f("ix_outbreaks_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"])
        batch_op.create_index(batch_op.f("ix_outbreaks_tenant_state_at"), ["tenant", "state", "at"])
    op.create_table(
        "sightings",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("at", Micros(), nullable=False, comment="when the ticket was opened"),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("signatures", sa.Text(), nullable=False, comment="JSON: a list of lists of [part, value]"),
        sa.Column(
            "outbreak",
            sa.String(),
            nullable=True,
            comment="the outbreak that it was put under, whatever became of that",
        ),
        sa.PrimaryKeyConstraint("tenant", "ticket_id", name=op.f("pk_sightings")),
    )
    with op.batch_alter_table("sightings") as batch_op:
        batch_op.create_index(batch_op.f("ix_sightings_tenant_at"), ["tenant", "at"])
        batch_op.create_index(batch_op.f("ix_sightings_tenant_outbreak"), ["tenant", "outbreak"])
    op.create_table(
        "topics",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("embedder", sa.String(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("used_at", Micros(), nullable=False),
        sa.Column("centre", sa.Text(), nullable=False, comment="JSON: the sum of its tickets' vectors"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_topics")),
    )


def downgrade() -> None:
    """Takes them away."""
    for table in ("topics", "sightings", "outbreaks"):
        op.drop_table(table)
