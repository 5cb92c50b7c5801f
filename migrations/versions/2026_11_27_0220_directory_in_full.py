"""Employees by number and by what other systems call them, their names and dates; memberships that ended."""

import sqlalchemy as sa
from alembic import op

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "directory_in_full"
down_revision = "associations"

_ID = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NUMBERED = sa.text("status <> 'departed' AND employee_no_key IS NOT NULL")
_TEXTS = ("family_name", "given_name", "phonetic_name", "employee_no", "private_email", "work_phone")
_KEYS = ("employee_no_key", "external_id")
_DATES = ("hired_on", "leaves_on")


def upgrade() -> None:
    op.add_column("department", sa.Column("external_id", _KEY, nullable=True))
    op.create_index("uq_department_external", "department", ["workspace_id", "external_id"], unique=True)
    for names, kind in ((_TEXTS, sa.String()), (_KEYS, _KEY), (_DATES, sa.Date())):
        for name in names:
            op.add_column("employee", sa.Column(name, kind, nullable=True))
    op.add_column("employee", sa.Column("hide_mobile", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("uq_employee_external", "employee", ["workspace_id", "external_id"], unique=True)
    op.create_index(op.f("ix_employee_workspace_id_manager_id"), "employee", ["workspace_id", "manager_id"])
    op.create_index(
        "uq_employee_no",
        "employee",
        ["workspace_id", "employee_no_key"],
        unique=True,
        postgresql_where=_NUMBERED,
        sqlite_where=_NUMBERED,
    )
    op.add_column("department_member", sa.Column("title", sa.String(), nullable=True))
    op.add_column("department_member", sa.Column("sort_order", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("department_member", sa.Column("since", Instant(), nullable=True))
    op.create_table(
        "past_department_member",
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("employee_id", _ID, nullable=False),
        sa.Column("department_id", _ID, nullable=False),
        sa.Column("department_name", sa.String(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("until", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_past_department_member_workspace_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_past_department_member_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_past_department_member")),
    )
    op.create_index(
        op.f("ix_past_department_member_workspace_id_employee_id"),
        "past_department_member",
        ["workspace_id", "employee_id"],
    )
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_table("past_department_member")
    for name in ("since", "sort_order", "title"):
        op.drop_column("department_member", name)
    for index in ("uq_employee_no", "ix_employee_workspace_id_manager_id", "uq_employee_external"):
        op.drop_index(index, table_name="employee")
    for name in ("hide_mobile", *_DATES, *_KEYS, *_TEXTS):
        op.drop_column("employee", name)
    op.drop_index("uq_department_external", table_name="department")
    op.drop_column("department", "external_id")
