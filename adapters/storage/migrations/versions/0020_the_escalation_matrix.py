"""what of the escalation matrix each ticket has passed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.schema import Micros

revision = "0020"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema forward."""
    op.create_table(
        "matrices",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_matrices")),
    )
    with op.batch_alter_table("matrices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matrices_tenant_state_at"), ["tenant", "state", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_matrices_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"], unique=False
        )


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("matrices")
