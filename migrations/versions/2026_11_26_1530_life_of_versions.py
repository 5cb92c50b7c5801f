"""the life of versions"""

import hashlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant

revision = "life_of_versions"
down_revision = "publishers_and_ratings"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_ID = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")


def upgrade() -> None:
    _versions()
    _buckets()


def _versions() -> None:
    for name in ("check_asked_at", "checked_at", "submitted_at", "paused_at"):
        op.add_column("app_version", sa.Column(name, Instant(), nullable=True))
    for name, kind in (("review_level", _KEY), ("reviewed_by", _ID), ("follows_id", _ID)):
        op.add_column("app_version", sa.Column(name, kind, nullable=True))
    op.add_column("app_version", sa.Column("hand_in", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("app_version", sa.Column("review_reasons", _JSON, nullable=False, server_default="[]"))
    op.add_column("app_version", sa.Column("runs_from", sa.Integer(), nullable=False, server_default="0"))
    # With the column, because SQLite adds no constraint to a table that is there.
    op.execute(
        "ALTER TABLE app_version ADD COLUMN runs_below INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_app_version_buckets"
        " CHECK (0 <= runs_from AND runs_from <= runs_below AND runs_below <= 100)"
    )
    op.execute("UPDATE app_version SET runs_below = 100 WHERE status = 'released'")
    # Nothing could leave this state before there was a review: the robot looks at it when its developer asks.
    op.execute("UPDATE app_version SET status = 'draft' WHERE status = 'submitted'")
    op.drop_index("uq_app_version_released", "app_version")
    indexes = (
        ("uq_app_version_stable", "runs_below = 100", True),
        ("uq_app_version_rollout", "runs_below > 0 AND runs_below < 100", True),
        ("ix_app_version_running", "runs_below > 0", False),
    )
    for name, where, unique in indexes:
        condition = sa.text(where)
        op.create_index(
            name, "app_version", ["app_id"], unique=unique, postgresql_where=condition, sqlite_where=condition
        )
    op.create_index(op.f("ix_app_version_status_submitted_at"), "app_version", ["status", "submitted_at"])


def _buckets() -> None:
    op.add_column("installation", sa.Column("bucket", sa.Integer(), nullable=False, server_default="0"))
    row = sa.table("installation", *map(sa.column, ("workspace_id", "id", "app_id", "bucket")))
    connection = op.get_bind()
    for each in connection.execute(sa.select(row.c.workspace_id, row.c.id, row.c.app_id)).all():
        named = hashlib.sha256(f"{each.workspace_id}|{each.app_id}".encode()).digest()
        bucket = int.from_bytes(named[:8], "big") % 100
        mine = sa.and_(row.c.workspace_id == each.workspace_id, row.c.id == each.id)
        connection.execute(sa.update(row).where(mine).values(bucket=bucket))
