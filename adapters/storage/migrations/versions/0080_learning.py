"""Where people contradicted a judgement, and events by their moment.

Revision ID: 0080
Revises: 0051
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.schema import Micros

revision = "0080"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table and the index."""
    op.create_table(
        "model_cases",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_model_cases")),
    )
    with op.batch_alter_table("model_cases") as batch_op:
        batch_op.create_index(batch_op.f("ix_model_cases_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"])
        batch_op.create_index(batch_op.f("ix_model_cases_tenant_state_at"), ["tenant", "state", "at"])
    with op.batch_alter_table("events") as batch_op:
        batch_op.create_index(batch_op.f("ix_events_tenant_at"), ["tenant", "at"])


def downgrade() -> None:
    """Takes them away."""
    with op.batch_alter_table("events") as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_tenant_at"))
    op.drop_table("model_cases")
