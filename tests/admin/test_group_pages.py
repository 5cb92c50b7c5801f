"""Groups on pages: making, renaming, people in and out, who uses one, and deleting."""

from __future__ import annotations

from tests.support import apps
from tests.support.cast import Cast
from tests.support.faces import Faces, words


def _made(faces: Faces) -> str:
    answer = faces("hr_admin").post("/admin/groups/new", {"name": "First aiders", "description": "They help"})
    assert answer.status_code == 303
    return str(answer.headers["Location"]).split("/w/acme")[1]


def test_a_group_is_made_renamed_and_deleted(faces: Faces) -> None:
    hr = faces("hr_admin")
    assert "No groups yet" in words(hr.get("/admin/groups"))
    assert hr.post("/admin/groups/new", {"name": ""}).status_code == 422
    group = _made(faces)
    taken = hr.post("/admin/groups/new", {"name": "first aiders"})
    assert "A group of this name exists already." in words(taken)
    hr.post(group, {"name": "Fire wardens", "description": ""})
    assert "Fire wardens" in words(hr.get("/admin/groups"))
    assert "Fire wardens" in words(hr.get("/admin/groups?q=fire"))
    assert "No group is called so" in words(hr.get("/admin/groups?q=water"))
    assert "Deleted." in words(hr.follow(hr.post(f"{group}/delete")))
    assert hr.get(group).status_code == 404


def test_people_come_and_go(faces: Faces, cast: Cast) -> None:
    hr, group, person = faces("hr_admin"), _made(faces), cast.employee_id("agent")
    assert "Nobody is in this group" in words(hr.get(group))
    found = hr.post(f"{group}/add", {"step": "search", "q": "agen"})
    assert person in found.text
    assert "Agent" in words(hr.follow(hr.post(f"{group}/add", {"include": [person]})))
    assert "First aiders They help 1" in words(hr.get("/admin/groups"))
    assert "Nobody is in this group" in words(hr.follow(hr.post(f"{group}/remove", {"employee_id": person})))


def test_a_group_names_the_apps_that_use_it(faces: Faces, cast: Cast) -> None:
    hr, group = faces("hr_admin"), _made(faces)
    rule = {"kind": "group", "id": group.rsplit("/", 1)[1]}
    assert "No app" in words(hr.get(group))
    for key, options in (
        ("people", {"availability_": {"kind": "only", "include": [rule]}}),
        ("barred", {"availability_": {"kind": "everyone", "exclude": [rule]}}),
        ("records", {"data_range_": {"kind": "only", "include": [rule]}}),
        ("nobody", {}),
    ):
        apps.register(cast, {**apps.manifest(key), "app": {**apps.manifest(key)["app"], "name": key.title()}})
        apps.install(cast, key, **options)
    said = words(hr.get(group))
    assert all(name in said for name in ("People", "Barred", "Records"))
    assert "Nobody" not in said.replace("Nobody is in this group", "")


def test_groups_are_for_those_who_keep_the_directory(faces: Faces) -> None:
    group = _made(faces)
    for name in ("employee", "agent", "app_manager"):
        assert faces(name).get("/admin/groups").status_code == 403
        assert faces(name).post(f"{group}/delete").status_code == 403
