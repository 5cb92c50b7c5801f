"""Rules of attendance: groups, shifts, the roster, places, holidays; workdays and months."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "attendance_rules"
down_revision = "punches"


def upgrade() -> None:
    op.create_table(
        "attendance_group",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
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
            ["workspace_id"], ["workspace.id"], name=op.f("fk_attendance_group_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_attendance_group")),
        sa.UniqueConstraint("workspace_id", "name_key", name=op.f("uq_attendance_group_workspace_id_name_key")),
    )
    op.create_table(
        "attendance_location",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lng", sa.Float(), nullable=False),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("min_accuracy_m", sa.Integer(), nullable=False),
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
            ["workspace_id"], ["workspace.id"], name=op.f("fk_attendance_location_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_attendance_location")),
        sa.UniqueConstraint("workspace_id", "name_key", name=op.f("uq_attendance_location_workspace_id_name_key")),
    )
    op.create_table(
        "attendance_period",
        sa.Column("month", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("state", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("tzdb_version", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("locked_at", Instant(), nullable=True),
        sa.Column("reopened_at", Instant(), nullable=True),
        sa.Column("by_actor", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
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
        sa.CheckConstraint(
            "state IN ('open', 'closing', 'locked', 'reopened')", name=op.f("ck_attendance_period_state")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_attendance_period_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_attendance_period")),
        sa.UniqueConstraint("workspace_id", "month", name=op.f("uq_attendance_period_workspace_id_month")),
    )
    op.create_table(
        "holiday_calendar",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column(
            "parent_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
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
            ["workspace_id", "parent_id"],
            ["holiday_calendar.workspace_id", "holiday_calendar.id"],
            name=op.f("fk_holiday_calendar_workspace_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_holiday_calendar_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_holiday_calendar")),
        sa.UniqueConstraint("workspace_id", "name_key", name=op.f("uq_holiday_calendar_workspace_id_name_key")),
    )
    op.create_index(
        op.f("ix_holiday_calendar_workspace_id_parent_id"),
        "holiday_calendar",
        ["workspace_id", "parent_id"],
        unique=False,
    )
    op.create_table(
        "shift",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("color", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("archived_at", Instant(), nullable=True),
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
            ["workspace_id"], ["workspace.id"], name=op.f("fk_shift_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_shift")),
        sa.UniqueConstraint("workspace_id", "name_key", name=op.f("uq_shift_workspace_id_name_key")),
    )
    op.create_table(
        "attendance_assignment",
        sa.Column(
            "employee_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "group_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("contenders", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column(
            "workspace_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "id", sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_attendance_assignment_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "group_id"],
            ["attendance_group.workspace_id", "attendance_group.id"],
            name=op.f("fk_attendance_assignment_workspace_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_attendance_assignment_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_attendance_assignment")),
        sa.UniqueConstraint(
            "workspace_id",
            "employee_id",
            "from_on",
            name=op.f("uq_attendance_assignment_workspace_id_employee_id_from_on"),
        ),
    )
    op.create_index(
        op.f("ix_attendance_assignment_workspace_id_group_id"),
        "attendance_assignment",
        ["workspace_id", "group_id"],
        unique=False,
    )
    op.create_index(
        "uq_attendance_assignment_present",
        "attendance_assignment",
        ["workspace_id", "employee_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
        sqlite_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "attendance_device",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "location_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("key_digest", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("key_hint", sa.String(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
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
            ["workspace_id", "location_id"],
            ["attendance_location.workspace_id", "attendance_location.id"],
            name=op.f("fk_attendance_device_workspace_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_attendance_device_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_attendance_device")),
        sa.UniqueConstraint("workspace_id", "name_key", name=op.f("uq_attendance_device_workspace_id_name_key")),
    )
    op.create_index("ix_attendance_device_key_digest", "attendance_device", ["key_digest"], unique=False)
    op.create_index(
        op.f("ix_attendance_device_workspace_id_location_id"),
        "attendance_device",
        ["workspace_id", "location_id"],
        unique=False,
    )
    op.create_table(
        "attendance_group_version",
        sa.Column(
            "group_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("kind", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("timezone", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "holiday_calendar_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("members", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("week", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("policies", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
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
        sa.CheckConstraint("kind IN ('fixed', 'roster', 'free')", name=op.f("ck_attendance_group_version_kind")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "group_id"],
            ["attendance_group.workspace_id", "attendance_group.id"],
            name=op.f("fk_attendance_group_version_workspace_id_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "holiday_calendar_id"],
            ["holiday_calendar.workspace_id", "holiday_calendar.id"],
            name=op.f("fk_attendance_group_version_workspace_id_holiday_calendar_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
            name=op.f("fk_attendance_group_version_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_attendance_group_version")),
        sa.UniqueConstraint(
            "workspace_id",
            "group_id",
            "effective_from",
            name=op.f("uq_attendance_group_version_workspace_id_group_id_effective_from"),
        ),
    )
    op.create_index(
        op.f("ix_attendance_group_version_workspace_id_holiday_calendar_id"),
        "attendance_group_version",
        ["workspace_id", "holiday_calendar_id"],
        unique=False,
    )
    op.create_table(
        "attendance_wifi",
        sa.Column("ssid", sa.String(), nullable=False),
        sa.Column("bssid", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "location_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
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
            ["workspace_id", "location_id"],
            ["attendance_location.workspace_id", "attendance_location.id"],
            name=op.f("fk_attendance_wifi_workspace_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_attendance_wifi_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_attendance_wifi")),
        sa.UniqueConstraint("workspace_id", "bssid", name=op.f("uq_attendance_wifi_workspace_id_bssid")),
    )
    op.create_index(
        op.f("ix_attendance_wifi_workspace_id_location_id"),
        "attendance_wifi",
        ["workspace_id", "location_id"],
        unique=False,
    )
    op.create_table(
        "holiday",
        sa.Column(
            "calendar_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("works_as", sa.Integer(), nullable=True),
        sa.Column("off_from", sa.String(), nullable=True),
        sa.Column("off_until", sa.String(), nullable=True),
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
        sa.CheckConstraint("kind IN ('off', 'makeup', 'partial')", name=op.f("ck_holiday_kind")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "calendar_id"],
            ["holiday_calendar.workspace_id", "holiday_calendar.id"],
            name=op.f("fk_holiday_workspace_id_calendar_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_holiday_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_holiday")),
        sa.UniqueConstraint(
            "workspace_id", "calendar_id", "on_date", name=op.f("uq_holiday_workspace_id_calendar_id_on_date")
        ),
    )
    op.create_table(
        "roster_entry",
        sa.Column(
            "employee_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("work_on", sa.Date(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column(
            "shift_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "location_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
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
        sa.CheckConstraint("slot BETWEEN 0 AND 2", name=op.f("ck_roster_entry_slot")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_roster_entry_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "location_id"],
            ["attendance_location.workspace_id", "attendance_location.id"],
            name=op.f("fk_roster_entry_workspace_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "shift_id"],
            ["shift.workspace_id", "shift.id"],
            name=op.f("fk_roster_entry_workspace_id_shift_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_roster_entry_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_roster_entry")),
        sa.UniqueConstraint(
            "workspace_id",
            "employee_id",
            "work_on",
            "slot",
            "published",
            name=op.f("uq_roster_entry_workspace_id_employee_id_work_on_slot_published"),
        ),
    )
    op.create_index(
        op.f("ix_roster_entry_workspace_id_location_id"), "roster_entry", ["workspace_id", "location_id"], unique=False
    )
    op.create_index(
        op.f("ix_roster_entry_workspace_id_shift_id"), "roster_entry", ["workspace_id", "shift_id"], unique=False
    )
    op.create_index(
        op.f("ix_roster_entry_workspace_id_work_on"), "roster_entry", ["workspace_id", "work_on"], unique=False
    )
    op.create_table(
        "shift_version",
        sa.Column(
            "shift_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("rules", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
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
            ["workspace_id", "shift_id"],
            ["shift.workspace_id", "shift.id"],
            name=op.f("fk_shift_version_workspace_id_shift_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_shift_version_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_shift_version")),
        sa.UniqueConstraint(
            "workspace_id",
            "shift_id",
            "effective_from",
            name=op.f("uq_shift_version_workspace_id_shift_id_effective_from"),
        ),
    )
    op.create_table(
        "workday",
        sa.Column(
            "employee_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("work_on", sa.Date(), nullable=False),
        sa.Column(
            "group_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "group_version_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("shift_version_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("day_kind", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("timezone", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("planned_s", sa.Integer(), nullable=False),
        sa.Column("worked_s", sa.Integer(), nullable=False),
        sa.Column("paid_s", sa.Integer(), nullable=False),
        sa.Column("break_s", sa.Integer(), nullable=False),
        sa.Column("late_s", sa.Integer(), nullable=False),
        sa.Column("early_s", sa.Integer(), nullable=False),
        sa.Column("absent_s", sa.Integer(), nullable=False),
        sa.Column("overtime_s", sa.Integer(), nullable=False),
        sa.Column("absence_s", sa.Integer(), nullable=False),
        sa.Column("late_level", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("exceptions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("status", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("inputs_hash", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("computed_at", Instant(), nullable=True),
        sa.Column("recheck_at", Instant(), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("tzdb_version", sa.String(), nullable=True),
        sa.Column("definition_version", sa.Integer(), nullable=False),
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
        sa.CheckConstraint(
            "status IN ('open', 'computed', 'exception', 'corrected', 'confirmed', 'locked')",
            name=op.f("ck_workday_status"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "employee_id"],
            ["employee.workspace_id", "employee.id"],
            name=op.f("fk_workday_workspace_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_workday_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_workday")),
        sa.UniqueConstraint(
            "workspace_id", "employee_id", "work_on", name=op.f("uq_workday_workspace_id_employee_id_work_on")
        ),
    )
    op.create_index(
        "ix_workday_recheck",
        "workday",
        ["recheck_at"],
        postgresql_where=sa.text("recheck_at IS NOT NULL"),
        sqlite_where=sa.text("recheck_at IS NOT NULL"),
    )
    op.create_index(
        "ix_workday_stale",
        "workday",
        ["workspace_id", "employee_id"],
        unique=False,
        postgresql_where=sa.text("stale"),
        sqlite_where=sa.text("stale"),
    )
    op.create_index(op.f("ix_workday_workspace_id_work_on"), "workday", ["workspace_id", "work_on"], unique=False)
    protect(op.get_bind())


def downgrade() -> None:
    op.drop_index(op.f("ix_workday_workspace_id_work_on"), table_name="workday")
    op.drop_index(
        "ix_workday_stale", table_name="workday", postgresql_where=sa.text("stale"), sqlite_where=sa.text("stale")
    )
    op.drop_index("ix_workday_recheck", table_name="workday")
    op.drop_table("workday")
    op.drop_table("shift_version")
    op.drop_index(op.f("ix_roster_entry_workspace_id_work_on"), table_name="roster_entry")
    op.drop_index(op.f("ix_roster_entry_workspace_id_shift_id"), table_name="roster_entry")
    op.drop_index(op.f("ix_roster_entry_workspace_id_location_id"), table_name="roster_entry")
    op.drop_table("roster_entry")
    op.drop_table("holiday")
    op.drop_index(op.f("ix_attendance_wifi_workspace_id_location_id"), table_name="attendance_wifi")
    op.drop_table("attendance_wifi")
    op.drop_index(
        op.f("ix_attendance_group_version_workspace_id_holiday_calendar_id"), table_name="attendance_group_version"
    )
    op.drop_table("attendance_group_version")
    op.drop_index(op.f("ix_attendance_device_workspace_id_location_id"), table_name="attendance_device")
    op.drop_index("ix_attendance_device_key_digest", table_name="attendance_device")
    op.drop_table("attendance_device")
    op.drop_index(
        "uq_attendance_assignment_present",
        table_name="attendance_assignment",
        postgresql_where=sa.text("until_on IS NULL"),
        sqlite_where=sa.text("until_on IS NULL"),
    )
    op.drop_index(op.f("ix_attendance_assignment_workspace_id_group_id"), table_name="attendance_assignment")
    op.drop_table("attendance_assignment")
    op.drop_table("shift")
    op.drop_index(op.f("ix_holiday_calendar_workspace_id_parent_id"), table_name="holiday_calendar")
    op.drop_table("holiday_calendar")
    op.drop_table("attendance_period")
    op.drop_table("attendance_location")
    op.drop_table("attendance_group")
