"""The decision log and what its entries rest on.

Revision ID: 0140
Revises: 0100
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.schema import Micros

revision = "0140"
down_revision = "0100"
branch_labels = None
depends_on = None

_GUARDS = {
    "audit_is_not_changed": "BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END",
    "audit_is_not_deleted": "BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END",
    "audit_sources_are_not_changed": (
        "BEFORE UPDATE ON audit_sources BEGIN SELECT RAISE(ABORT, 'a source of the audit is erased or stays'); END"
    ),
}


def upgrade() -> None:
    """Makes the tables; triggers refuse every change but the erasing of a source."""
    op.create_table(
        "audit",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="from 1, without gaps"),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "seq", name=op.f("pk_audit")),
    )
    op.create_table(
        "audit_sources",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False, comment="the hash of the rest, salt first"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "commitment", name=op.f("pk_audit_sources")),
    )
    op.create_index(op.f("ix_audit_tenant_ticket_id_seq"), "audit", ["tenant", "ticket_id", "seq"])
    op.create_index(op.f("ix_audit_tenant_kind_subject"), "audit", ["tenant", "kind", "subject"])
    op.create_index(op.f("ix_audit_sources_tenant_ticket_id_kind"), "audit_sources", ["tenant", "ticket_id", "kind"])
    if op.get_bind().dialect.name == "sqlite":
        for name, what in _GUARDS.items():
            op.execute(f"CREATE TRIGGER {name} {what}")


def downgrade() -> None:
    """Takes them away."""
    op.drop_table("audit_sources")
    op.drop_table("audit")
