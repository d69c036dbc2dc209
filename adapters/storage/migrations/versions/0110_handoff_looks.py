"""How far each person has read the handoff of an escalation.

Revision ID: 0110
Revises: 0130
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.schema import Micros

revision = "0110"
down_revision = "0130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "handoff_looks",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_handoff_looks")),
    )
    with op.batch_alter_table("handoff_looks") as batch_op:
        batch_op.create_index(batch_op.f("ix_handoff_looks_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"])
        batch_op.create_index(batch_op.f("ix_handoff_looks_tenant_state_at"), ["tenant", "state", "at"])


def downgrade() -> None:
    """Takes it away."""
    op.drop_table("handoff_looks")
