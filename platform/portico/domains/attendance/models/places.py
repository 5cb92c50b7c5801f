"""Tables of where one may clock: places on the map, Wi-Fi networks and devices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to


class AttendanceLocation(InWorkspace, Versioned, Base):
    """A circle on the map."""

    __tablename__ = "attendance_location"
    __table_args__ = (UniqueConstraint("workspace_id", "name_key"),)

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    lat: Mapped[float] = mapped_column(Float)
    lng: Mapped[float] = mapped_column(Float)
    radius_m: Mapped[int]
    min_accuracy_m: Mapped[int]
    """A position less exact than this proves nothing."""


class AttendanceWifi(InWorkspace, Versioned, Base):
    """A Wi-Fi network, known by the address of its access point."""

    __tablename__ = "attendance_wifi"
    __table_args__ = (
        refers_to("attendance_location", "location_id"),
        UniqueConstraint("workspace_id", "bssid"),
        Index(None, "workspace_id", "location_id"),
    )

    ssid: Mapped[str]
    bssid: Mapped[str] = mapped_column(KEY)
    """Twelve hexadecimal digits in lower case, by colons."""
    location_id: Mapped[str | None] = mapped_column(ID)


class AttendanceDevice(InWorkspace, Versioned, Base):
    """A terminal on the wall. Its key is shown once; its digest stays."""

    __tablename__ = "attendance_device"
    __table_args__ = (
        refers_to("attendance_location", "location_id"),
        UniqueConstraint("workspace_id", "name_key"),
        # Looked up before the workspace is known; random, so it tells nothing of another workspace.
        Index("ix_attendance_device_key_digest", "key_digest"),
        Index(None, "workspace_id", "location_id"),
    )

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    location_id: Mapped[str | None] = mapped_column(ID)
    key_digest: Mapped[str] = mapped_column(KEY)
    key_hint: Mapped[str]
    disabled_at: Mapped[datetime | None]
