"""order and coalescing of deliveries"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "order_of_deliveries"
down_revision = "why_endpoints_pause"

_ID = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_IN_ORDER = sa.text("order_key IS NOT NULL AND finished_at IS NULL")


def upgrade() -> None:
    op.add_column("webhook_endpoint", sa.Column("order", _KEY, nullable=False, server_default="parallel"))
    op.add_column(
        "webhook_endpoint", sa.Column("coalesce_seconds", sa.SmallInteger(), nullable=False, server_default="0")
    )
    op.add_column("endpoint_state", sa.Column("reordering", _ID, nullable=True))
    for name, kind in (("order_key", _KEY), ("seq", sa.BigInteger()), ("changes", _LIST), ("coalesced_into", _ID)):
        op.add_column("delivery", sa.Column(name, kind, nullable=True))
    op.create_index(
        "ix_delivery_in_order",
        "delivery",
        ["endpoint_id", "order_key", "state", "lane", "seq", "id"],
        postgresql_where=_IN_ORDER,
        sqlite_where=_IN_ORDER,
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_in_order", table_name="delivery")
    for name in ("coalesced_into", "changes", "seq", "order_key"):
        op.drop_column("delivery", name)
    op.drop_column("endpoint_state", "reordering")
    for name in ("coalesce_seconds", "order"):
        op.drop_column("webhook_endpoint", name)
