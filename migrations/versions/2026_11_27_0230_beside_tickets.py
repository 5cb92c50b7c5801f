"""What stands beside tickets: history, followers, links, sleep, kinds, and the marks of redactions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import ID, JSONB, Instant
from portico.kernel.ids import new_id
from portico.kernel.migrations import protect

revision = "beside_tickets"
down_revision = "search_words_by_object"


def upgrade() -> None:
    op.create_table(
        "ticket_change",
        sa.Column(
            "ticket_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("action", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("author", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("changes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "id", sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "ticket_id"],
            ["ticket.workspace_id", "ticket.id"],
            name=op.f("fk_ticket_change_workspace_id_ticket_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_ticket_change_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_ticket_change")),
    )
    op.create_index(
        op.f("ix_ticket_change_workspace_id_ticket_id_id"),
        "ticket_change",
        ["workspace_id", "ticket_id", "id"],
        unique=False,
    )
    op.create_table(
        "ticket_follower",
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ticket_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "employee_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_ticket_follower_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "ticket_id"],
            ["ticket.workspace_id", "ticket.id"],
            name=op.f("fk_ticket_follower_workspace_id_ticket_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "ticket_id", "employee_id", name=op.f("pk_ticket_follower")),
    )
    op.create_index(
        op.f("ix_ticket_follower_workspace_id_employee_id"),
        "ticket_follower",
        ["workspace_id", "employee_id"],
        unique=False,
    )
    op.create_table(
        "ticket_link",
        sa.Column(
            "ticket_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "other_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "id", sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.CheckConstraint("ticket_id <> other_id", name=op.f("ck_ticket_link_not_itself")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "other_id"],
            ["ticket.workspace_id", "ticket.id"],
            name=op.f("fk_ticket_link_workspace_id_other_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "ticket_id"],
            ["ticket.workspace_id", "ticket.id"],
            name=op.f("fk_ticket_link_workspace_id_ticket_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_ticket_link_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_ticket_link")),
        sa.UniqueConstraint(
            "workspace_id",
            "ticket_id",
            "other_id",
            "kind",
            name=op.f("uq_ticket_link_workspace_id_ticket_id_other_id_kind"),
        ),
    )
    op.create_index(
        op.f("ix_ticket_link_workspace_id_other_id"), "ticket_link", ["workspace_id", "other_id"], unique=False
    )
    op.create_index(
        "uq_ticket_link_parent",
        "ticket_link",
        ["workspace_id", "other_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'parent'"),
        sqlite_where=sa.text("kind = 'parent'"),
    )
    op.add_column(
        "ticket",
        sa.Column(
            "type",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            server_default="question",
            nullable=False,
        ),
    )
    op.add_column("ticket", sa.Column("snoozed_until", Instant(), nullable=True))
    op.create_index(
        "ix_ticket_asleep",
        "ticket",
        ["snoozed_until"],
        unique=False,
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
        sqlite_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.add_column("ticket_comment", sa.Column("redacted_at", Instant(), nullable=True))
    op.add_column(
        "ticket_comment",
        sa.Column("redacted_by", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    )
    protect(op.get_bind())
    _begin()


_ACTIONS = {"ticket.created": "created", "ticket.trashed": "trashed", "ticket.restored": "restored"}


def _begin() -> None:
    """The history of what the events still tell, oldest first."""
    work = op.get_bind()
    names = ("workspace_id", "resource_id", "type", "seq")
    documents = ("actor", "data", "changes", "before")
    event = sa.table(
        "event",
        *(sa.column(name) for name in names),
        *(sa.column(name, JSONB) for name in documents),
        sa.column("occurred_at", Instant()),
    )
    change = sa.table(
        "ticket_change",
        *(sa.column(name) for name in ("workspace_id", "ticket_id", "action")),
        sa.column("id", ID),
        sa.column("author", JSONB),
        sa.column("changes", JSONB),
        sa.column("created_at", Instant()),
    )
    told = ("created", "updated", "assigned", "status_changed", "trashed", "restored")
    rows = work.execute(
        sa.select(*event.c).where(event.c.type.in_([f"ticket.{verb}" for verb in told])).order_by(event.c.seq)
    ).all()
    for row in rows:
        before = row.before or {}
        fields = {
            name: {"from": before.get(name), "to": row.data.get(name)} for name in row.changes or () if "." not in name
        }
        if row.type == "ticket.status_changed":
            fields = {"status": {"from": before.get("status"), "to": row.data.get("status")}}
        values = {"workspace_id": row.workspace_id, "id": new_id("tch"), "ticket_id": row.resource_id}
        values |= {"action": _ACTIONS.get(row.type, "changed"), "author": row.actor, "changes": fields}
        work.execute(sa.insert(change).values(**values, created_at=row.occurred_at))


def downgrade() -> None:
    op.drop_column("ticket_comment", "redacted_by")
    op.drop_column("ticket_comment", "redacted_at")
    op.drop_index(
        "ix_ticket_asleep",
        table_name="ticket",
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
        sqlite_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.drop_column("ticket", "snoozed_until")
    op.drop_column("ticket", "type")
    op.drop_index(
        "uq_ticket_link_parent",
        table_name="ticket_link",
        postgresql_where=sa.text("kind = 'parent'"),
        sqlite_where=sa.text("kind = 'parent'"),
    )
    op.drop_index(op.f("ix_ticket_link_workspace_id_other_id"), table_name="ticket_link")
    op.drop_table("ticket_link")
    op.drop_index(op.f("ix_ticket_follower_workspace_id_employee_id"), table_name="ticket_follower")
    op.drop_table("ticket_follower")
    op.drop_index(op.f("ix_ticket_change_workspace_id_ticket_id_id"), table_name="ticket_change")
    op.drop_table("ticket_change")
