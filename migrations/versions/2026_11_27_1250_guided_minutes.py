"""guided minutes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "guided_minutes"
down_revision = "custom_roles"


def upgrade() -> None:
    key = sa.String().with_variant(postgresql.VARCHAR(collation="C"), "postgresql")
    op.add_column("membership", sa.Column("guide", key, nullable=True))
    op.add_column("membership", sa.Column("guide_at", Instant(), nullable=True))
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_column("membership", "guide_at")
    op.drop_column("membership", "guide")
