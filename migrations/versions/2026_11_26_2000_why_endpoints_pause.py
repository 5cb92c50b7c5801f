"""Why an endpoint pauses: the receiver asked for it, it fails, or the operator's proxy does."""

import sqlalchemy as sa
from alembic import op

revision = "why_endpoints_pause"
down_revision = "shards_of_the_pump"

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("endpoint_state", sa.Column("paused_why", _KEY, nullable=True))


def downgrade() -> None:
    op.drop_column("endpoint_state", "paused_why")
