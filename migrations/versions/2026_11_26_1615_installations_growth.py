"""installations growth"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "installations_growth"
down_revision = "sign_in_security"

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("installation_request", sa.Column("scopes", _JSON, server_default="[]", nullable=False))
    op.add_column("installation_policy", sa.Column("upgrades", _KEY, server_default="wait", nullable=False))
