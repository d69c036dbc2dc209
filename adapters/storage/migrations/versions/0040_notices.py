"""receipts of notices, living messages, acknowledgements; effects that wait for a moment"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.schema import Micros

revision = "0040"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema forward."""
    op.add_column("outbox", sa.Column("due_at", Micros(), nullable=True, comment="not before then; none means at once"))
    op.create_table(
        "notices",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False, comment="of the effect"),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("escalation_id", sa.String(), nullable=True),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("matter", sa.String(), nullable=False, comment="the same for all who are told of one thing"),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("admitted_at", Micros(), nullable=False, comment="when it was first planned"),
        sa.Column("due_at", Micros(), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("gathered_into", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("settled_at", Micros(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_notices")),
    )
    op.create_table(
        "notice_attempts",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("started_at", Micros(), nullable=False),
        sa.Column("ended_at", Micros(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "key", "number", name=op.f("pk_notice_attempts")),
    )
    op.create_table(
        "living_messages",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("escalation_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_living_messages")),
    )
    op.create_table(
        "acknowledgements",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("escalation_id", sa.String(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "escalation_id", "at", name=op.f("pk_acknowledgements")),
    )
    op.create_index(op.f("ix_notices_tenant_escalation_id"), "notices", ["tenant", "escalation_id"], unique=False)
    op.create_index(op.f("ix_notices_tenant_matter"), "notices", ["tenant", "matter"], unique=False)
    op.create_index(op.f("ix_notices_tenant_origin"), "notices", ["tenant", "origin"], unique=False)
    op.create_index(
        op.f("ix_notices_tenant_recipient_channel_state"),
        "notices",
        ["tenant", "recipient", "channel", "state"],
        unique=False,
    )
    op.create_index(op.f("ix_notices_tenant_state_at"), "notices", ["tenant", "state", "at"], unique=False)
    op.create_index(op.f("ix_notices_tenant_ticket_id_at"), "notices", ["tenant", "ticket_id", "at"], unique=False)
    op.create_index(
        op.f("ix_notice_attempts_tenant_recipient_state_ended_at"),
        "notice_attempts",
        ["tenant", "recipient", "state", "ended_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_living_messages_tenant_escalation_id"), "living_messages", ["tenant", "escalation_id"], unique=False
    )


def downgrade() -> None:
    """Takes it back."""
    for table in ("acknowledgements", "living_messages", "notice_attempts", "notices"):
        op.drop_table(table)
    op.drop_column("outbox", "due_at")
