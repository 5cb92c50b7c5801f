"""What readers do and who sees it: counted once, of the right revision, by nobody who may not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import insert, select

from portico.domains.announcements import queries, service
from portico.domains.announcements.models import AnnouncementAck, AnnouncementRecipient
from portico.domains.announcements.service.reporting import fold
from portico.domains.notifications.models import Notification
from portico.kernel import clock
from portico.kernel.events import Event
from portico.kernel.listing import ListQuery
from portico.kernel.unit_of_work import unit
from portico.web import markdown
from tests.domains.announcements.desk import ALL, Desk, ok
from tests.support.world import World

pytestmark = pytest.mark.both_databases


def test_e_a_09_a_material_change_asks_anew_and_a_slip_of_the_pen_does_not(desk: Desk) -> None:
    made = desk.published(audience=desk.only("employee", "agent"), requires_ack=True)
    for who in ("employee", "agent"):
        ok(desk.ack(made, who))
    slip = desk.change(made, body="Second floor!")
    assert (slip["revision"], slip["material_revision"]) == (2, 1)
    assert desk.states(made, "employee", "agent") == ["acknowledged", "acknowledged"]
    desk.work()
    assert set(desk.told(made).values()) == {1}
    anew = desk.change(made, body="Third floor.", material=True, revision_note="other floor")
    assert (anew["revision"], anew["material_revision"]) == (3, 3)
    desk.work()
    assert desk.states(made, "employee", "agent") == ["read", "read"]
    assert desk.counts(made) == (2, 2, 0)
    assert desk.told(made, "announcement.changed") == {desk.person(who): 1 for who in ("employee", "agent")}
    [item] = desk.feed("employee", "?filter[pending]=true")
    assert item["changed_since_read"]
    assert ok(desk.ack(made, "employee", revision=3))["acknowledged_revision"] == 3
    assert desk.states(made, "employee", "agent") == ["acknowledged", "read"]
    assert desk.counts(made) == (2, 2, 1)
    with desk.cast.reading() as work:
        kept = select(AnnouncementAck.revision, AnnouncementAck.employee_id).where(
            AnnouncementAck.workspace_id == desk.cast.acme
        )
        found = {tuple(row) for row in work.execute(kept)}
    assert found == {(1, desk.person("employee")), (1, desk.person("agent")), (3, desk.person("employee"))}
    for refused in ({"importance": "urgent"}, {"confidentiality": "confidential"}):
        assert desk.api("announcer").patch(f"/announcements/{made['id']}", json=refused).status_code == 409


def test_e_a_10_of_an_old_revision_nothing_is_acknowledged(desk: Desk) -> None:
    made = desk.published(audience=desk.only("employee"), requires_ack=True)
    desk.change(made, body="Third floor.", material=True)
    refused = desk.ack(made, "employee", revision=1)
    assert (refused.status_code, refused.json["code"], refused.json["revision"]) == (409, "revision_outdated", 2)
    assert desk.ack(made, "employee", revision=3).status_code == 422
    desk.change(made, body="Third floor!")
    assert ok(desk.ack(made, "employee", revision=2))["acknowledged_revision"] == 2
    assert ok(desk.ack(made, "employee"))["acknowledged_revision"] == 2
    plain = desk.published(audience=desk.only("employee"))
    assert desk.ack(plain, "employee").json["code"] == "ack_not_asked"
    assert desk.ack(made, "agent").status_code == 404


def test_e_a_11_read_twice_and_from_two_devices_counts_once(desk: Desk) -> None:
    made = desk.published(audience=desk.only("employee"), requires_ack=True)
    first = ok(desk.read(made, "employee"))
    with clock.held(clock.now() + timedelta(minutes=1)):
        again = ok(desk.read(made, "employee"))
    assert again["first_read_at"] == first["first_read_at"] < again["last_read_at"]
    both = desk.published(audience=desk.only("employee"), requires_ack=True)
    actor = desk.cast.actor("employee")

    def act(number: int) -> None:
        with unit(desk.cast.acme, write=True):
            (service.read if number % 2 else service.acknowledge)(actor, both["id"])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(8)))
    assert desk.counts(both) == (1, 1, 1)
    told = sorted(one["kind"] for one in desk.events(both, "receipts"))
    assert told == ["acknowledged", "read"]


def test_e_a_11_an_acknowledgement_at_the_moment_of_a_change_is_kept_and_not_counted(desk: Desk) -> None:
    made = desk.published(audience=desk.only("employee", "agent", "developer"), requires_ack=True)
    readers = [desk.cast.actor(one) for one in ("employee", "agent", "developer")]

    def act(number: int) -> None:
        if number == 1:
            desk.change(made, body="Else", material=True)
            return
        with unit(desk.cast.acme, write=True):
            service.acknowledge(readers[number - 1 if number else 0], made["id"])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(4)))
    assert desk.counts(made)[0] == 3


def test_e_a_13_what_is_over_is_pinned_no_more(desk: Desk) -> None:
    now = clock.now()
    ends = clock.rfc3339(now + timedelta(days=1))
    made = desk.published(audience=desk.only("employee"), expires_at=ends)
    ok(desk.step(made, "pin", json={"until": clock.rfc3339(now + timedelta(days=9)), "order": 2}))
    assert desk.feed("employee", "?filter[pinned]=true")[0]["pin_order"] == 2
    with clock.held(now + timedelta(days=2)):
        assert desk.feed("employee") == []
        assert desk.feed("employee", "?filter[pinned]=true&filter[expired]=true") == []
        [over] = desk.feed("employee", "?filter[expired]=true")
        assert (over["expired"], over["pinned"]) == (True, False)
        desk.sweep()
        desk.sweep()
        found = desk.get(made["id"])
        assert (found["status"], found["pinned_until"]) == ("expired", None)
        assert ok(desk.read(made, "employee"))["state"] == "read"
        assert desk.step(made, "pin", json={"until": "2099-01-01T00:00:00Z"}).json["code"] == "invalid_transition"
        assert ok(desk.step(made, "archive"))["status"] == "archived"
        assert desk.feed("employee", "?filter[expired]=true") == []
    assert len(desk.events(made, "expired")) == 1


def held(desk: Desk, made: dict[str, Any]) -> dict[str, str]:
    """How the reminders of each person stand."""
    with desk.cast.reading() as work:
        mine = (Notification.workspace_id == desk.cast.acme, Notification.kind == "announcement.reminder")
        rows = work.execute(
            select(Notification.employee_id, Notification.state).where(*mine, Notification.resource_id == made["id"])
        )
        return {row.employee_id: row.state for row in rows}


def test_e_a_14_reminders_reach_who_has_something_to_do_and_wait_for_quiet(desk: Desk) -> None:
    now = clock.now()
    made = desk.published(
        audience=desk.only("employee", "agent", "developer", "hr_admin"),
        requires_ack=True,
        reminders={"offsets_hours": [48, 1, 24, 1]},
    )
    assert made["reminders"] == {"offsets_hours": [1, 24, 48]}
    ok(desk.ack(made, "agent"))
    ok(desk.api("developer").put("/presence/me", json={"dnd_until": clock.rfc3339(now + timedelta(hours=5))}))
    ok(desk.api("hr_admin").post(f"/employees/{desk.person('employee')}/suspend"))
    ok(desk.api("hr_admin").post(f"/employees/{desk.person('employee')}/reactivate"))
    with clock.held(now + timedelta(hours=2)):
        desk.sweep()
        desk.sweep()
        states = held(desk, made)
    assert states.keys() == {desk.person(one) for one in ("employee", "developer", "hr_admin")}
    assert states[desk.person("developer")] == "held"
    assert states[desk.person("employee")] != "held"
    counts = {one: row.reminded_count for one, row in desk.rows(made).items()}
    assert counts[desk.person("employee")], counts[desk.person("agent")] == (1, 0)
    # Nothing ran for days: of what is past, one is sent. Who has acknowledged meanwhile gets none.
    ok(desk.ack(made, "developer"))
    with clock.held(now + timedelta(days=5)):
        desk.sweep()
        desk.sweep()
    after = {one: row.reminded_count for one, row in desk.rows(made).items()}
    assert after[desk.person("employee")] == 2
    assert after[desk.person("developer")] == 1
    ok(desk.step(made, "withdraw"))
    assert desk.told(made) == {}, "what was told of it is taken back"


def test_e_a_14_by_hand_every_four_hours(desk: Desk) -> None:
    made = desk.published(audience=desk.only("employee", "agent"))
    ok(desk.read(made, "agent"))
    job = desk.step(made, "remind")
    assert (job.status_code, job.json["kind"]) == (202, "announcements.remind")
    desk.work()
    assert desk.told(made, "announcement.reminder") == {desk.person("employee"): 1}
    refused = desk.step(made, "remind")
    assert (refused.status_code, refused.json["code"]) == (409, "reminded_recently")
    assert 0 < int(refused.headers["Retry-After"]) <= 4 * 3600
    with clock.held(clock.now() + timedelta(hours=4, seconds=1)):
        ok(desk.step(made, "remind", json={"employee_ids": [desk.person("agent")]}))
        desk.work()
    assert desk.told(made, "announcement.reminder") == {desk.person("employee"): 1}
    assert len(desk.events(made, "reminded")) == 2
    assert desk.step(desk.draft(), "remind").json["code"] == "invalid_transition"


def test_e_a_16_what_is_confidential_is_kept(desk: Desk) -> None:
    world = World(desk.api)
    made = desk.published(title="Merger", audience=desk.only("employee"), confidentiality="confidential")
    assert desk.titles("employee") == ["Merger"]
    for who in ("announcer", "employee"):
        assert ok(desk.api(who).get("/announcements?q=merger"))["data"] == []
    assert desk.feed("employee", "?q=merger") == []
    narrow = desk.api("employee", "announcements:read")
    assert ok(narrow.get("/announcements/feed"))["data"] == []
    assert narrow.get(f"/announcements/{made['id']}").status_code == 404
    assert desk.api("agent").get(f"/announcements/{made['id']}").status_code == 404
    with desk.cast.reading() as work:
        mine = (Event.workspace_id == desk.cast.acme, Event.resource_id == made["id"])
        scopes = set(work.scalars(select(Event.scopes).where(*mine, Event.type == "announcement.published")))
        assert scopes == {"announcements.confidential:read announcements:read"}
        titles = set(work.scalars(select(Notification.title).where(Notification.workspace_id == desk.cast.acme)))
    assert titles == {"A confidential announcement is for you"}
    app, kept = world.powerful_app("announcements.confidential:read"), world.powerful_app()
    assert app.get(f"/announcements/{made['id']}").status_code == 404
    assert made["id"] not in app.get("/events?limit=200").text
    assert kept.get(f"/announcements/{made['id']}").status_code == 200
    assert made["id"] in kept.get("/events?limit=200").text
    shown = desk.published(title="Picnic", audience=desk.only("employee"))
    assert ok(app.get("/announcements?q=picnic"))["data"][0]["id"] == shown["id"]


def test_e_a_17_counts_alone_name_nobody(desk: Desk) -> None:
    people = desk.crowd(7)
    few = desk.published(audience=desk.only("employee", "agent"), receipts_visibility="counts_only")
    ok(desk.read(few, "employee"))
    assert few["counts"] == {"audience": 2}
    assert desk.api("announcer").get(f"/announcements/{few['id']}/receipts").json["code"] == "receipts_counts_only"
    figures = ok(desk.api("announcer").get(f"/announcements/{few['id']}/stats"))
    assert (figures.get("read"), figures["audience"], figures["departments"]) == (None, 2, [])
    assert desk.events(few, "receipts") == []
    small = ok(desk.api("hr_admin").post("/departments", json={"name": "Small"}))["id"]
    ok(desk.api("hr_admin").put(f"/departments/{small}/members/{people[0]}", json={"primary": True}))
    many = desk.published(receipts_visibility="counts_only")
    ok(desk.read(many, "employee"))
    figures = ok(desk.api("announcer").get(f"/announcements/{many['id']}/stats"))
    assert (figures["read"], figures["folded"]) == (1, True)
    assert [one["others"] for one in figures["departments"]] == [True]
    assert desk.feed("employee")[0]["author_sees_reading"] is False


def test_e_a_17_small_groups_fold_until_they_hide_each_other() -> None:
    def group(name: str, audience: int) -> dict[str, Any]:
        return {"department_id": name, "audience": audience, "read": 1, "acknowledged": 0}

    one_small = fold([group("a", 2), group("b", 30), group("c", 6)])
    assert [(one["department_id"], one["audience"]) for one in one_small] == [("b", 30), (None, 8)]
    assert fold([group("a", 5), group("b", 30)]) == [group("a", 5), group("b", 30)]
    enough = fold([group("a", 3), group("b", 2), group("c", 9)])
    assert [(one["department_id"], one["audience"]) for one in enough] == [("c", 9), (None, 5)]


def test_e_a_20_receipts_of_very_many_are_paged(desk: Desk) -> None:
    made = desk.published(audience=desk.only("employee"))
    people = desk.crowd(450)
    now = clock.now()
    common = {"workspace_id": desk.cast.acme, "announcement_id": made["id"], "state": "delivered", "run_id": "anr_x"}
    with desk.cast.writing() as work:
        rows = [{**common, "employee_id": one, "added_at": now, "listed_at": now} for one in people]
        work.execute(insert(AnnouncementRecipient), rows)
    found: list[str] = []
    cursor = ""
    for _ in range(5):
        page = ok(desk.api("announcer").get(f"/announcements/{made['id']}/receipts?limit=100{cursor}"))
        found += [row["employee_id"] for row in page["data"]]
        cursor = f"&cursor={page['page']['next_cursor']}"
    assert page["page"]["has_more"] is False
    assert found == sorted([*people, desk.person("employee")])
    first = ok(desk.api("announcer").get(f"/announcements/{made['id']}/receipts?state=unread&limit=1"))
    cursor = first["page"]["next_cursor"]
    other = desk.api("announcer").get(f"/announcements/{made['id']}/receipts?state=read&cursor={cursor}")
    assert other.json["code"] == "cursor_mismatch"
    assert desk.api("announcer").get(f"/announcements/{made['id']}/receipts?state=lost").status_code == 422


def attach(desk: Desk, name: str = "plan.txt", who: str = "announcer") -> str:
    return str(ok(desk.api(who).post("/attachments", data={"file": (BytesIO(b"second floor"), name)}))["id"])


def test_e_a_21_files_are_for_readers_while_it_is_out(desk: Desk) -> None:
    given, shown, foreign = attach(desk), attach(desk, "kept.txt"), attach(desk, who="employee")
    wanted = [{"id": given}, {"id": shown, "downloadable": False}]
    refused = desk.api("announcer").post(
        "/announcements", json={"title": "x", "body": "y", "attachments": [{"id": foreign}]}
    )
    assert refused.json["errors"][0]["pointer"] == "/attachments/0"
    made = desk.draft(attachments=wanted, audience=desk.only("employee"))
    get = lambda who, one: desk.api(who).get(f"/attachments/{one}/content")  # noqa: E731
    assert get("employee", given).status_code == 404
    desk.publish(made)
    files = {one["id"]: one["downloadable"] for one in desk.get(made["id"], "employee")["attachments"]}
    assert files == {given: True, shown: False}
    assert get("employee", given).data == b"second floor"
    assert (get("employee", shown).status_code, get("employee", shown).json["code"]) == (403, "download_withheld")
    assert get("announcer", shown).status_code == 200
    for stranger in ("agent", "outsider"):
        assert get(stranger, given).status_code == 404
    desk.change(made, attachments=[{"id": shown}])
    assert get("employee", shown).status_code == 200
    assert get("announcer", given).status_code == 404
    ok(desk.step(made, "withdraw"))
    assert get("employee", shown).status_code == 404
    assert get("announcer", shown).status_code == 200


def test_e_a_23_markup_is_neutralised(desk: Desk) -> None:
    body = "Hi <script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)> **bold**"
    made = desk.published(body=body, title="<b>Bold</b>")
    shown = desk.get(made["id"], "employee")
    assert (shown["body"], shown["title"]) == (body, "<b>Bold</b>")
    html = str(markdown.render(shown["body"]))
    assert "<strong>bold</strong>" in html
    for harm in ("<script", "<img", 'href="javascript'):
        assert harm not in html
    too_long = desk.api("announcer").post("/announcements", json={"title": "x", "body": "界" * 40_000})
    assert too_long.json["errors"][0]["pointer"] == "/body"


def test_leads_see_their_own_people_where_managers_may(desk: Desk) -> None:
    place = ok(desk.api("hr_admin").post("/departments", json={"name": "Support"}))["id"]
    for who, lead in (("agent", True), ("employee", False)):
        ok(desk.api("hr_admin").put(f"/departments/{place}/members/{desk.person(who)}", json={"lead": lead}))
    closed, opened = desk.published(), desk.published(receipts_visibility="author_and_managers")
    assert desk.api("agent").get(f"/announcements/{closed['id']}/receipts").status_code == 403
    assert desk.receipts(opened, by="agent").keys() == {desk.person("agent"), desk.person("employee")}
    assert desk.api("employee").get(f"/announcements/{opened['id']}/receipts").status_code == 403
    assert desk.receipts(opened, f"&department={place}").keys() == {desk.person("agent"), desk.person("employee")}


def test_a_reader_has_it_in_their_language_where_it_is_there(desk: Desk) -> None:
    variants = [{"language": "zh-CN", "title": "食堂搬家", "body": "二楼。"}]
    made = desk.published(language="en", variants=variants, audience=ALL)
    assert made["languages"] == ["zh-CN"]
    for locale, title in (("zh_Hans_CN", "食堂搬家"), ("fr", made["title"]), (None, made["title"])):
        with desk.cast.reading():
            reader = replace(desk.cast.actor("employee"), locale=locale)
            assert [one["title"] for one in queries.page_of_feed(reader, ListQuery()).rows] == [title]
    assert {one["language"] for one in desk.get(made["id"], "employee")["variants"]} == {"zh-CN"}
    assert [one["id"] for one in ok(desk.api("announcer").get("/announcements?q=食堂"))["data"]] == [made["id"]]
    wrong = desk.api("announcer").post(
        "/announcements", json={"title": "x", "body": "y", "language": "zh-CN", "variants": variants}
    )
    assert wrong.json["errors"][0]["pointer"] == "/variants"
