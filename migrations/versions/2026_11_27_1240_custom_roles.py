"""custom roles"""

import sqlalchemy as sa
from alembic import op

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "custom_roles"
down_revision = "workspace_settings"


def upgrade() -> None:
    op.create_table(
        "custom_role",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "id", sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_custom_role_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_custom_role")),
    )
    op.create_index("uq_custom_role_name", "custom_role", ["workspace_id", "name_key"], unique=True)
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_index("uq_custom_role_name", table_name="custom_role")
    op.drop_table("custom_role")
