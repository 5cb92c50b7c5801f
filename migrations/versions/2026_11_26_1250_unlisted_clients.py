"""Clients that are no app of the catalogue, and whether a workspace lets them act."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant

revision = "unlisted_clients"
down_revision = "life_of_installations"

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "oauth_client",
        sa.Column("client_id", _KEY, nullable=False),
        sa.Column("kind", _KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("redirect_uris", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("seen", _KEY, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("fetched_at", Instant(), nullable=False),
        sa.Column("fresh_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_oauth_client")),
    )
    op.create_index(op.f("ix_oauth_client_fetched_at"), "oauth_client", ["fetched_at"], unique=False)
    op.add_column("workspace", sa.Column("unlisted_clients", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("workspace", "unlisted_clients")
    op.drop_table("oauth_client")
