"""From stored rules to the frozen values that the reckoning takes. Each stored version is read once per process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from portico.domains.attendance.reckoning.values import (
    Break,
    CorrectionPolicy,
    Flex,
    Grace,
    HolidayRule,
    LateOff,
    OvertimePolicy,
    Rounding,
    Rules,
    Segment,
    ShiftRules,
)

_CLOCK = re.compile(r"(\d\d):(\d\d)")


def minutes(shown: str) -> int:
    """`26:00` is 1,560."""
    found = _CLOCK.fullmatch(shown)
    if found is None:
        raise ValueError(shown)
    return int(found[1]) * 60 + int(found[2])


def shift_rules(row: Mapping[Any, Any], name: str) -> ShiftRules:
    """A row of `shift_version`."""
    rules = row["rules"]
    flex = rules["flex"]
    return ShiftRules(
        shift_id=row["shift_id"],
        version_id=row["id"],
        name=name,
        segments=tuple(
            Segment(**{**one, "start": minutes(one["start"]), "end": minutes(one["end"])}) for one in rules["segments"]
        ),
        breaks=tuple(Break(minutes(one["start"]), minutes(one["end"]), one["paid"]) for one in rules["breaks"]),
        grace=Grace(**rules["grace"]),
        flex=None if flex is None else Flex(**flex),
        late_off_late_on=tuple(
            LateOff(minutes(one["left_after"]), one["may_come_later"]) for one in rules["late_off_late_on"]
        ),
        rounding=Rounding(**rules["rounding"]),
        min_half_day=rules["min_half_day"],
        min_full_day=rules["min_full_day"],
        day_credit=rules["day_credit"],
        dst_pay=rules["dst_pay"],
    )


def group_rules(row: Mapping[Any, Any], name: str) -> Rules:
    """A row of `attendance_group_version`."""
    policies = row["policies"]
    lists = ("location_ids", "wifi_ids", "device_ids", "punch_methods", "work_days")
    return Rules(
        timezone=row["timezone"],
        kind=row["kind"],
        group_id=row["group_id"],
        version_id=row["id"],
        name=name,
        holiday_calendar_id=row["holiday_calendar_id"],
        pairing=policies["pairing"],
        counting=policies["counting"],
        target_minutes=policies["target_minutes"],
        photo_policy=policies["photo_policy"],
        field_punch=policies["field_punch"],
        no_evidence=policies["no_evidence"],
        overtime=OvertimePolicy(**policies["overtime"]),
        correction=CorrectionPolicy(
            per_month=policies["correction"]["per_month"],
            within_days=policies["correction"]["within_days"],
            approver_chain=tuple(policies["correction"]["approver_chain"]),
        ),
        **{name: tuple(policies[name]) for name in lists},
    )


def holiday_rule(row: Mapping[Any, Any]) -> HolidayRule:
    """A row of `holiday`."""
    return HolidayRule(
        row["kind"],
        row["name"],
        row["works_as"],
        None if row["off_from"] is None else minutes(row["off_from"]),
        None if row["off_until"] is None else minutes(row["off_until"]),
    )
