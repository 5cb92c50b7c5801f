"""workspace settings"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.migrations import protect

revision = "workspace_settings"
down_revision = "words_without_blanks"


def upgrade() -> None:
    text = sa.String(length=40).with_variant(postgresql.VARCHAR(length=40, collation="C"), "postgresql")
    op.add_column("workspace", sa.Column("logo_id", text, nullable=True))
    op.add_column("workspace", sa.Column("reads_kept_days", sa.Integer(), nullable=True))
    op.add_column("workspace", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("workspace") as batch:
        batch.alter_column("version", server_default=None)
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_column("workspace", "version")
    op.drop_column("workspace", "reads_kept_days")
    op.drop_column("workspace", "logo_id")
