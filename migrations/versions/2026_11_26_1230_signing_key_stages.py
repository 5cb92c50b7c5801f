"""Signing keys are published before they sign; grants may end with the sign-in that they came from."""

import sqlalchemy as sa
from alembic import op

revision = "signing_key_stages"
down_revision = "oauth_grants"

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_ACTIVE = sa.text("retired_at IS NULL")
_IN_USE = sa.text("stage <> 'retired'")


def upgrade() -> None:
    op.drop_index("uq_signing_key_active", table_name="signing_key", postgresql_where=_ACTIVE, sqlite_where=_ACTIVE)
    # The defaults stay, for rows that are there: SQLite cannot drop them without making the table anew, and that would
    # take along what refers to it.
    op.add_column("signing_key", sa.Column("stage", _KEY, nullable=False, server_default="active"))
    op.execute("UPDATE signing_key SET stage = 'retired' WHERE retired_at IS NOT NULL")
    op.create_index(
        "uq_signing_key_stage",
        "signing_key",
        ["purpose", "stage"],
        unique=True,
        postgresql_where=_IN_USE,
        sqlite_where=_IN_USE,
    )
    op.add_column("oauth_grant", sa.Column("session_bound", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("oauth_grant", "session_bound")
    op.drop_index("uq_signing_key_stage", table_name="signing_key", postgresql_where=_IN_USE, sqlite_where=_IN_USE)
    op.drop_column("signing_key", "stage")
    op.create_index(
        "uq_signing_key_active",
        "signing_key",
        ["purpose"],
        unique=True,
        postgresql_where=_ACTIVE,
        sqlite_where=_ACTIVE,
    )
