"""runs together"""

from alembic import op

revision = "runs_together"
down_revision = "absences"


def upgrade() -> None:
    op.drop_index(op.f("ix_interaction_workspace_id_bulk_id"), table_name="interaction")
    op.create_index("uq_interaction_together", "interaction", ["workspace_id", "bulk_id", "object_id"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_interaction_together", table_name="interaction")
    op.create_index(op.f("ix_interaction_workspace_id_bulk_id"), "interaction", ["workspace_id", "bulk_id"])
