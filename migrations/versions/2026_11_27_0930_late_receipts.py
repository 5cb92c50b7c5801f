"""Find who is late among the few who can be, before the common deadline."""

import sqlalchemy as sa
from alembic import op

from portico.kernel.migrations import protect

revision = "late_receipts"
down_revision = "calendar_feeds"


def upgrade() -> None:
    op.create_index(
        "ix_announcement_recipient_late",
        "announcement_recipient",
        ["workspace_id", "announcement_id", "employee_id"],
        unique=False,
        postgresql_where=sa.text("acked_late OR ack_due_at IS NOT NULL"),
        sqlite_where=sa.text("acked_late OR ack_due_at IS NOT NULL"),
    )
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_index(
        "ix_announcement_recipient_late",
        table_name="announcement_recipient",
        postgresql_where=sa.text("acked_late OR ack_due_at IS NOT NULL"),
        sqlite_where=sa.text("acked_late OR ack_due_at IS NOT NULL"),
    )
