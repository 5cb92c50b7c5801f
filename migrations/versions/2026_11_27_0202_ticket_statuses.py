"""Statuses of a company's own inside the six categories, and what closes, holds and follows a ticket."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from portico.kernel import clock
from portico.kernel.db import ID, Instant
from portico.kernel.ids import new_id
from portico.kernel.migrations import protect

revision = "ticket_statuses"
down_revision = "companies"

_CATEGORIES = {
    "new": "New",
    "open": "Open",
    "pending": "Pending",
    "on_hold": "On hold",
    "solved": "Solved",
    "closed": "Closed",
}


def upgrade() -> None:
    op.create_table(
        "ticket_status",
        sa.Column("category", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("label_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "id", sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("active OR NOT is_default", name=op.f("ck_ticket_status_default_is_active")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_ticket_status_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_ticket_status")),
        sa.UniqueConstraint("workspace_id", "label_key", name=op.f("uq_ticket_status_workspace_id_label_key")),
    )
    op.create_index(
        "uq_ticket_status_default",
        "ticket_status",
        ["workspace_id", "category"],
        unique=True,
        postgresql_where=sa.text("is_default"),
        sqlite_where=sa.text("is_default"),
    )
    op.add_column(
        "ticket",
        sa.Column(
            "status_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
    )
    op.add_column("ticket", sa.Column("hold_reason", sa.String(), nullable=True))
    op.add_column("ticket", sa.Column("close_due_at", Instant(), nullable=True))
    op.add_column(
        "ticket",
        sa.Column(
            "follow_up_of",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
    )
    op.create_index(
        "ix_ticket_closing",
        "ticket",
        ["close_due_at"],
        unique=False,
        postgresql_where=sa.text("close_due_at IS NOT NULL"),
        sqlite_where=sa.text("close_due_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_ticket_workspace_id_follow_up_of"), "ticket", ["workspace_id", "follow_up_of"], unique=False
    )
    op.create_index(
        op.f("ix_ticket_workspace_id_status_id_id"), "ticket", ["workspace_id", "status_id", "id"], unique=False
    )
    protect(op.get_bind())
    _begin()


def _begin() -> None:
    """What every workspace has from its first member on, for those that are there already."""
    work = op.get_bind()
    status = sa.table(
        "ticket_status",
        *(sa.column(name) for name in ("workspace_id", "category", "label", "label_key", "sort_order", "version")),
        sa.column("id", ID),
        sa.column("active", sa.Boolean()),
        sa.column("is_default", sa.Boolean()),
        sa.column("created_at", Instant()),
        sa.column("updated_at", Instant()),
    )
    ticket = sa.table("ticket", *(sa.column(name) for name in ("workspace_id", "status", "status_id")))
    now = clock.now()
    for workspace_id in work.execute(sa.select(sa.column("id")).select_from(sa.table("workspace"))).scalars().all():
        for place, (category, label) in enumerate(_CATEGORIES.items(), start=1):
            row = {"workspace_id": workspace_id, "id": new_id("tst"), "category": category, "label": label}
            more = {"label_key": label.lower(), "sort_order": 10 * place, "active": True, "is_default": True}
            work.execute(sa.insert(status).values(**row, **more, created_at=now, updated_at=now, version=1))
            mine = (ticket.c.workspace_id == workspace_id, ticket.c.status == category)
            work.execute(sa.update(ticket).where(*mine).values(status_id=row["id"]))
    open_ends = sa.table("ticket", sa.column("status"), sa.column("close_due_at", Instant()))
    solved = open_ends.c.status == "solved"
    work.execute(sa.update(open_ends).where(solved).values(close_due_at=now + timedelta(days=14)))


def downgrade() -> None:
    op.drop_index(op.f("ix_ticket_workspace_id_status_id_id"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_workspace_id_follow_up_of"), table_name="ticket")
    op.drop_index(
        "ix_ticket_closing",
        table_name="ticket",
        postgresql_where=sa.text("close_due_at IS NOT NULL"),
        sqlite_where=sa.text("close_due_at IS NOT NULL"),
    )
    op.drop_column("ticket", "follow_up_of")
    op.drop_column("ticket", "close_due_at")
    op.drop_column("ticket", "hold_reason")
    op.drop_column("ticket", "status_id")
    op.drop_index(
        "uq_ticket_status_default",
        table_name="ticket_status",
        postgresql_where=sa.text("is_default"),
        sqlite_where=sa.text("is_default"),
    )
    op.drop_table("ticket_status")
