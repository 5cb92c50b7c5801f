"""Announcements: what a company tells its people, and who has read it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "announcements"
down_revision = "presence_and_notifications"


def upgrade() -> None:
    op.create_table(
        "announcement_mark",
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "employee_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("marked_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "employee_id", name=op.f("pk_announcement_mark")),
    )
    op.create_index(op.f("ix_announcement_mark_marked_at"), "announcement_mark", ["marked_at"], unique=False)
    op.create_table(
        "announcement_urgency",
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "used_on", name=op.f("pk_announcement_urgency")),
    )
    op.create_table(
        "announcement_category",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.Column("requires_review", sa.Boolean(), nullable=False),
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
            ["workspace_id"], ["workspace.id"], name=op.f("fk_announcement_category_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_announcement_category")),
        sa.UniqueConstraint("workspace_id", "name_key", name=op.f("uq_announcement_category_workspace_id_name_key")),
    )
    op.create_table(
        "announcement",
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("languages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "category_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("author", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "owner_employee_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "owner_installation_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "department_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("importance", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("confidentiality", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "cover_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("withheld", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("status", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("audience", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("audience_mode", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("requires_ack", sa.Boolean(), nullable=False),
        sa.Column("ack_text", sa.String(), nullable=True),
        sa.Column("ack_due_at", Instant(), nullable=True),
        sa.Column("ack_due_after_join_hours", sa.Integer(), nullable=True),
        sa.Column("comments_enabled", sa.Boolean(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column(
            "receipts_visibility", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("material_revision", sa.Integer(), nullable=False),
        sa.Column("publish_at", Instant(), nullable=True),
        sa.Column("publish_timezone", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("pinned_until", Instant(), nullable=True),
        sa.Column("pin_order", sa.Integer(), nullable=False),
        sa.Column("reminder_offsets_hours", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reminders_sent", sa.Integer(), nullable=False),
        sa.Column("reminder_count", sa.Integer(), nullable=False),
        sa.Column("remind_at", Instant(), nullable=True),
        sa.Column("reminded_at", Instant(), nullable=True),
        sa.Column("overdue_told_revision", sa.Integer(), nullable=False),
        sa.Column("reviewed_by", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("review_note", sa.String(), nullable=True),
        sa.Column("urgent_on", sa.Date(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdraw_reason", sa.String(), nullable=True),
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
        sa.CheckConstraint(
            "(owner_employee_id IS NULL) <> (owner_installation_id IS NULL)", name=op.f("ck_announcement_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "category_id"],
            ["announcement_category.workspace_id", "announcement_category.id"],
            name=op.f("fk_announcement_workspace_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_announcement_workspace_id_owner_employee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_announcement_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_announcement")),
    )
    op.create_index(
        "ix_announcement_due",
        "announcement",
        ["ack_due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'published' AND requires_ack AND overdue_told_revision < material_revision"),
        sqlite_where=sa.text("status = 'published' AND requires_ack AND overdue_told_revision < material_revision"),
    )
    op.create_index(
        "ix_announcement_ending",
        "announcement",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'published' AND expires_at IS NOT NULL"),
        sqlite_where=sa.text("status = 'published' AND expires_at IS NOT NULL"),
    )
    op.create_index(
        "ix_announcement_live",
        "announcement",
        ["workspace_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'published' AND audience_mode = 'live'"),
        sqlite_where=sa.text("status = 'published' AND audience_mode = 'live'"),
    )
    op.create_index(
        "ix_announcement_pinned",
        "announcement",
        ["workspace_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'published' AND pinned_until IS NOT NULL"),
        sqlite_where=sa.text("status = 'published' AND pinned_until IS NOT NULL"),
    )
    op.create_index(
        "ix_announcement_publishing",
        "announcement",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'publishing'"),
        sqlite_where=sa.text("status = 'publishing'"),
    )
    op.create_index(
        "ix_announcement_reminding",
        "announcement",
        ["remind_at"],
        unique=False,
        postgresql_where=sa.text("status = 'published' AND remind_at IS NOT NULL"),
        sqlite_where=sa.text("status = 'published' AND remind_at IS NOT NULL"),
    )
    op.create_index(
        "ix_announcement_scheduled",
        "announcement",
        ["publish_at"],
        unique=False,
        postgresql_where=sa.text("status = 'scheduled'"),
        sqlite_where=sa.text("status = 'scheduled'"),
    )
    op.create_index(
        op.f("ix_announcement_workspace_id_category_id_id"),
        "announcement",
        ["workspace_id", "category_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_announcement_workspace_id_owner_employee_id_id"),
        "announcement",
        ["workspace_id", "owner_employee_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_announcement_workspace_id_owner_installation_id_id"),
        "announcement",
        ["workspace_id", "owner_installation_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_announcement_workspace_id_status_id"), "announcement", ["workspace_id", "status", "id"], unique=False
    )
    op.create_table(
        "announcement_approver",
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "category_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "employee_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "category_id"],
            ["announcement_category.workspace_id", "announcement_category.id"],
            name=op.f("fk_announcement_approver_workspace_id_category_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_announcement_approver_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "category_id", "employee_id", name=op.f("pk_announcement_approver")),
    )
    op.create_index(
        op.f("ix_announcement_approver_workspace_id_employee_id"),
        "announcement_approver",
        ["workspace_id", "employee_id"],
        unique=False,
    )
    op.create_table(
        "announcement_ack",
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "announcement_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "employee_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("acked_at", Instant(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "announcement_id"],
            ["announcement.workspace_id", "announcement.id"],
            name=op.f("fk_announcement_ack_workspace_id_announcement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_announcement_ack_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "announcement_id", "employee_id", "revision", name=op.f("pk_announcement_ack")
        ),
    )
    op.create_table(
        "announcement_comment",
        sa.Column(
            "announcement_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("author_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("removed_by", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "id", sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "announcement_id"],
            ["announcement.workspace_id", "announcement.id"],
            name=op.f("fk_announcement_comment_workspace_id_announcement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_announcement_comment_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_announcement_comment")),
    )
    op.create_index(
        op.f("ix_announcement_comment_workspace_id_announcement_id_id"),
        "announcement_comment",
        ["workspace_id", "announcement_id", "id"],
        unique=False,
    )
    op.create_table(
        "announcement_recipient",
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "announcement_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "employee_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("state", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("via_rule", sa.Integer(), nullable=True),
        sa.Column(
            "run_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("late_joiner", sa.Boolean(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("listed_at", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("first_read_at", Instant(), nullable=True),
        sa.Column("last_read_at", Instant(), nullable=True),
        sa.Column("read_revision", sa.Integer(), nullable=False),
        sa.Column("acked_at", Instant(), nullable=True),
        sa.Column("acked_revision", sa.Integer(), nullable=False),
        sa.Column("acked_late", sa.Boolean(), nullable=False),
        sa.Column("ack_method", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("ack_due_at", Instant(), nullable=True),
        sa.Column("overdue_revision", sa.Integer(), nullable=False),
        sa.Column("reminded_count", sa.Integer(), nullable=False),
        sa.Column("last_reminded_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "announcement_id"],
            ["announcement.workspace_id", "announcement.id"],
            name=op.f("fk_announcement_recipient_workspace_id_announcement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_announcement_recipient_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "announcement_id", "employee_id", name=op.f("pk_announcement_recipient")
        ),
    )
    op.create_index(
        "ix_announcement_recipient_acked",
        "announcement_recipient",
        ["workspace_id", "announcement_id", "acked_revision", "employee_id"],
        unique=False,
    )
    op.create_index(
        "ix_announcement_recipient_due",
        "announcement_recipient",
        ["ack_due_at"],
        unique=False,
        postgresql_where=sa.text("ack_due_at IS NOT NULL AND overdue_revision = 0 AND state = 'delivered'"),
        sqlite_where=sa.text("ack_due_at IS NOT NULL AND overdue_revision = 0 AND state = 'delivered'"),
    )
    op.create_index(
        "ix_announcement_recipient_feed",
        "announcement_recipient",
        ["workspace_id", "employee_id", "state", "listed_at", "announcement_id"],
        unique=False,
    )
    op.create_index(
        "ix_announcement_recipient_run",
        "announcement_recipient",
        ["workspace_id", "run_id", "employee_id"],
        unique=False,
    )
    op.create_index(
        "ix_announcement_recipient_unread",
        "announcement_recipient",
        ["workspace_id", "announcement_id", "employee_id"],
        unique=False,
        postgresql_where=sa.text("first_read_at IS NULL AND state = 'delivered'"),
        sqlite_where=sa.text("first_read_at IS NULL AND state = 'delivered'"),
    )
    op.create_table(
        "announcement_revision",
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "announcement_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("ack_text", sa.String(), nullable=True),
        sa.Column("variants", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("material", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("editor", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "announcement_id"],
            ["announcement.workspace_id", "announcement.id"],
            name=op.f("fk_announcement_revision_workspace_id_announcement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "announcement_id", "number", name=op.f("pk_announcement_revision")),
    )
    op.create_table(
        "announcement_run",
        sa.Column(
            "announcement_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "job_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("phase", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "cursor",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "id", sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "announcement_id"],
            ["announcement.workspace_id", "announcement.id"],
            name=op.f("fk_announcement_run_workspace_id_announcement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_announcement_run_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_announcement_run")),
    )
    op.create_index(
        op.f("ix_announcement_run_workspace_id_announcement_id_id"),
        "announcement_run",
        ["workspace_id", "announcement_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_announcement_run_unfinished",
        "announcement_run",
        ["workspace_id", "announcement_id"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
        sqlite_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "announcement_tally",
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "announcement_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("audience", sa.Integer(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("acknowledged", sa.Integer(), nullable=False),
        sa.Column("material_revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "announcement_id"],
            ["announcement.workspace_id", "announcement.id"],
            name=op.f("fk_announcement_tally_workspace_id_announcement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "announcement_id", name=op.f("pk_announcement_tally")),
    )
    op.create_table(
        "announcement_variant",
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "announcement_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("language", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "announcement_id"],
            ["announcement.workspace_id", "announcement.id"],
            name=op.f("fk_announcement_variant_workspace_id_announcement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "announcement_id", "language", name=op.f("pk_announcement_variant")),
    )
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_table("announcement_variant")
    op.drop_table("announcement_tally")
    op.drop_index(
        "uq_announcement_run_unfinished",
        table_name="announcement_run",
        postgresql_where=sa.text("finished_at IS NULL"),
        sqlite_where=sa.text("finished_at IS NULL"),
    )
    op.drop_index(op.f("ix_announcement_run_workspace_id_announcement_id_id"), table_name="announcement_run")
    op.drop_table("announcement_run")
    op.drop_table("announcement_revision")
    op.drop_index(
        "ix_announcement_recipient_unread",
        table_name="announcement_recipient",
        postgresql_where=sa.text("first_read_at IS NULL AND state = 'delivered'"),
        sqlite_where=sa.text("first_read_at IS NULL AND state = 'delivered'"),
    )
    op.drop_index("ix_announcement_recipient_run", table_name="announcement_recipient")
    op.drop_index("ix_announcement_recipient_feed", table_name="announcement_recipient")
    op.drop_index(
        "ix_announcement_recipient_due",
        table_name="announcement_recipient",
        postgresql_where=sa.text("ack_due_at IS NOT NULL AND overdue_revision = 0 AND state = 'delivered'"),
        sqlite_where=sa.text("ack_due_at IS NOT NULL AND overdue_revision = 0 AND state = 'delivered'"),
    )
    op.drop_index("ix_announcement_recipient_acked", table_name="announcement_recipient")
    op.drop_table("announcement_recipient")
    op.drop_index(op.f("ix_announcement_comment_workspace_id_announcement_id_id"), table_name="announcement_comment")
    op.drop_table("announcement_comment")
    op.drop_table("announcement_ack")
    op.drop_index(op.f("ix_announcement_approver_workspace_id_employee_id"), table_name="announcement_approver")
    op.drop_table("announcement_approver")
    op.drop_index(op.f("ix_announcement_workspace_id_status_id"), table_name="announcement")
    op.drop_index(op.f("ix_announcement_workspace_id_owner_installation_id_id"), table_name="announcement")
    op.drop_index(op.f("ix_announcement_workspace_id_owner_employee_id_id"), table_name="announcement")
    op.drop_index(op.f("ix_announcement_workspace_id_category_id_id"), table_name="announcement")
    op.drop_index(
        "ix_announcement_scheduled",
        table_name="announcement",
        postgresql_where=sa.text("status = 'scheduled'"),
        sqlite_where=sa.text("status = 'scheduled'"),
    )
    op.drop_index(
        "ix_announcement_reminding",
        table_name="announcement",
        postgresql_where=sa.text("status = 'published' AND remind_at IS NOT NULL"),
        sqlite_where=sa.text("status = 'published' AND remind_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_announcement_publishing",
        table_name="announcement",
        postgresql_where=sa.text("status = 'publishing'"),
        sqlite_where=sa.text("status = 'publishing'"),
    )
    op.drop_index(
        "ix_announcement_pinned",
        table_name="announcement",
        postgresql_where=sa.text("status = 'published' AND pinned_until IS NOT NULL"),
        sqlite_where=sa.text("status = 'published' AND pinned_until IS NOT NULL"),
    )
    op.drop_index(
        "ix_announcement_live",
        table_name="announcement",
        postgresql_where=sa.text("status = 'published' AND audience_mode = 'live'"),
        sqlite_where=sa.text("status = 'published' AND audience_mode = 'live'"),
    )
    op.drop_index(
        "ix_announcement_ending",
        table_name="announcement",
        postgresql_where=sa.text("status = 'published' AND expires_at IS NOT NULL"),
        sqlite_where=sa.text("status = 'published' AND expires_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_announcement_due",
        table_name="announcement",
        postgresql_where=sa.text("status = 'published' AND requires_ack AND overdue_told_revision < material_revision"),
        sqlite_where=sa.text("status = 'published' AND requires_ack AND overdue_told_revision < material_revision"),
    )
    op.drop_table("announcement")
    op.drop_table("announcement_category")
    op.drop_table("announcement_urgency")
    op.drop_index(op.f("ix_announcement_mark_marked_at"), table_name="announcement_mark")
    op.drop_table("announcement_mark")
