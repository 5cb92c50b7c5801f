"""Groups by rule on pages: built row by row without scripts, seen before they are kept, and said when broken."""

from __future__ import annotations

import re
from typing import Any

from portico.domains.directory import service
from portico.domains.properties import service as properties
from tests.support.cast import Cast
from tests.support.faces import Faces, words

NEW = "/admin/groups/new-rule"


def mark_of(answer: Any) -> str:
    found = re.search(r'name="save" value="([0-9a-f]{16})"', answer.text)
    return found[1] if found else ""


def row(number: int, field: str, how: str, *values: str) -> dict[str, Any]:
    return {"row": [str(number)], f"field-{number}": field, f"how-{number}": how, f"value-{number}": list(values)}


def rows(*made: dict[str, Any], **more: Any) -> dict[str, Any]:
    form: dict[str, Any] = {"joined": "all", "name": "Nurses", "description": ""}
    for one in made:
        form |= {**one, "row": [*form.get("row", []), *one["row"]]}
    return {**form, **more}


def nurse(cast: Cast, name: str = "agent") -> str:
    with cast.writing():
        service.update_employee(cast.actor("hr_admin"), cast.employee_id(name), {"title": "Night nurse"})
    return cast.employee_id(name)


def test_a_rule_is_built_row_by_row_seen_and_kept(faces: Faces, cast: Cast) -> None:
    nurse(cast)
    hr = faces("hr_admin")
    assert "No condition yet" in words(hr.get(NEW))
    assert NEW in hr.get("/admin/groups").text
    added = hr.post(NEW, {"joined": "all", "step": "add", "add": "title"})
    assert 'name="field-0" value="title"' in added.text
    assert "Give a text" not in words(added), "nobody has typed yet"
    assert "Give a text with something to compare in it." in words(hr.post(NEW, rows(row(0, "title", "eq", " "))))
    form = rows(row(0, "title", "contains", "NURSE"))
    tried = hr.post(NEW, {**form, "step": "try"})
    assert "1 person" in words(tried)
    assert "Agent" in words(tried)
    narrower = rows(row(0, "title", "contains", "NURSE"), row(1, "status", "in", "suspended"))
    looked = hr.post(NEW, {**narrower, "save": mark_of(tried)})
    assert looked.status_code == 200
    assert "The rule was not looked at yet in this form." in words(looked)
    assert "Nobody matches now" in words(looked)
    taken_out = hr.post(NEW, {**narrower, "step": "remove-1"})
    assert 'name="field-1"' not in taken_out.text
    made = hr.post(NEW, {**form, "save": mark_of(taken_out)})
    assert made.status_code == 303
    page = words(hr.follow(made))
    assert "Job title contains NURSE" in page
    assert "Agent" in page
    assert "Add people" not in page
    assert "Nurses By a rule 1" in words(hr.get("/admin/groups"))


def made(faces: Faces, cast: Cast, rule: Any) -> str:
    with cast.writing():
        group = service.create_group(cast.actor("owner"), name="By rule", kind="dynamic", rule=rule)
    return f"/admin/groups/{group['id']}"


def test_a_rule_is_changed_and_not_over_another_change(faces: Faces, cast: Cast) -> None:
    nurse(cast)
    hr, group = faces("hr_admin"), made(faces, cast, {"field": "title", "op": "eq", "value": "doctor"})
    shown = hr.get(f"{group}/rule")
    assert 'value="doctor"' in shown.text
    form = {**rows(row(0, "title", "starts", "night")), "version": "1"}
    save = mark_of(hr.post(f"{group}/rule", {**form, "step": "try"}))
    kept = hr.follow(hr.post(f"{group}/rule", {**form, "save": save}))
    assert "Job title begins with night" in words(kept)
    stale = hr.post(f"{group}/rule", {**rows(row(0, "title", "eq", "x")), "version": "1", "step": "try"})
    late = hr.post(f"{group}/rule", {**rows(row(0, "title", "eq", "x")), "version": "1", "save": mark_of(stale)})
    assert late.status_code == 412


def test_each_kind_of_field_has_its_controls(faces: Faces, cast: Cast) -> None:
    hr = faces("hr_admin")
    with cast.writing():
        department = service.create_department(cast.actor("owner"), name="Wards")["id"]
        service.put_member(cast.actor("owner"), department, cast.employee_id("agent"), {})
    form = rows(
        row(0, "within_departments", "any", department),
        row(1, "role", "in", "agent", "owner"),
        row(2, "hired_on", "absent"),
        row(3, "timezone", "nin", "Asia/Shanghai"),
        row(4, "created_at", "within_last", "30"),
    )
    tried = hr.post(NEW, {**form, "step": "search", "q-value-0": "war"})
    assert "1 person" in words(tried)
    assert "Wards" in words(tried)
    page = words(hr.follow(hr.post(NEW, {**form, "save": mark_of(tried)})))
    for sentence in (
        "Department, or one below it has one of Wards",
        "Role is one of Agent, Owner",
        "Time zone is none of Asia/Shanghai",
        "Hired on is empty",
        "Added at is within the last … days 30",
    ):
        assert sentence in page


def test_what_is_wrong_stands_at_its_row(faces: Faces) -> None:
    form = rows(
        row(0, "title", "eq", "x"), row(3, "hired_on", "lt", "soon"), row(4, "created_at", "within_last", "many")
    )
    answer = faces("hr_admin").post(NEW, {**form, "step": "try"})
    assert re.search(r'id="value-3-errors".*?Give a day', answer.text, re.DOTALL)
    assert re.search(r'id="value-4-errors".*?Give a number of days', answer.text, re.DOTALL)
    assert "value-0-errors" not in answer.text
    assert mark_of(answer) == ""


def test_a_deeper_rule_is_changed_as_text(faces: Faces, cast: Cast) -> None:
    nurse(cast)
    hr = faces("hr_admin")
    group = made(faces, cast, {"not": {"field": "title", "op": "exists", "value": False}})
    assert '<textarea class="form-control" data-source' in hr.get(f"{group}/rule").text
    assert "This is no JSON." in words(hr.post(f"{group}/rule", {"text": "{", "step": "try"}))
    text = '{"not": {"field": "title", "op": "eq", "value": "x"}}'
    save = mark_of(hr.post(f"{group}/rule", {"text": text, "version": "1", "step": "try"}))
    kept = hr.follow(hr.post(f"{group}/rule", {"text": text, "version": "1", "save": save}))
    assert '"value": "x"' in words(kept)


def test_a_broken_rule_is_said_on_both_pages(faces: Faces, cast: Cast) -> None:
    body = {"key": "ward", "label": "Ward", "type": "text", "options": [], "sensitive": False}
    with cast.writing():
        property_id = properties.create_property(cast.actor("owner"), "employee", body)["id"]
    group = made(faces, cast, {"field": "properties.ward", "op": "exists", "value": True})
    with cast.writing():
        properties.archive_property(cast.actor("owner"), "employee", property_id)
    hr = faces("hr_admin")
    assert "The rule can no longer be asked" in words(hr.get(group))
    assert "Rule is broken" in words(hr.get("/admin/groups"))


def test_rules_are_for_those_who_keep_the_directory(faces: Faces, cast: Cast) -> None:
    group = made(faces, cast, {"field": "title", "op": "exists", "value": True})
    for name in ("employee", "agent", "app_manager"):
        assert faces(name).get(NEW).status_code == 403
        assert faces(name).get(f"{group}/rule").status_code == 403
