"""shards of the pump"""

import sqlalchemy as sa
from alembic import op

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "shards_of_the_pump"
down_revision = "attempts_by_day"

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "pump",
        sa.Column("holder", _KEY, nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("holder", name=op.f("pk_pump")),
    )
    op.drop_table("pump_lease")
    op.create_table(
        "pump_lease",
        sa.Column("name", _KEY, nullable=False),
        sa.Column("holder", _KEY, nullable=True),
        sa.Column("fencing", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pump_lease")),
    )
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_table("pump_lease")
    op.create_table(
        "pump_lease",
        sa.Column("name", _KEY, nullable=False),
        sa.Column("holder", _KEY, nullable=False),
        sa.Column("fencing", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pump_lease")),
    )
    op.drop_table("pump")
