"""Stored rules that nobody can read: their days say so, and the days of others are computed all the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from portico.domains.attendance import sweeping
from portico.domains.attendance.models import ShiftVersion
from portico.domains.attendance.queries.on_shift import on_shift_at
from portico.domains.attendance.service import recomputing
from portico.kernel import clock
from portico.kernel.unit_of_work import session
from tests.support.attending import Company, codes, moment
from tests.support.cast import Cast
from tests.support.days import at
from tests.support.http import Api

ON = "2026-11-10"
IN, OUT = ("in", "09:00"), ("out", "18:00")


def put_rules(cast: Cast, shift_id: str, rules: dict[str, Any]) -> dict[str, Any]:
    """Straight into the table; answers what stood there."""
    mine = (ShiftVersion.workspace_id == cast.acme, ShiftVersion.shift_id == shift_id)
    with cast.writing():
        kept = session().scalars(select(ShiftVersion.rules).where(*mine)).one()
        session().execute(update(ShiftVersion).where(*mine).values(rules=rules))
    return dict(kept)


@pytest.mark.both_databases
def test_a_day_that_cannot_be_read_holds_no_other_up(api: Api, cast: Cast) -> None:
    company = Company(cast)
    with clock.held(moment("2026-11-12T12:00:00Z")):
        for name in ("employee", "agent", "developer"):
            company.group("fixed", name, daily=(company.shift("09:00-18:00", name=name),))
            company.clock(name, ON, IN, OUT)
        shift_id = company.shift("09:00-18:00", name="Gone")
        company.group("fixed", "support_admin", daily=(shift_id,))
        company.clock("support_admin", ON, IN, OUT)
        kept = put_rules(cast, shift_id, {"segments": "none"})
        while sweeping.recompute_stale():
            pass
        for name in ("employee", "agent", "developer"):
            day = company.day(name, ON)
            assert (day["worked_minutes"], day["stale"]) == (540, False)
        spoiled = company.day("support_admin", ON)
        assert (spoiled["status"], codes(spoiled), spoiled["stale"]) == ("exception", ["rules_unreadable"], False)
        explained = api("hr_admin").get(f"/attendance/workdays/{spoiled['id']}/explain")
        assert (explained.status_code, explained.json["steps"]) == (200, [])
        with cast.reading():
            ids = [cast.employee_id(name) for name in ("employee", "support_admin")]
            assert list(on_shift_at(cast.acme, ids, at(ON, "10:00"))) == ids[:1]
        put_rules(cast, shift_id, kept)
        with cast.writing():
            recomputing.mark_stale(cast.acme, cast.employee_id("support_admin"), date.fromisoformat(ON))
        sweeping.recompute_stale()
        assert company.day("support_admin", ON)["worked_minutes"] == 540
