"""batches of deliveries"""

import sqlalchemy as sa
from alembic import op

revision = "batches_of_deliveries"
down_revision = "title_keys"

_ID = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
_IN_A_BATCH = sa.text("batch_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("delivery", sa.Column("batch_id", _ID, nullable=True))
    op.create_index(
        "ix_delivery_batch",
        "delivery",
        ["workspace_id", "batch_id"],
        postgresql_where=_IN_A_BATCH,
        sqlite_where=_IN_A_BATCH,
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_batch", table_name="delivery")
    op.drop_column("delivery", "batch_id")
