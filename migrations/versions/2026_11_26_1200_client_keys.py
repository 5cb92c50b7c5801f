"""Public keys of apps, and the ids of tokens that may be shown once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant

revision = "client_keys"
down_revision = "0001"

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_OF_KEY = sa.text("kind = 'public_key' AND revoked_at IS NULL")


def upgrade() -> None:
    op.add_column("app_credential", sa.Column("kid", _KEY, nullable=True))
    public = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("app_credential", sa.Column("public", public, nullable=True))
    for name, column in (("uq_app_credential_key_slot", "slot"), ("uq_app_credential_kid", "kid")):
        op.create_index(
            name,
            "app_credential",
            ["app_id", column],
            unique=True,
            postgresql_where=_OF_KEY,
            sqlite_where=_OF_KEY,
        )
    op.create_table(
        "spent_jti",
        sa.Column("kind", _KEY, nullable=False),
        sa.Column("client_id", _KEY, nullable=False),
        sa.Column("digest", _KEY, nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "client_id", "digest", name=op.f("pk_spent_jti")),
    )
    op.create_index(op.f("ix_spent_jti_expires_at"), "spent_jti", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_spent_jti_expires_at"), table_name="spent_jti")
    op.drop_table("spent_jti")
    for name in ("uq_app_credential_kid", "uq_app_credential_key_slot"):
        op.drop_index(name, table_name="app_credential", postgresql_where=_OF_KEY, sqlite_where=_OF_KEY)
    op.drop_column("app_credential", "public")
    op.drop_column("app_credential", "kid")
