"""How hard a ticket was when its technician took it over.

Tickets stored before have none of it: their expectations rest on what all tickets of the kind came to.

Revision ID: 0070
Revises: 0080
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns."""
    with op.batch_alter_table("resolutions") as batch_op:
        batch_op.add_column(sa.Column("priority", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("waited", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("handed", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Takes them away."""
    with op.batch_alter_table("resolutions") as batch_op:
        for name in ("handed", "waited", "priority"):
            batch_op.drop_column(name)
