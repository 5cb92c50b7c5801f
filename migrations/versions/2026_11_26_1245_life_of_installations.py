"""the life of installations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "life_of_installations"
down_revision = "devices"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_ID = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")


def upgrade() -> None:
    _installation()
    _lifecycle_endpoints()
    _erasures()
    _requests()
    op.create_table(
        "installation_policy",
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("deny_scopes", _JSON, nullable=False),
        sa.Column("allowed_publishers", _JSON, nullable=True),
        sa.Column("denied_publishers", _JSON, nullable=False),
        sa.Column("minimum_review", _KEY, nullable=False),
        sa.Column("auto_approve", _KEY, nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_installation_policy_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_installation_policy")),
    )
    protect(op.get_bind())


def _installation() -> None:
    for side in ("company", "publisher", "operator"):
        op.add_column("installation", sa.Column(f"{side}_hold_at", Instant(), nullable=True))
        op.add_column("installation", sa.Column(f"{side}_hold_reason", sa.Text(), nullable=True))
    for side in ("company", "publisher", "operator"):
        names = ("status", "suspended_by", "updated_at", f"{side}_hold_at")
        row = sa.table("installation", *map(sa.column, names))
        held = sa.and_(row.c.status == "suspended", row.c.suspended_by == side)
        op.execute(sa.update(row).where(held).values({f"{side}_hold_at": row.c.updated_at}))
    # What was uninstalled before there was a time to come back is over; its app was told then.
    op.execute(
        "UPDATE installation SET status = 'erased', settings = '{}', sealed_settings = NULL"
        " WHERE status = 'uninstalled'"
    )
    op.drop_column("installation", "suspended_by")
    op.drop_index("uq_installation_live", "installation")
    op.create_index(
        "uq_installation_live",
        "installation",
        ["workspace_id", "app_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'erased'"),
        sqlite_where=sa.text("status <> 'erased'"),
    )


def _lifecycle_endpoints() -> None:
    op.add_column(
        "webhook_endpoint", sa.Column("for_lifecycle", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.drop_index("uq_webhook_endpoint_manifest", "webhook_endpoint")
    op.create_index(
        "uq_webhook_endpoint_manifest",
        "webhook_endpoint",
        ["workspace_id", "installation_id", "for_lifecycle"],
        unique=True,
        postgresql_where=sa.text("path IS NOT NULL AND deleted_at IS NULL"),
        sqlite_where=sa.text("path IS NOT NULL AND deleted_at IS NULL"),
    )


def _erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("installation_id", _ID, nullable=False),
        sa.Column("app_id", _ID, nullable=False),
        sa.Column("requested_by", _ID, nullable=True),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("receipt_headers", _JSON, nullable=True),
        sa.Column("received_at", Instant(), nullable=True),
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["app.id"], name=op.f("fk_erasure_app_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "installation_id"],
            ["installation.workspace_id", "installation.id"],
            name=op.f("fk_erasure_workspace_id_installation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_erasure_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("workspace_id", "installation_id", name=op.f("uq_erasure_workspace_id_installation_id")),
    )


def _requests() -> None:
    op.create_table(
        "installation_request",
        sa.Column("app_id", _ID, nullable=False),
        sa.Column("kind", _KEY, nullable=False),
        sa.Column("status", _KEY, nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("installation_id", _ID, nullable=True),
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["app.id"], name=op.f("fk_installation_request_app_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_installation_request_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_installation_request")),
    )
    op.create_index(
        "uq_installation_request_open",
        "installation_request",
        ["workspace_id", "app_id", "kind"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
        sqlite_where=sa.text("status = 'open'"),
    )
    op.create_index(
        op.f("ix_installation_request_workspace_id_status_id"),
        "installation_request",
        ["workspace_id", "status", "id"],
    )
    op.create_table(
        "installation_requester",
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("request_id", _ID, nullable=False),
        sa.Column("employee_id", _ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "request_id"],
            ["installation_request.workspace_id", "installation_request.id"],
            name=op.f("fk_installation_requester_workspace_id_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "request_id", "employee_id", name=op.f("pk_installation_requester")),
    )
    op.create_index(
        op.f("ix_installation_requester_workspace_id_employee_id"),
        "installation_requester",
        ["workspace_id", "employee_id"],
    )
