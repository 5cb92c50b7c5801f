"""The page for types of absences: listed, added, changed, put away and offered again."""

from __future__ import annotations

from portico.domains.attendance.queries import absences as queries
from tests.support.faces import words

PATH = "/admin/attendance/absence-types"
STEPS = {f"approver_{place}": "" for place in range(1, 6)}


def types(cast):
    with cast.reading():
        return {row.key: row for row in queries.all_types(cast.actor("hr_admin"))}


def test_a_type_is_made_changed_put_away_and_offered_again(faces, cast):
    hr = faces("hr_admin")
    assert all(name in words(hr.get(PATH)) for name in ("Vacation", "Sick leave", "The manager"))
    about = {**STEPS, "label": "Parental leave", "paid": "y", "approver_1": "manager", "approver_2": "role:hr_admin"}
    assert hr.post(PATH, about).status_code == 303
    made = types(cast)["parental_leave"]
    assert (made.paid, made.hourly, made.approvers) == (True, False, ["manager", "role:hr_admin"])
    again = hr.post(PATH, {**about, "key": "parental_leave"})
    assert again.status_code == 409

    one = f"{PATH}/{made.id}"
    changes = {**STEPS, "label": "Parents"}
    assert hr.post(one, {**changes, "version": str(made.version - 1)}).status_code == 412
    assert hr.post(one, {**changes, "version": str(made.version)}).status_code == 303
    changed = types(cast)["parental_leave"]
    assert (changed.label, changed.paid, changed.approvers) == ("Parents", False, [])

    hr.post(f"{one}/archive")
    assert types(cast)["parental_leave"].archived_at is not None
    assert "Parents" not in words(faces("employee").get("/absences/new"))
    hr.post(f"{one}/restore")
    assert "Parents" in words(faces("employee").get("/absences/new"))


def test_a_name_that_makes_no_key_asks_for_one_and_what_ships_keeps_its_name(faces, cast):
    hr = faces("hr_admin")
    assert hr.post(PATH, {**STEPS, "label": "育儿假"}).status_code == 422
    sick = types(cast)["sick"]
    values = {**STEPS, "label": "Sick leave", "paid": "y", "approver_1": "role:hr_admin", "version": str(sick.version)}
    hr.post(f"{PATH}/{sick.id}", values)
    assert (types(cast)["sick"].label, types(cast)["sick"].approvers) == ("Sick leave", ["role:hr_admin"])
    assert faces("employee").get(PATH).status_code == 403
