"""What other holidays would do, seen before they are kept: over the API and on the pages."""

from __future__ import annotations

import pytest

from portico.domains.attendance.service import closing
from portico.kernel import clock
from tests.support.attending import Company, moment
from tests.support.cast import Cast
from tests.support.faces import Faces, words
from tests.support.http import Api


@pytest.fixture
def office(cast: Cast):
    """Two people go by the region, one by a branch that has a word of its own for Friday; October is locked."""
    with clock.held(moment("2026-11-27T12:00:00Z")):
        company = Company(cast)
        daily = (company.shift("09:00-18:00"),)
        country = company.calendar({"on": "2026-12-28", "name": "Bridge day"})
        region = company.calendar(parent_id=country)
        branch = company.calendar({"on": "2026-11-27", "kind": "makeup"}, parent_id=region)
        company.group("fixed", "employee", "agent", daily=daily, holiday_calendar_id=region)
        company.group("fixed", "developer", daily=daily, holiday_calendar_id=branch)
        company.compute("employee", "2026-10-15", "2026-11-26", "2026-11-27")
        with cast.writing():
            closing.close_period(company.hr, "2026-10")
        company.catch_up()
        with cast.writing():
            closing.lock_period(company.hr, "2026-10", anyway=True)
        yield {"country": country, "region": region, "branch": branch}


def preview(api: Api, calendar_id: str, **body):
    answer = api("hr_admin").post(f"/holiday-calendars/{calendar_id}/preview", json=body)
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.mark.both_databases
def test_people_days_and_locked_months_are_known_before_anything_is_kept(api: Api, cast: Cast, office) -> None:
    days = [("2026-10-15", "Fair"), ("2026-11-26", "Fair"), ("2026-11-27", "Fair")]
    put = [{"on": on, "name": name} for on, name in days]
    found = preview(api, office["region"], holidays=put)
    assert (found["people"], found["locked_months"], found["recomputed_days"]) == (3, ["2026-10"], 2)
    assert found["locked_days"] >= 1
    shown = [(one["on"], one["before"], one["after"]["name"], one["people"], one["locked"]) for one in found["dates"]]
    assert shown == [
        ("2026-10-15", None, "Fair", 3, True),
        ("2026-11-26", None, "Fair", 3, False),
        ("2026-11-27", None, "Fair", 2, False),  # the branch has its own word
    ]
    assert api("hr_admin").get(f"/holiday-calendars/{office['region']}/holidays").json["data"] == []


@pytest.mark.both_databases
def test_what_goes_what_is_inherited_and_what_changes_nothing(api: Api, office) -> None:
    (bridge,) = api("hr_admin").get(f"/holiday-calendars/{office['country']}/holidays").json["data"]
    assert preview(api, office["country"], removed_ids=[bridge["id"]])["dates"][0]["after"] is None
    (left,) = preview(api, office["region"], parent_id=None)["dates"]
    assert (left["on"], left["before"]["name"], left["after"], left["people"]) == ("2026-12-28", "Bridge day", None, 3)
    same = preview(api, office["region"], holidays=[{"on": "2026-12-28", "name": "Bridge day"}])
    assert (same["dates"], same["people"]) == ([], 0)
    ring = api("hr_admin").post(f"/holiday-calendars/{office['country']}/preview", json={"parent_id": office["region"]})
    assert (ring.status_code, ring.json["code"]) == (409, "calendar_cycle")


def test_the_pages_show_it_and_keep_nothing_until_somebody_says_so(app, api: Api, cast: Cast, office) -> None:
    hr = Faces(app, cast)("hr_admin")
    path = f"/admin/attendance/holidays/{office['region']}"
    fair = {"on": "2026-10-15", "name": "Fair", "kind": "off", "works_as": ""}
    page = words(hr.post(path, {**fair, "look": "1"}))
    assert "3 people work by this calendar then." in page
    assert "2026-10" in page
    assert api("hr_admin").get(f"/holiday-calendars/{office['region']}/holidays").json["data"] == []
    assert hr.post(path, fair).status_code == 303
    (kept,) = api("hr_admin").get(f"/holiday-calendars/{office['region']}/holidays").json["data"]
    file = api("hr_admin").get(f"/holiday-calendars/{office['country']}/holidays.ics").text
    assert "Nothing: all of it holds already." in words(hr.post(f"{path}/import", {"ics": file, "look": "1"}))
    assert "a day like others" in words(hr.get(f"{path}/{kept['id']}/delete"))
    assert hr.get(f"/admin/attendance/holidays/{office['branch']}/{kept['id']}/delete").status_code == 404
    hr.post(f"{path}/{kept['id']}/delete")
    assert api("hr_admin").get(f"/holiday-calendars/{office['region']}/holidays").json["data"] == []
