"""an index of the tickets that lie in the trash"""

import sqlalchemy as sa
from alembic import op

revision = "trashed_tickets"
down_revision = "photos"

_TRASHED = sa.text("trashed_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_ticket_trashed", "ticket", ["trashed_at"], postgresql_where=_TRASHED, sqlite_where=_TRASHED)


def downgrade() -> None:
    op.drop_index("ix_ticket_trashed", table_name="ticket")
