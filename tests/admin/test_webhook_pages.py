"""Endpoints of the workspace and their deliveries."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from portico.domains.webhooks import service
from portico.domains.webhooks.models import Attempt, Delivery
from portico.kernel import clock
from portico.kernel.ids import new_id
from tests.support import pumping
from tests.support.faces import words

URL = "http://localhost:9/hook"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


def add(browser, **values):
    return browser.post("/admin/webhooks/new", {"url": URL, "which": "some", "types": ["ticket.*"], **values})


@pytest.fixture
def endpoint(cast):
    return pumping.endpoint(cast, URL)


def test_the_secret_is_shown_once_and_never_again(faces):
    admin = faces("admin")
    made = add(admin)
    secret = SECRET.search(made.text)[0]
    assert made.headers["Cache-Control"] == "no-store"
    page = re.search(r"/w/acme/admin/webhooks/whe_\w+", made.text)[0]
    for path in ("/admin/webhooks", page, f"{page}/edit"):
        assert secret not in admin.get(path).text
    rotated = admin.post(f"{page}/rotate")
    assert SECRET.search(rotated.text)[0] != secret
    assert not SECRET.search(admin.get(page).text)


@pytest.mark.parametrize(
    "values",
    [{"url": "not a url"}, {"url": "ftp://x.example"}, {"url": ""}, {"types": []}, {"types": ["tick et"]}],
)
def test_wrong_input_is_named_and_kept(faces, values):
    answer = add(faces("admin"), description="The warehouse", **values)
    assert answer.status_code == 422
    assert "The warehouse" in answer.text
    assert "field-errors" in answer.text or "callout-list" in answer.text


def test_types_are_ticked_where_they_were_chosen(faces):
    admin = faces("admin")
    page = re.search(r"/w/acme/admin/webhooks/whe_\w+", add(admin, types=["ticket.*", "contact.created"]).text)[0]
    form = admin.get(f"{page}/edit").text
    assert 'value="ticket.*" checked' in form
    assert 'value="contact.created" checked' in form
    values = {"url": URL, "which": "all"}
    assert "All that its owner may read" in words(admin.follow(admin.post(f"{page}/edit", values)))


def test_ping_leads_to_its_delivery_and_it_can_be_sent_again(faces, endpoint):
    admin = faces("admin")
    delivery = admin.follow(admin.post(f"/admin/webhooks/{endpoint['id']}/ping"))
    assert "endpoint.ping" in words(delivery)
    assert "Not tried yet" in words(delivery)
    again = admin.follow(admin.post(f"{delivery.request.path}/redeliver"))
    assert "It goes out once more." in words(again)


def test_what_was_answered_is_shown_as_text(faces, cast, endpoint):
    admin = faces("admin")
    delivery = admin.follow(admin.post(f"/admin/webhooks/{endpoint['id']}/ping")).request.path
    hostile = "<script>alert(1)</script>"
    with cast.writing() as work:
        work.add(
            Attempt(
                workspace_id=cast.acme,
                id=new_id("att"),
                delivery_id=delivery.rsplit("/", 1)[1],
                number=1,
                url=URL,
                started_at=clock.now(),
                duration_ms=7,
                dns_ms=1,
                connect_ms=1,
                status=502,
                error_class="server_error",
                detail="",
                request_headers={"webhook-id": "evt"},
                response_headers={"x-evil": hostile},
                response_body=hostile,
            )
        )
    page = admin.get(delivery)
    assert hostile not in page.text
    assert hostile in words(page)
    assert "Attempt 1" in words(page)


def test_deleting_ends_it_and_keeps_its_log(faces, endpoint):
    admin = faces("admin")
    delivery = admin.follow(admin.post(f"/admin/webhooks/{endpoint['id']}/ping")).request.path
    assert URL not in admin.follow(admin.post(f"/admin/webhooks/{endpoint['id']}/delete")).text
    assert admin.get(f"/admin/webhooks/{endpoint['id']}").status_code == 404
    page = words(admin.get(delivery))
    assert "Cancelled" in page
    assert "Deliver again" not in page


def test_deliveries_are_filtered_and_an_unknown_filter_is_nothing_bad(faces, endpoint):
    admin = faces("admin")
    admin.post(f"/admin/webhooks/{endpoint['id']}/ping")
    assert "endpoint.ping" in words(admin.get("/admin/webhooks/deliveries?state=waiting&type=endpoint.ping"))
    assert "No delivery is like this" in words(admin.get("/admin/webhooks/deliveries?state=failed"))
    assert admin.get("/admin/webhooks/deliveries?state=nonsense").status_code == 200
    assert admin.get("/admin/webhooks/deliveries?cursor=nonsense").status_code == 400


def test_another_workspace_sees_none_of_it(faces, endpoint):
    stranger = faces("outsider")
    assert stranger.get(f"/admin/webhooks/{endpoint['id']}").status_code == 404
    assert stranger.post(f"/admin/webhooks/{endpoint['id']}/delete").status_code == 404
    assert URL not in stranger.get("/admin/webhooks").text


def test_a_stretch_of_time_is_counted_first_then_sent_again_and_can_be_stopped(cast, faces, endpoint):
    for _ in range(3):
        pumping.happen(cast)
    admin = faces("admin")
    page = f"/admin/webhooks/{endpoint['id']}"
    counted = admin.post(f"{page}/replay", {"stretch": "hour"})
    assert "These are 3 deliveries" in words(counted)
    assert "Sent again" not in words(admin.get(page)), "counting sends nothing"
    begun = admin.follow(admin.post(f"{page}/replay", {"stretch": "hour", "start": "y"}))
    assert "It is being sent again" in words(begun)
    assert "0 of 3 arrived" in words(begun)
    stop = re.search(rf"/w/acme{page}/replays/rpl_\w+/cancel", begun.text)[0]
    assert "Cut short" in words(admin.follow(admin.post(stop)))


def test_what_never_came_through_may_be_nothing(faces, endpoint):
    counted = faces("admin").post(f"/admin/webhooks/{endpoint['id']}/replay", {"stretch": "week", "undelivered": "y"})
    assert "Nothing that this endpoint receives happened then" in words(counted)


def test_a_stretch_that_nobody_offers_is_refused(faces, endpoint):
    assert faces("admin").post(f"/admin/webhooks/{endpoint['id']}/replay", {"stretch": "year"}).status_code == 422


def test_choices_are_kept_shown_and_read_back(faces, cast):
    admin = faces("admin")
    chosen = {"payload": "thin", "v1a": "y", "filter": 'data.status = open, "1"\nchanges = assignee_id'}
    page = re.search(r"/w/acme/admin/webhooks/whe_\w+", add(admin, **chosen).text)[0]
    shown = words(admin.get(page))
    assert "A notice" in shown
    assert "whpk_" in shown
    assert "data.status = open" in shown
    form = admin.get(f"{page}/edit").text
    assert "changes = assignee_id" in form
    values = {"url": URL, "which": "some", "types": ["ticket.*"], **chosen}
    assert "Saved." in words(admin.follow(admin.post(f"{page}/edit", values)))
    assert pumping.state_of(cast, page.rpartition("/")[2]).version == 1, "nothing has changed"
    admin.post(f"{page}/key")
    assert admin.get(page).text.count("Signs along until") == 1
    wrong = admin.post(f"{page}/edit", {**values, "filter": "seq = 1"})
    assert wrong.status_code == 422
    assert "field-errors" in wrong.text


def test_deliveries_are_found_by_what_they_are_about(faces, cast, endpoint):
    with cast.writing():
        for _ in range(2):
            service.ping(cast.actor("admin"), endpoint["id"])
    one, other = pumping.deliveries(cast)
    for face, about, found in (("admin", one["event_id"], {one["id"]}), ("admin", "con_1", set())):
        text = faces(face).get(f"/admin/webhooks/deliveries?about={about}").text
        assert {each["id"] for each in (one, other) if each["id"] in text} == found


def test_what_was_left_out_says_why(faces, cast, endpoint):
    with cast.writing() as work:
        service.ping(cast.actor("admin"), endpoint["id"])
        work.execute(
            update(Delivery)
            .where(Delivery.workspace_id == cast.acme)
            .values(state="filtered", last_error="not_wanted", finished_at=clock.now())
        )
    (row,) = pumping.deliveries(cast)
    shown = words(faces("admin").get(f"/admin/webhooks/deliveries/{row['id']}"))
    assert "The filter of the endpoint does not take this event." in shown
