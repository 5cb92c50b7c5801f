"""Nobody gets more power by a detour: people over other people, and endpoints, deliveries and events over scopes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue import service as apps_of_developers
from portico.domains.catalogue.models import AppVersion
from portico.domains.contacts.events import CONTACT_CREATED
from portico.domains.identity import service as identity
from portico.domains.webhooks.models import Delivery, WebhookEndpoint
from portico.domains.webhooks.pump.fan_out import FanOut
from portico.kernel import clock
from portico.settings import Settings, configure
from tests.support import apps
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.pumping import column, endpoint, happen

pytestmark = pytest.mark.both_databases
URL = "http://127.0.0.1:9999/hook"
ELSEWHERE = "http://127.0.0.1:9998/mine"


def _app_that_asks(api: Api, cast: Cast, *scopes: str) -> tuple[Any, dict[str, Any]]:
    app = apps.register(cast, apps.asking(*scopes))
    installation = apps.install(cast)
    return api.bearer(apps.mint(app, installation)), installation


@pytest.mark.parametrize("step", ["suspend", "depart"])
def test_keeping_the_directory_is_not_ruling_the_workspace(api: Api, cast: Cast, step: str) -> None:
    with cast.writing():
        identity.change_role(cast.system(), cast.actor("agent").membership_id or "", "owner")
    for name in ("owner", "admin"):
        assert api("hr_admin").post(f"/employees/{cast.employee_id(name)}/{step}").status_code == 403
        assert api(name).get("/me").status_code == 200
    assert api("admin").post(f"/employees/{cast.employee_id('owner')}/{step}").status_code == 403
    assert api("hr_admin").post(f"/employees/{cast.employee_id('employee')}/{step}").status_code == 200
    assert api("owner").post(f"/employees/{cast.employee_id('admin')}/{step}").status_code == 200
    back = {"suspend": "reactivate", "depart": "rehire"}[step]
    assert api("hr_admin").post(f"/employees/{cast.employee_id('admin')}/{back}").status_code == 403
    assert api("admin").get("/me").status_code == 401


def test_an_app_that_keeps_the_directory_puts_no_admin_out(api: Api, cast: Cast) -> None:
    app, _ = _app_that_asks(api, cast, "directory:read", "directory:write")
    assert app.post(f"/employees/{cast.employee_id('admin')}/suspend").status_code == 403
    assert app.post(f"/employees/{cast.employee_id('employee')}/suspend").status_code == 200


def test_who_points_an_endpoint_elsewhere_brings_their_own_power(api: Api, cast: Cast) -> None:
    named, whatever = (f"/webhook-endpoints/{endpoint(cast, URL, pattern)['id']}" for pattern in ("contact.*", "*"))
    manager = api("app_manager")
    assert manager.patch(named, json={"url": ELSEWHERE}).status_code == 403
    assert manager.get(named).json["url"] == URL
    assert manager.patch(whatever, json={"url": ELSEWHERE}).status_code == 200
    of_admin, of_manager = column(cast, WebhookEndpoint, "scopes")
    assert "contacts:read" in of_admin
    assert "contacts:read" not in of_manager


def test_only_the_app_says_where_its_endpoint_points(api: Api, cast: Cast) -> None:
    scopes = ("contacts:read", "webhooks:read", "webhooks:write")
    app, _ = _app_that_asks(api, cast, *scopes)
    made = app.post("/webhook-endpoints", json={"url": URL, "types": ["contact.*"]})
    path = f"/webhook-endpoints/{made.json['id']}"
    assert api("app_manager").patch(path, json={"url": ELSEWHERE}).status_code == 403
    assert app.patch(path, json={"url": ELSEWHERE}).status_code == 200


def test_apps_do_not_hear_of_the_workspaces_own_endpoints(api: Api, cast: Cast) -> None:
    app, _ = _app_that_asks(api, cast, "webhooks:read", "webhooks:write")
    own = app.post("/webhook-endpoints", json={"url": ELSEWHERE, "types": ["webhook_endpoint.*"]}).json["id"]
    foreign = endpoint(cast, f"{URL}?key=of-the-workspace")["id"]
    assert api("admin").post(f"/webhook-endpoints/{foreign}/ping").status_code == 202
    heard = app.get("/events?types=webhook_endpoint.*,endpoint.*").json["data"]
    assert [event["data"]["id"] for event in heard] == [own]
    told = api("app_manager").get("/events?types=webhook_endpoint.*,endpoint.*").json["data"]
    assert foreign in [event["data"]["id"] for event in told]


def _delivered(cast: Cast, **values: Any) -> str:
    happen(cast, CONTACT_CREATED, **values)
    while FanOut().step():
        pass
    with cast.reading() as work:
        found = work.query(Delivery.id).filter_by(workspace_id=cast.acme, type="contact.created").all()
    return str(found[-1].id)


def test_the_log_shows_nobody_more_of_an_event_than_they_may_read(api: Api, cast: Cast) -> None:
    endpoint(cast, URL, "contact.*")
    path = f"/deliveries/{_delivered(cast)}"
    assert api("admin").get(path).json["event"]["data"]["display_name"] == "Zoë"
    shown = api("app_manager").get(path)
    assert (shown.status_code, shown.json["event"]) == (200, None)
    assert api("admin", "webhooks:read").get(path).json["event"] is None


def test_a_developer_sees_what_their_own_app_received(api: Api, cast: Cast) -> None:
    apps.register(cast, apps.manifest(access=apps.asking("contacts:read")["access"], events=EVENTS))
    apps.install(cast)
    path = f"/deliveries/{_delivered(cast)}"
    assert api("developer").get(path).json["event"]["data"]["display_name"] == "Zoë"
    assert api("app_manager").get(path).json["event"] is None


EVENTS = {"url": "/events", "types": ["contact.*"]}


def test_writing_is_not_reading_the_conversation(api: Api, cast: Cast) -> None:
    app, _ = _app_that_asks(api, cast, "tickets.internal:write")
    requester = {"employee_id": cast.employee_id("employee")}
    body = {"subject": "Help", "requester": requester, "comment": {"body": "My secret"}}
    ticket_id = api("employee").post("/tickets", json=body).json["id"]
    note = {"body": "Hm", "visibility": "internal", "expected_last_comment_id": None}
    refused = app.post(f"/tickets/{ticket_id}/comments", json=note)
    assert (refused.status_code, refused.json["comments"]) == (409, [])
    assert api("agent").post(f"/tickets/{ticket_id}/comments", json=note).json["comments"][0]["body"] == "My secret"


def test_a_version_of_nothing_is_stale(api: Api, cast: Cast) -> None:
    apps.register(cast)
    installation = apps.install(cast)
    answer = api("app_manager").patch(
        f"/installations/{installation['id']}", json={"granted_scopes": []}, headers={"If-Match": '"0"'}
    )
    assert answer.status_code == 412


def test_going_private_is_no_way_past_the_review(cast: Cast, settings: Settings) -> None:
    app = apps.register(cast)
    configure(replace(settings, review="robot+person"))
    with cast.writing() as work:
        work.execute(update(AppVersion).where(AppVersion.app_id == app["id"]).values(reviewed_at=clock.now()))
        apps_of_developers.update_app(cast.actor("developer"), app["id"], visibility="public")
    apps.install(cast, by="outsider")
    with cast.writing():
        apps_of_developers.update_app(cast.actor("developer"), app["id"], visibility="private")
    assert apps.deploy(cast, app["id"], apps.asking("directory:read", "contacts:read")).status == "draft"
    with cast.reading():
        released = catalogue.released(app["id"])
    assert released is not None
    assert released.number == 1
