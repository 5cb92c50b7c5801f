"""Queues, who is in them, and which tickets stand in them."""

import sqlalchemy as sa
from alembic import op

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "queues"
down_revision = "directory_in_full"


def upgrade() -> None:
    op.create_table(
        "queue",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("assignment", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_queue_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_queue")),
        sa.UniqueConstraint("workspace_id", "name_key", name=op.f("uq_queue_workspace_id_name_key")),
    )
    op.create_table(
        "queue_member",
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "queue_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "employee_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("last_given_at", Instant(), nullable=True),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_queue_member_capacity")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_queue_member_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "queue_id"],
            ["queue.workspace_id", "queue.id"],
            name=op.f("fk_queue_member_workspace_id_queue_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "queue_id", "employee_id", name=op.f("pk_queue_member")),
    )
    op.create_index(
        op.f("ix_queue_member_workspace_id_employee_id"), "queue_member", ["workspace_id", "employee_id"], unique=False
    )
    op.add_column(
        "ticket",
        sa.Column(
            "queue_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
    )
    op.create_index(
        "ix_ticket_waiting",
        "ticket",
        ["workspace_id", "queue_id"],
        unique=False,
        postgresql_where=sa.text("queue_id IS NOT NULL AND assignee_id IS NULL"),
        sqlite_where=sa.text("queue_id IS NOT NULL AND assignee_id IS NULL"),
    )
    op.create_index(
        op.f("ix_ticket_workspace_id_queue_id_id"), "ticket", ["workspace_id", "queue_id", "id"], unique=False
    )
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_index(op.f("ix_ticket_workspace_id_queue_id_id"), table_name="ticket")
    op.drop_index(
        "ix_ticket_waiting",
        table_name="ticket",
        postgresql_where=sa.text("queue_id IS NOT NULL AND assignee_id IS NULL"),
        sqlite_where=sa.text("queue_id IS NOT NULL AND assignee_id IS NULL"),
    )
    op.drop_column("ticket", "queue_id")
    op.drop_index(op.f("ix_queue_member_workspace_id_employee_id"), table_name="queue_member")
    op.drop_table("queue_member")
    op.drop_table("queue")
