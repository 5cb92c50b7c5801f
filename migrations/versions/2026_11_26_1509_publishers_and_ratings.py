"""publishers and ratings"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant
from portico.kernel.migrations import protect
from portico.kernel.text import lookalike_key

revision = "publishers_and_ratings"
down_revision = "audit_record"

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_ID = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")


def upgrade() -> None:
    _publishers()
    _apps()
    _ratings()
    _use()
    op.add_column(
        "installation_policy",
        sa.Column(
            "minimum_verification",
            _KEY,
            server_default="any",
            nullable=False,
        ),
    )
    op.create_table(
        "operator_act",
        sa.Column("id", _ID, nullable=False),
        sa.Column(
            "user_id",
            _ID,
            nullable=False,
        ),
        sa.Column("act", _KEY, nullable=False),
        sa.Column("object_type", _KEY, nullable=False),
        sa.Column(
            "object_id",
            _ID,
            nullable=False,
        ),
        sa.Column("about", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_act")),
    )
    op.create_index(op.f("ix_operator_act_object_id"), "operator_act", ["object_id"], unique=False)
    protect(op.get_bind())


def _publishers() -> None:
    nullable = {
        "website": sa.String(),
        "support_email": sa.String(),
        "description": sa.Text(),
        "domain": _KEY,
        "domain_token": _KEY,
        "domain_verified_at": Instant(),
        "domain_checked_at": Instant(),
        "domain_due_at": Instant(),
        "domain_problem": sa.String(),
        "verified_at": Instant(),
        "verified_by": _ID,
        "verification_note": sa.Text(),
        "suspended_at": Instant(),
        "suspended_reason": sa.Text(),
    }
    for name, kind in nullable.items():
        op.add_column("publisher", sa.Column(name, kind, nullable=True))
    begun = "1970-01-01T00:00:00.000Z"
    for column in (
        sa.Column("name_key", _KEY, nullable=False, server_default=""),
        sa.Column("domain_failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("updated_at", Instant(), nullable=False, server_default=begun),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    ):
        op.add_column("publisher", column)
    _name_keys()
    op.create_index("uq_publisher_name_key", "publisher", ["name_key"], unique=True)
    op.create_index(op.f("ix_publisher_domain_due_at"), "publisher", ["domain_due_at"])


def _name_keys() -> None:
    """Names that look alike get a number behind them; the one that was there first keeps its own."""
    row = sa.table("publisher", *map(sa.column, ("id", "name", "name_key", "created_at", "updated_at")))
    bind = op.get_bind()
    taken: set[str] = set()
    for found in bind.execute(sa.select(row.c.id, row.c.name).order_by(row.c.id)).all():
        name, number = found.name, 1
        while not (key := lookalike_key(name)) or key in taken:
            number += 1
            name = f"{found.name} {number}"
        taken.add(key)
        bind.execute(
            sa.update(row).where(row.c.id == found.id).values(name=name, name_key=key, updated_at=row.c.created_at)
        )


def _apps() -> None:
    op.create_table(
        "app_figures",
        sa.Column(
            "app_id",
            _ID,
            nullable=False,
        ),
        sa.Column("installs", sa.Integer(), nullable=False),
        sa.Column("active_users", sa.Integer(), nullable=False),
        sa.Column("counted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["app.id"], name=op.f("fk_app_figures_app_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("app_id", name=op.f("pk_app_figures")),
    )
    op.create_table(
        "app_suspension",
        sa.Column(
            "app_id",
            _ID,
            nullable=False,
        ),
        sa.Column("side", _KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("since", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["app.id"], name=op.f("fk_app_suspension_app_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("app_id", "side", name=op.f("pk_app_suspension")),
    )


def _ratings() -> None:
    op.create_table(
        "rating",
        sa.Column("id", _ID, nullable=False),
        sa.Column(
            "app_id",
            _ID,
            nullable=False,
        ),
        sa.Column(
            "workspace_id",
            _ID,
            nullable=False,
        ),
        sa.Column(
            "employee_id",
            _ID,
            nullable=False,
        ),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("hidden_at", Instant(), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_rating_stars")),
        sa.ForeignKeyConstraint(["app_id"], ["app.id"], name=op.f("fk_rating_app_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_rating_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint(
            "app_id", "workspace_id", "employee_id", name=op.f("uq_rating_app_id_workspace_id_employee_id")
        ),
    )
    op.create_index(op.f("ix_rating_workspace_id_employee_id"), "rating", ["workspace_id", "employee_id"], unique=False)
    op.create_table(
        "rating_report",
        sa.Column(
            "rating_id",
            _ID,
            nullable=False,
        ),
        sa.Column(
            "membership_id",
            _ID,
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_rating_report_membership_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["rating.id"], name=op.f("fk_rating_report_rating_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rating_id", "membership_id", name=op.f("pk_rating_report")),
    )
    op.create_index(op.f("ix_rating_report_decided_at"), "rating_report", ["decided_at"], unique=False)


def _use() -> None:
    op.create_table(
        "app_use",
        sa.Column(
            "workspace_id",
            _ID,
            nullable=False,
        ),
        sa.Column(
            "installation_id",
            _ID,
            nullable=False,
        ),
        sa.Column(
            "employee_id",
            _ID,
            nullable=False,
        ),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_app_use_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "installation_id"],
            ["installation.workspace_id", "installation.id"],
            name=op.f("fk_app_use_workspace_id_installation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "installation_id", "employee_id", "used_on", name=op.f("pk_app_use")),
    )
    op.create_index(op.f("ix_app_use_used_on"), "app_use", ["used_on"], unique=False)
