"""Groups of whoever a rule matches: computed when they are asked, everywhere where groups are asked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from portico.domains.directory import audiences, groups, service
from portico.domains.identity import service as identity
from portico.domains.installations import queries as installations
from portico.domains.installations import service as installing
from portico.domains.interactions import queries as interactions
from portico.domains.properties import service as properties
from portico.kernel import clock
from portico.kernel.data_range import Receiver, parse, within
from tests.support import apps, grants
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.statements import watched

pytestmark = pytest.mark.both_databases
NURSES = {"field": "title", "op": "contains", "value": "nurse"}


def titled(cast: Cast, name: str, title: str | None) -> str:
    one = cast.employee_id(name)
    with cast.writing():
        service.update_employee(cast.actor("hr_admin"), one, {"title": title})
    return one


def dynamic(cast: Cast, name: str = "Nurses", rule: Any = None) -> str:
    with cast.writing():
        made = service.create_group(cast.actor("owner"), name=name, kind="dynamic", rule=rule or NURSES)
    return str(made["id"])


def of(api: Api, group: str) -> list[str]:
    return sorted(row["id"] for row in api("hr_admin").get(f"/groups/{group}/members").json["data"])


def test_its_people_are_those_whom_the_rule_matches_now(api: Api, cast: Cast) -> None:
    hr, agent = api("hr_admin"), titled(cast, "agent", "Night Nurse")
    made = hr.post("/groups", json={"name": "Nurses", "kind": "dynamic", "rule": NURSES})
    assert (made.status_code, made.json["kind"], made.json["rule"]) == (201, "dynamic", NURSES)
    assert made.json["rule_errors"] == []
    group = made.json["id"]
    assert of(api, group) == [agent]
    employee = titled(cast, "employee", "ＮＵＲＳＥ")
    assert of(api, group) == sorted([agent, employee])
    with cast.reading():
        actor = cast.actor("owner")
        assert groups.sizes_of(actor, [group]) == {group: 2}
        assert groups.names_of_member(actor, agent) == ["Nurses"]
    titled(cast, "agent", None)
    with cast.writing():
        service.depart(cast.actor("owner"), employee)
    assert of(api, group) == []
    assert [row["id"] for row in hr.get("/groups?filter[kind]=dynamic").json["data"]] == [group]


def test_nobody_is_put_in_or_taken_out_by_hand(api: Api, cast: Cast) -> None:
    group = dynamic(cast)
    for change in ({"add": [cast.employee_id("agent")]}, {"remove": [cast.employee_id("agent")]}, {}):
        answer = api("hr_admin").patch(f"/groups/{group}/members", json=change)
        assert (answer.status_code, answer.json["code"]) == (409, "group_is_dynamic")
    agent = titled(cast, "agent", "Nurse")
    with cast.writing():
        service.depart(cast.actor("owner"), agent)
    assert of(api, group) == []


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"kind": "dynamic"}, "/rule", "required"),
        ({"kind": "dynamic", "rule": None}, "/rule", "required"),
        ({"kind": "static", "rule": NURSES}, "/rule", "static"),
        ({"rule": NURSES}, "/rule", "static"),
        ({"kind": "dynamic", "rule": {"all": []}}, "/rule/all", "invalid"),
        ({"kind": "dynamic", "rule": {"not": {**NURSES, "field": "rank"}}}, "/rule/not/field", "unknown"),
        ({"kind": "other"}, "/kind", "invalid"),
    ],
)
def test_wrong_rules(api: Api, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = api("hr_admin").post("/groups", json={"name": "X", **body})
    assert (answer.status_code, [(e["pointer"], e["code"]) for e in answer.json["errors"]]) == (422, [(pointer, code)])


def test_a_rule_names_no_group_that_has_a_rule(api: Api, cast: Cast) -> None:
    rule = {"field": "groups", "op": "any", "value": [dynamic(cast)]}
    answer = api("hr_admin").post("/groups", json={"name": "X", "kind": "dynamic", "rule": rule})
    assert [error["pointer"] for error in answer.json["errors"]] == ["/rule/value/0"]


def test_a_rule_is_changed_by_who_has_read_it(api: Api, cast: Cast) -> None:
    hr, group, agent = api("hr_admin"), dynamic(cast), titled(cast, "agent", "Doctor")
    path, rule = f"/groups/{group}/rule", {"field": "title", "op": "eq", "value": "doctor"}
    assert hr.put(path, json={"rule": rule}).status_code == 428
    assert hr.put(path, json={"rule": rule}, headers={"If-Match": '"7"'}).status_code == 412
    changed = hr.put(path, json={"rule": rule}, headers={"If-Match": '"1"'})
    assert (changed.json["rule"], changed.json["version"]) == (rule, 2)
    assert of(api, group) == [agent]
    same = hr.put(path, json={"rule": rule}, headers={"If-Match": '"2"'})
    assert same.json["version"] == 2
    renamed = hr.patch(f"/groups/{group}", json={"name": "Doctors"})
    assert (renamed.json["name"], renamed.json["rule"]) == ("Doctors", rule)
    told = [event for event in api("owner").get("/events?limit=200").json["data"] if event["type"] == "group.updated"]
    assert [event["changes"] for event in told] == [["rule"], ["name"]]
    static = hr.post("/groups", json={"name": "Static"}).json
    refused = hr.put(f"/groups/{static['id']}/rule", json={"rule": rule}, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json["code"]) == (409, "group_is_static")


def test_a_rule_is_tried_before_it_is_kept(api: Api, cast: Cast) -> None:
    agent = titled(cast, "agent", "Nurse")
    answer = api("employee").post("/groups/preview", json={"rule": NURSES})
    assert answer.json == {"count": 1, "sample": [{"id": agent, "display_name": "Agent"}]}
    everybody = {"field": "status", "op": "ne", "value": "departed"}
    assert api("employee").post("/groups/preview", json={"rule": everybody}).json["count"] == 9
    wrong = api("employee").post("/groups/preview", json={"rule": {**NURSES, "op": "gt"}})
    assert wrong.json["errors"][0]["code"] == "operator"
    names = {row["name"]: row for row in api("employee").get("/employees/fields").json["data"]}
    assert names["title"]["operators"] == ["eq", "ne", "in", "nin", "starts", "contains", "exists"]
    assert (names["hired_on"]["scope"], names["departments"]["many"]) == ("directory.sensitive:read", True)
    assert names["status"]["choices"]["active"] == "Active"


def test_what_one_may_not_see_one_may_not_ask_and_does_not_read(api: Api, cast: Cast) -> None:
    hired = {"field": "hired_on", "op": "within_last", "value": 90}
    refused = api("employee").post("/groups/preview", json={"rule": hired})
    assert [(error["pointer"], error["code"]) for error in refused.json["errors"]] == [("/rule/field", "scope")]
    group = dynamic(cast, "New", hired)
    assert api("hr_admin").get(f"/groups/{group}").json["rule"] == hired
    shown = api("employee").get(f"/groups/{group}").json
    assert ("rule" not in shown, shown["_redacted"]) == (True, ["rule"])
    event = next(one for one in api("owner").get("/events?limit=200").json["data"] if one["type"] == "group.created")
    assert "rule" not in event["data"]


def define(cast: Cast) -> str:
    body = {"key": "ward", "label": "Ward", "type": "text", "options": [], "sensitive": False}
    with cast.writing():
        return str(properties.create_property(cast.actor("owner"), "employee", body)["id"])


def archive(cast: Cast, property_id: str) -> None:
    with cast.writing():
        properties.archive_property(cast.actor("owner"), "employee", property_id)


def test_a_rule_that_has_become_invalid_matches_nobody_and_says_so(api: Api, cast: Cast) -> None:
    ward = define(cast)
    group = dynamic(cast, rule={"field": "properties.ward", "op": "ne", "value": "7"})
    assert len(of(api, group)) == 9
    archive(cast, ward)
    assert of(api, group) == []
    shown = api("hr_admin").get(f"/groups/{group}").json
    assert [(error["pointer"], error["code"]) for error in shown["rule_errors"]] == [("/rule/field", "unknown")]
    with cast.reading():
        assert groups.sizes_of(cast.actor("owner"), [group]) == {group: 0}
        assert groups.ids_of_member(cast.actor("owner"), cast.employee_id("agent")) == []
        by_group = {"include": [{"kind": "group", "id": group}], "exclude": []}
        assert audiences.count(cast.acme, by_group) == 0
        without = {"include": [{"kind": "all"}], "exclude": by_group["include"]}
        assert audiences.count(cast.acme, without) == 0, "nobody knows whom it would leave out"
    with cast.writing():
        properties.restore_property(cast.actor("owner"), "employee", ward)
    assert len(of(api, group)) == 9


def test_audiences_take_groups_of_both_kinds(cast: Cast) -> None:
    agent, group = titled(cast, "agent", "Nurse"), dynamic(cast)
    with cast.writing():
        static = service.create_group(cast.actor("owner"), name="Static")["id"]
        service.change_members(cast.actor("owner"), static, add=[cast.employee_id("employee")])
    rules = [{"kind": "group", "id": one} for one in (group, static)]
    with cast.reading():
        assert audiences.count(cast.acme, {"include": rules, "exclude": []}) == 2
        assert audiences.includes(cast.acme, {"include": rules[:1], "exclude": []}, agent)
        assert not audiences.includes(cast.acme, {"include": rules, "exclude": rules[:1]}, agent)


def test_an_app_is_for_whom_the_rule_matches_now(cast: Cast) -> None:
    group = dynamic(cast)
    apps.register(cast)
    rule = {"kind": "group", "id": group}
    row = apps.install(cast, availability_={"kind": "only", "include": [rule]})

    def sees(who: str) -> bool:
        with cast.reading():
            available = installations.is_available(cast.actor(who), row["id"])
            surfaces = interactions.surfaces_for(cast.actor(who), "portal.page")
            named = installations.rules_concerning(cast.actor("owner"), row, cast.employee_id(who))["include"]
        assert available == bool(surfaces) == bool(named)
        return available

    assert not sees("agent")
    titled(cast, "agent", "Nurse")
    assert sees("agent")
    assert not sees("employee")
    titled(cast, "agent", "Doctor")
    assert not sees("agent")


def test_an_app_is_kept_from_those_who_may_be_in_an_excluded_group(cast: Cast) -> None:
    ward = define(cast)
    group = dynamic(cast, rule={"field": "properties.ward", "op": "eq", "value": "7"})
    apps.register(cast)
    row = apps.install(cast, availability_={"kind": "everyone", "exclude": [{"kind": "group", "id": group}]})

    def available() -> bool:
        with cast.reading():
            return installations.is_available(cast.actor("agent"), row["id"])

    assert available()
    archive(cast, ward)
    assert not available()


def test_an_app_sees_the_records_of_whom_the_rule_matches(cast: Cast) -> None:
    agent, group = titled(cast, "agent", "Nurse"), dynamic(cast)
    reader = Receiver(
        cast.acme, parse({"kind": "only", "include": [{"kind": "group", "id": group}], "unassigned": False})
    )
    asked = [("employee", agent), ("employee", cast.employee_id("employee"))]
    with cast.reading():
        assert within(reader, asked) == {("employee", agent)}
    titled(cast, "agent", "Doctor")
    with cast.reading():
        assert within(reader, asked) == set()


def test_an_app_in_somebodys_name_lives_while_the_rule_matches_them(api: Api, cast: Cast) -> None:
    client = grants.client(cast)
    group = dynamic(cast)
    titled(cast, "agent", "Nurse")
    only = {"availability": {"kind": "only", "include": [{"kind": "group", "id": group}]}}
    with cast.writing():
        installing.update_installation(cast.actor("admin"), client.installation["id"], only)
    token = client.tokens().access_token
    assert api.bearer(token).get("/me").status_code == 200
    titled(cast, "agent", "Doctor")
    assert api.bearer(token).get("/me").json["code"] == "token_revoked"
    titled(cast, "agent", "Nurse")
    assert api.bearer(token).get("/me").status_code == 200, "nothing ended: the rule matches them again"


def test_however_many_groups_one_person_is_asked_once(cast: Cast) -> None:
    titled(cast, "agent", "Nurse")
    with cast.writing():
        department = service.create_department(cast.actor("owner"), name="Ward")["id"]
    there = {"field": "departments", "op": "any", "value": [department]}
    made = {dynamic(cast, f"G{n}", {"any": [NURSES, there]}) for n in range(6)}
    with cast.reading():
        with watched() as seen:
            assert set(groups.ids_of_member(cast.actor("owner"), cast.employee_id("agent"))) == made
        asked = [one for one in seen if not one.only_opens]
        assert len(asked) == 6, "their names, the rules, the properties, the department, the zone, and the person"
        with watched() as seen:
            assert groups.sizes_of(cast.actor("owner"), made) == dict.fromkeys(made, 1)
        assert len(seen) == 5, "the rules, the properties, the department, the zone, and the people"


def test_a_workspace_has_room_for_a_hundred(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portico.domains.directory.service.groups.MOST_DYNAMIC", 1)
    dynamic(cast)
    with pytest.raises(Exception, match="at most 100"):
        dynamic(cast, "Another")


def test_today_is_the_day_of_the_workspaces_zone(api: Api, cast: Cast) -> None:
    """In Shanghai it is the 28th from 16:00 UTC on the 27th."""
    group = dynamic(cast, "Begin today", {"field": "hired_on", "op": "eq", "value": "today"})
    agent = cast.employee_id("agent")
    with cast.writing():
        service.update_employee(cast.actor("hr_admin"), agent, {"hired_on": date(2026, 11, 28)})
        identity.rename_workspace(cast.actor("owner"), name="Acme", timezone="Asia/Shanghai")
    for moment, inside in (
        ("2026-11-27T15:59:59.999Z", False),
        ("2026-11-27T16:00:00Z", True),
        ("2026-11-28T15:59:59.999Z", True),
        ("2026-11-28T16:00:00Z", False),
    ):
        with clock.held(datetime.fromisoformat(moment)), cast.reading():
            assert groups.ids_of_member(cast.actor("owner"), agent) == ([group] if inside else [])


def test_each_change_of_a_group_is_told_and_matching_is_not(api: Api, cast: Cast) -> None:
    hr, agent = api("hr_admin"), cast.employee_id("agent")
    static = hr.post("/groups", json={"name": "Static"}).json["id"]
    hr.patch(f"/groups/{static}/members", json={"add": [agent]})
    hr.patch(f"/groups/{static}/members", json={"add": [agent]})
    group = dynamic(cast)
    titled(cast, "agent", "Nurse")
    with cast.writing():
        service.depart(cast.actor("owner"), agent)
    for one in (static, group):
        assert hr.delete(f"/groups/{one}").status_code == 204
    events = api("owner").get("/events?limit=200&types=group.*").json["data"]
    assert [(event["type"], event["resource"]["id"]) for event in events] == [
        ("group.created", static),
        ("group.members_changed", static),
        ("group.created", group),
        ("group.members_changed", static),
        ("group.deleted", static),
        ("group.deleted", group),
    ]
    assert events[2]["data"]["rule"] == NURSES


def test_who_reports_to_somebody_who_left_is_still_told_apart(api: Api, cast: Cast) -> None:
    """A manager is one by the row that names them; that they left does not break the rule."""
    boss, agent = cast.employee_id("support_admin"), cast.employee_id("agent")
    group = dynamic(cast, "Team", {"field": "manager", "op": "eq", "value": boss})
    with cast.writing():
        service.update_employee(cast.actor("hr_admin"), agent, {"manager_id": boss})
        service.depart(cast.actor("owner"), boss)
    assert of(api, group) == [agent]
    assert api("hr_admin").get(f"/groups/{group}").json["rule_errors"] == []
