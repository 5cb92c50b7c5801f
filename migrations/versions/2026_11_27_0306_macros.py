"""Macros: replies and changes that come together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "macros"
down_revision = "beside_tickets"


def upgrade() -> None:
    op.create_table(
        "macro",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "owner_employee_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("owner_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("visibility", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("effects", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
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
            ["workspace_id", "owner_employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_macro_workspace_id_owner_employee_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_macro_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_macro")),
        sa.UniqueConstraint(
            "workspace_id", "owner_key", "name_key", name=op.f("uq_macro_workspace_id_owner_key_name_key")
        ),
    )
    op.create_index(
        op.f("ix_macro_workspace_id_owner_employee_id"), "macro", ["workspace_id", "owner_employee_id"], unique=False
    )
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_index(op.f("ix_macro_workspace_id_owner_employee_id"), table_name="macro")
    op.drop_table("macro")
