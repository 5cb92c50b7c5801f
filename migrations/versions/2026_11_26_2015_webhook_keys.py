"""Signatures by choice: the keys of `v1a`, and which endpoints want it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant

revision = "webhook_keys"
down_revision = "order_of_deliveries"

_ID = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_NEWEST = sa.text("expires_at IS NULL")


def upgrade() -> None:
    op.add_column("webhook_endpoint", sa.Column("signatures", _LIST, nullable=False, server_default='["v1"]'))
    op.create_table(
        "webhook_key",
        sa.Column("id", _ID, nullable=False),
        sa.Column("workspace_id", _ID, nullable=True),
        sa.Column("app_id", _ID, nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("public", _KEY, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.CheckConstraint("(workspace_id IS NULL) <> (app_id IS NULL)", name=op.f("ck_webhook_key_owner")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_webhook_key_workspace_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["app_id"], ["app.id"], name=op.f("fk_webhook_key_app_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_key")),
    )
    for owner in ("workspace", "app"):
        op.create_index(op.f(f"ix_webhook_key_{owner}_id"), "webhook_key", [f"{owner}_id"])
        op.create_index(
            f"uq_webhook_key_{owner}",
            "webhook_key",
            [f"{owner}_id"],
            unique=True,
            postgresql_where=_NEWEST,
            sqlite_where=_NEWEST,
        )


def downgrade() -> None:
    op.drop_table("webhook_key")
    op.drop_column("webhook_endpoint", "signatures")
