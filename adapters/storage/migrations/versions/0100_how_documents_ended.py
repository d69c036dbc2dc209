"""How the ticket of a document ended, so that search can tell good advice from bad; titles apart in the word index.

Documents written before know nothing of their endings until `tierwise reindex` reads their tickets again. The word
indexes are built anew here.

Revision ID: 0100
Revises: 0110
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage import fulltext
from domain.evidence import DocumentKind

revision = "0100"
down_revision = "0110"
branch_labels = None
depends_on = None

_BATCH = 5000


def upgrade() -> None:
    """Adds the columns."""
    with op.batch_alter_table("documents") as batch_op:
        batch_op.add_column(sa.Column("asset", sa.String(), nullable=True))
        for name in ("reopened", "bounced", "explained"):
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=True))
    _drop_words("words_")
    _add_words()


def downgrade() -> None:
    """Takes them away."""
    with op.batch_alter_table("documents") as batch_op:
        for name in ("explained", "bounced", "reopened", "asset"):
            batch_op.drop_column(name)
    _drop_words(fulltext.PREFIX)


def _drop_words(prefix: str) -> None:
    bind = op.get_bind()
    question = sa.text("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%' AND name LIKE :like")
    names = bind.execute(question, {"like": f"{prefix}%"}).scalars().all()
    # The table of counts reads from the other one and goes first.
    for name in sorted(names, reverse=True):
        bind.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


def _add_words() -> None:
    bind = op.get_bind()
    groups = bind.execute(sa.text("SELECT DISTINCT tenant, kind FROM documents")).all()
    texts = sa.text(
        "SELECT number, title, text FROM documents WHERE tenant = :tenant AND kind = :kind AND number > :after"
        " ORDER BY number LIMIT :most"
    )
    for tenant, kind in groups:
        after = 0
        while some := bind.execute(texts, {"tenant": tenant, "kind": kind, "after": after, "most": _BATCH}).all():
            fulltext.add(bind, tenant, DocumentKind(kind), {row.number: (row.title, row.text) for row in some})
            after = some[-1].number
