"""Devices that wait for a person."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant

revision = "devices"
down_revision = "signing_key_stages"

_ID = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "device_code",
        sa.Column("id", _ID, nullable=False),
        sa.Column("device_digest", _KEY, nullable=False),
        sa.Column("user_digest", _KEY, nullable=False),
        sa.Column("client_id", _KEY, nullable=False),
        sa.Column("scopes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("resource", _KEY, nullable=True),
        sa.Column("state", _KEY, nullable=False),
        sa.Column("grant_id", _ID, nullable=True),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("polled_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["oauth_grant.id"], name=op.f("fk_device_code_grant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_code")),
        sa.UniqueConstraint("device_digest", name=op.f("uq_device_code_device_digest")),
        sa.UniqueConstraint("user_digest", name=op.f("uq_device_code_user_digest")),
    )
    op.create_index(op.f("ix_device_code_expires_at"), "device_code", ["expires_at"], unique=False)
    op.create_index(op.f("ix_device_code_grant_id"), "device_code", ["grant_id"], unique=False)
    op.create_table(
        "device_try",
        sa.Column("session_id", _ID, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "slot", name=op.f("pk_device_try")),
    )
    op.create_index(op.f("ix_device_try_expires_at"), "device_try", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("device_try")
    op.drop_table("device_code")
