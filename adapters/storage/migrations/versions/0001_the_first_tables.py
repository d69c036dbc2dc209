"""the first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.schema import Micros

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema forward."""
    op.create_table(
        "api_keys",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("created_at", Micros(), nullable=False),
        sa.Column("revoked_at", Micros(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_keys_hash")),
    )
    op.create_table(
        "approvals",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_approvals")),
    )
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approvals_tenant_state_at"), ["tenant", "state", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_approvals_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"], unique=False
        )

    op.create_table(
        "articles",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("updated_at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", "version", name=op.f("pk_articles")),
    )
    op.create_table(
        "assessments",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_assessments")),
    )
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessments_tenant_state_at"), ["tenant", "state", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_assessments_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"], unique=False
        )

    op.create_table(
        "contexts",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_contexts")),
    )
    with op.batch_alter_table("contexts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contexts_tenant_state_at"), ["tenant", "state", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_contexts_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"], unique=False
        )

    op.create_table(
        "decisions",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_decisions")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decisions_tenant_state_at"), ["tenant", "state", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_decisions_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"], unique=False
        )

    op.create_table(
        "document_vectors",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("embedder", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("piece", sa.Integer(), nullable=False, comment="a long text has several"),
        sa.Column("vector", sa.LargeBinary(), nullable=False, comment="float32, little-endian, of length 1"),
        sa.Column("indexed", sa.Boolean(), nullable=False, comment="whether the vector index has it"),
        sa.PrimaryKeyConstraint("tenant", "kind", "embedder", "document_id", "piece", name=op.f("pk_document_vectors")),
    )
    with op.batch_alter_table("document_vectors", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_vectors_tenant_kind_embedder_indexed"),
            ["tenant", "kind", "embedder", "indexed"],
            unique=False,
        )

    op.create_table(
        "documents",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="its row in the word index of the tenant and kind"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("requester", sa.String(), nullable=True),
        sa.Column("known_at", Micros(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "kind", "id", name=op.f("pk_documents")),
        sa.UniqueConstraint("tenant", "kind", "number", name=op.f("uq_documents_tenant_kind_number")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_documents_tenant_kind_category"), ["tenant", "kind", "category"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_documents_tenant_kind_requester"), ["tenant", "kind", "requester"], unique=False
        )

    op.create_table(
        "drafts",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_tenant_state_at"), ["tenant", "state", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_drafts_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"], unique=False)

    op.create_table(
        "escalations",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_escalations")),
    )
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalations_tenant_state_at"), ["tenant", "state", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_escalations_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"], unique=False
        )

    op.create_table(
        "events",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="the canonical event as JSON"),
        sa.PrimaryKeyConstraint("tenant", "ticket_id", "position", name=op.f("pk_events")),
        sa.UniqueConstraint("tenant", "ticket_id", "event_id", name=op.f("uq_events_tenant_ticket_id_event_id")),
    )
    op.create_table(
        "evidence",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_tenant_state_at"), ["tenant", "state", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_evidence_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"], unique=False
        )

    op.create_table(
        "handoffs",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_handoffs")),
    )
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handoffs_tenant_state_at"), ["tenant", "state", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_handoffs_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"], unique=False
        )

    op.create_table(
        "idempotency",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("created_at", Micros(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "inbox",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="the order of arrival within the tenant"),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", Micros(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "source", "delivery_id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("tenant", "run_id", name=op.f("uq_inbox_tenant_run_id")),
        sa.UniqueConstraint("tenant", "seq", name=op.f("uq_inbox_tenant_seq")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_state"), ["state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inbox_tenant_ticket_id_state_seq"), ["tenant", "ticket_id", "state", "seq"], unique=False
        )

    op.create_table(
        "journeys",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_journeys")),
    )
    with op.batch_alter_table("journeys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journeys_tenant_state_at"), ["tenant", "state", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_journeys_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"], unique=False
        )

    op.create_table(
        "outbox",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", Micros(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("done_at", Micros(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_tenant_ticket_id"), ["tenant", "ticket_id"], unique=False)

    op.create_table(
        "problems",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_problems")),
    )
    op.create_table(
        "resolutions",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("category", sa.String(), nullable=True, comment="lower case"),
        sa.Column("technician", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("minutes", sa.Float(), nullable=True),
        sa.Column("minutes_open", sa.Float(), nullable=False),
        sa.Column("spoiled_at", Micros(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "ticket_id", "position", name=op.f("pk_resolutions")),
    )
    with op.batch_alter_table("resolutions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_resolutions_tenant_category_at"), ["tenant", "category", "at"], unique=False
        )

    op.create_table(
        "routes",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Micros(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_routes")),
    )
    with op.batch_alter_table("routes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_routes_tenant_state_at"), ["tenant", "state", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_routes_tenant_ticket_id_at"), ["tenant", "ticket_id", "at"], unique=False)

    op.create_table(
        "stints",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("technician", sa.String(), nullable=False),
        sa.Column("start", Micros(), nullable=False),
        sa.Column("end", Micros(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "ticket_id", "position", name=op.f("pk_stints")),
    )
    with op.batch_alter_table("stints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stints_tenant_end_start"), ["tenant", "end", "start"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("head", sa.Text(), nullable=False, comment="the canonical ticket without its events, as JSON"),
        sa.Column("hash", sa.String(), nullable=False, comment="of the canonical ticket with its events"),
        sa.Column("created_at", Micros(), nullable=False),
        sa.Column("changed_at", Micros(), nullable=False, comment="of the last event"),
        sa.Column("requester", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("technician", sa.String(), nullable=True),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("climbed_at", Micros(), nullable=True, comment="when it first went up a tier"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_tickets")),
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tickets_tenant_created_at"), ["tenant", "created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_tickets_tenant_is_open_created_at"), ["tenant", "is_open", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_tickets_tenant_requester_created_at"), ["tenant", "requester", "created_at"], unique=False
        )

    op.create_table(
        "timers",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("timer", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("due_at", Micros(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_timers")),
    )
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timers_due_at"), ["due_at"], unique=False)


def downgrade() -> None:
    """Takes the schema back."""
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timers_due_at"))

    op.drop_table("timers")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tickets_tenant_requester_created_at"))
        batch_op.drop_index(batch_op.f("ix_tickets_tenant_is_open_created_at"))
        batch_op.drop_index(batch_op.f("ix_tickets_tenant_created_at"))

    op.drop_table("tickets")
    with op.batch_alter_table("stints", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stints_tenant_end_start"))

    op.drop_table("stints")
    with op.batch_alter_table("routes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_routes_tenant_ticket_id_at"))
        batch_op.drop_index(batch_op.f("ix_routes_tenant_state_at"))

    op.drop_table("routes")
    with op.batch_alter_table("resolutions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resolutions_tenant_category_at"))

    op.drop_table("resolutions")
    op.drop_table("problems")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_tenant_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_outbox_state"))

    op.drop_table("outbox")
    with op.batch_alter_table("journeys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journeys_tenant_ticket_id_at"))
        batch_op.drop_index(batch_op.f("ix_journeys_tenant_state_at"))

    op.drop_table("journeys")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_tenant_ticket_id_state_seq"))
        batch_op.drop_index(batch_op.f("ix_inbox_state"))

    op.drop_table("inbox")
    op.drop_table("idempotency")
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handoffs_tenant_ticket_id_at"))
        batch_op.drop_index(batch_op.f("ix_handoffs_tenant_state_at"))

    op.drop_table("handoffs")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_tenant_ticket_id_at"))
        batch_op.drop_index(batch_op.f("ix_evidence_tenant_state_at"))

    op.drop_table("evidence")
    op.drop_table("events")
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_escalations_tenant_ticket_id_at"))
        batch_op.drop_index(batch_op.f("ix_escalations_tenant_state_at"))

    op.drop_table("escalations")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drafts_tenant_ticket_id_at"))
        batch_op.drop_index(batch_op.f("ix_drafts_tenant_state_at"))

    op.drop_table("drafts")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documents_tenant_kind_requester"))
        batch_op.drop_index(batch_op.f("ix_documents_tenant_kind_category"))

    op.drop_table("documents")
    with op.batch_alter_table("document_vectors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_vectors_tenant_kind_embedder_indexed"))

    op.drop_table("document_vectors")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decisions_tenant_ticket_id_at"))
        batch_op.drop_index(batch_op.f("ix_decisions_tenant_state_at"))

    op.drop_table("decisions")
    with op.batch_alter_table("contexts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contexts_tenant_ticket_id_at"))
        batch_op.drop_index(batch_op.f("ix_contexts_tenant_state_at"))

    op.drop_table("contexts")
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessments_tenant_ticket_id_at"))
        batch_op.drop_index(batch_op.f("ix_assessments_tenant_state_at"))

    op.drop_table("assessments")
    op.drop_table("articles")
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_approvals_tenant_ticket_id_at"))
        batch_op.drop_index(batch_op.f("ix_approvals_tenant_state_at"))

    op.drop_table("approvals")
    op.drop_table("api_keys")
