"""what the next tier asked back for after hand-overs; read from the events of every ticket that is stored"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.schema import Micros
from adapters.storage.tickets import fold_ask_backs

revision = "0031"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema forward, and reads what earlier imports left unread."""
    op.create_table(
        "ask_backs",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("category", sa.String(), nullable=True, comment="lower case"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "ticket_id", "position", name=op.f("pk_ask_backs")),
    )
    with op.batch_alter_table("ask_backs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ask_backs_tenant_category_at"), ["tenant", "category", "at"], unique=False)
    fold_ask_backs(op.get_bind())


def downgrade() -> None:
    """Takes the schema back."""
    op.drop_table("ask_backs")
