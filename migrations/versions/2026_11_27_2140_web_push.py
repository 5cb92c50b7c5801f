"""Browsers in which people are told, and the key to which they subscribe."""

import sqlalchemy as sa
from alembic import op

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "web_push"
down_revision = "dev_sessions"

_ID = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _in_workspace(table: str) -> tuple[sa.ForeignKeyConstraint, sa.PrimaryKeyConstraint]:
    return (
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f(f"fk_{table}_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f(f"pk_{table}")),
    )


def upgrade() -> None:
    op.create_table(
        "push_key",
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("id", _ID, nullable=False),
        *_in_workspace("push_key"),
        sa.UniqueConstraint("workspace_id", name=op.f("uq_push_key_workspace_id")),
    )
    op.create_table(
        "push_subscription",
        sa.Column("employee_id", _ID, nullable=False),
        sa.Column("session_id", _ID, nullable=False),
        sa.Column("digest", _KEY, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_push_subscription_session_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_push_subscription_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        *_in_workspace("push_subscription"),
        sa.UniqueConstraint("workspace_id", "digest", name=op.f("uq_push_subscription_workspace_id_digest")),
    )
    op.create_index(
        op.f("ix_push_subscription_workspace_id_employee_id_id"),
        "push_subscription",
        ["workspace_id", "employee_id", "id"],
    )
    op.create_index(op.f("ix_push_subscription_session_id"), "push_subscription", ["session_id"])
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_table("push_subscription")
    op.drop_table("push_key")
