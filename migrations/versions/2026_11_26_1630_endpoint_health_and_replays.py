"""endpoint health and replays"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "endpoint_health_and_replays"
down_revision = "installations_growth"

_ID = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_WAITING = sa.text("state = 'waiting'")
_RUNNING = sa.text("state = 'running'")
_OF_A_REPLAY = sa.text("replay_id <> ''")


def _waiting(*columns: str) -> None:
    op.create_index("ix_delivery_waiting", "delivery", [*columns], postgresql_where=_WAITING, sqlite_where=_WAITING)


def upgrade() -> None:
    for name in ("breaker_trips", "warned"):
        op.add_column("endpoint_state", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("delivery", sa.Column("lane", sa.SmallInteger(), nullable=False, server_default="0"))
    op.drop_index("ix_delivery_waiting", table_name="delivery")
    _waiting("endpoint_id", "lane", "next_at", "id")
    op.create_index(
        "ix_delivery_replay",
        "delivery",
        ["workspace_id", "replay_id", "state"],
        postgresql_where=_OF_A_REPLAY,
        sqlite_where=_OF_A_REPLAY,
    )
    op.create_table(
        "replay",
        sa.Column("endpoint_id", _ID, nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("types", _LIST, nullable=False),
        sa.Column("states", _LIST, nullable=False),
        sa.Column("state", _KEY, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("laid_out", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.CheckConstraint("state IN ('running', 'done', 'cancelled')", name=op.f("ck_replay_state")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_replay_workspace_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "endpoint_id"],
            ["webhook_endpoint.workspace_id", "webhook_endpoint.id"],
            name=op.f("fk_replay_workspace_id_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_replay")),
    )
    op.create_index(op.f("ix_replay_workspace_id_endpoint_id_id"), "replay", ["workspace_id", "endpoint_id", "id"])
    op.create_index("ix_replay_running", "replay", ["id"], postgresql_where=_RUNNING, sqlite_where=_RUNNING)
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_table("replay")
    op.drop_index("ix_delivery_replay", table_name="delivery")
    op.drop_index("ix_delivery_waiting", table_name="delivery")
    _waiting("endpoint_id", "next_at", "id")
    op.drop_column("delivery", "lane")
    for name in ("warned", "breaker_trips"):
        op.drop_column("endpoint_state", name)
