"""groups of whoever a rule matches"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "dynamic_groups"
down_revision = "actions_and_cards"

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_RULE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_DYNAMIC = sa.text("kind = 'dynamic'")


def upgrade() -> None:
    op.add_column("directory_group", sa.Column("kind", _KEY, nullable=False, server_default="static"))
    op.add_column("directory_group", sa.Column("rule", _RULE, nullable=True))
    op.create_index(
        "ix_directory_group_dynamic",
        "directory_group",
        ["workspace_id"],
        postgresql_where=_DYNAMIC,
        sqlite_where=_DYNAMIC,
    )


def downgrade() -> None:
    op.drop_index("ix_directory_group_dynamic", table_name="directory_group")
    op.drop_column("directory_group", "rule")
    op.drop_column("directory_group", "kind")
