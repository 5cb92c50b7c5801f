"""Find the days that a month is closed for without reading all of its days."""

import sqlalchemy as sa
from alembic import op

from portico.kernel.migrations import protect

revision = "unsettled_days"
down_revision = "api_log"

_UNSETTLED = sa.text("stale OR status IN ('open', 'exception')")


def upgrade() -> None:
    op.create_index(
        "ix_workday_unsettled",
        "workday",
        ["workspace_id", "work_on", "employee_id"],
        unique=False,
        postgresql_where=_UNSETTLED,
        sqlite_where=_UNSETTLED,
    )
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_workday_unsettled", table_name="workday", postgresql_where=_UNSETTLED, sqlite_where=_UNSETTLED)
