"""What was asked of models, and the answers that are kept.

Revision ID: 0130
Revises: 0070
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.schema import Micros

revision = "0130"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "model_calls",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False, comment="given and made"),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="the call as JSON; no text of question or answer"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_model_calls")),
    )
    with op.batch_alter_table("model_calls") as batch_op:
        batch_op.create_index(batch_op.f("ix_model_calls_tenant_ticket_id"), ["tenant", "ticket_id"])
        batch_op.create_index(batch_op.f("ix_model_calls_tenant_run_id"), ["tenant", "run_id"])
        batch_op.create_index(batch_op.f("ix_model_calls_tenant_at"), ["tenant", "at"])
    op.create_table(
        "model_answers",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False, comment="hash of the question's content"),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column(
            "body", sa.Text(), nullable=False, comment="the answer as it came: placeholders stand for what is private"
        ),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_model_answers")),
    )
    with op.batch_alter_table("model_answers") as batch_op:
        batch_op.create_index(batch_op.f("ix_model_answers_tenant_ticket_id"), ["tenant", "ticket_id"])
        batch_op.create_index(batch_op.f("ix_model_answers_tenant_at"), ["tenant", "at"])


def downgrade() -> None:
    """Takes them away."""
    op.drop_table("model_answers")
    op.drop_table("model_calls")
