"""What an endpoint chooses: thin calls, a filter, and to leave out its own echo."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "choices_of_endpoints"
down_revision = "properties"

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_OBJECT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("webhook_endpoint", sa.Column("payload", _KEY, nullable=False, server_default="full"))
    op.add_column("webhook_endpoint", sa.Column("filter", _OBJECT, nullable=True))
    op.add_column("webhook_endpoint", sa.Column("skip_own", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for name in ("skip_own", "filter", "payload"):
        op.drop_column("webhook_endpoint", name)
