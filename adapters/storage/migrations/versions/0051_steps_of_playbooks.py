"""What people said about the steps of playbooks.

Revision ID: 0051
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.schema import Micros

revision = "0051"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "step_marks",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_step_marks")),
    )
    with op.batch_alter_table("step_marks") as batch_op:
        batch_op.create_index(batch_op.f("ix_step_marks_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"])
        batch_op.create_index(batch_op.f("ix_step_marks_tenant_state_at"), ["tenant", "state", "at"])


def downgrade() -> None:
    """Takes it away."""
    op.drop_table("step_marks")
