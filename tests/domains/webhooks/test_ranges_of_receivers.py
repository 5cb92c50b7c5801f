"""What is sent, and shown beside a record, keeps to the data range of the app at that moment."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from flask import Flask

from portico.domains.contacts import service as contacts
from portico.domains.installations import measuring
from portico.domains.installations import service as installations
from portico.domains.interactions import queries as surfaces
from portico.domains.interactions import service as interactions
from portico.domains.interactions.errors import SurfaceGone
from portico.domains.webhooks.pump import Pump
from portico.kernel import last_use
from tests.support import apps, grants
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import deliveries, settle

pytestmark = pytest.mark.both_databases


def _contact(cast: Cast, owner: str) -> str:
    with cast.writing():
        values = {"display_name": f"Of {owner}", "owner_employee_id": cast.employee_id(owner)}
        return str(contacts.create_contact(cast.actor("owner"), values)["id"])


def _only(cast: Cast, name: str) -> dict[str, Any]:
    return {"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id(name)}]}


def _limit(cast: Cast, installation_id: str, name: str) -> None:
    with cast.writing():
        changes = {"data_range": _only(cast, name)}
        installations.update_installation(cast.actor("app_manager"), installation_id, changes)


def _listening(receiver: LoopbackServer, **more: Any) -> dict[str, Any]:
    return apps.manifest(
        runtime={"base_url": f"http://localhost:{receiver.port}"},
        access={"scopes": [{"name": "contacts:read", "reason": "for the test"}]},
        events={"url": "/events", "types": ["contact.*"]},
        **more,
    )


def test_deliveries_carry_only_records_within_the_range(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    apps.register(cast, _listening(receiver))
    row = apps.install(cast, data_range_=_only(cast, "agent"))
    mine = _contact(cast, "agent")
    _contact(cast, "employee")
    settle(pump)
    assert [orjson.loads(one.body)["resource"]["id"] for one in receiver.received] == [mine]
    assert sorted(one["state"] for one in deliveries(cast)) == ["filtered", "succeeded"]
    last_use.flush()
    with cast.reading():
        used = measuring.used_scopes(cast.actor("admin"), row["id"])
    assert set(used) == {"contacts:read"}, "an event that was delivered is a use"


def test_a_range_that_is_cut_holds_for_what_waits_already(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    apps.register(cast, _listening(receiver))
    row = apps.install(cast)
    _contact(cast, "agent")
    _limit(cast, row["id"], "employee")
    settle(pump)
    assert [one for one in receiver.received if orjson.loads(one.body)["type"].startswith("contact.")] == []


def test_a_panel_is_not_beside_a_record_that_its_app_does_not_see(cast: Cast) -> None:
    panel = {"key": "panel", "place": "contact.panel", "title": "Panel", "url": "/panel"}
    apps.register(cast, apps.manifest(surfaces=[panel]))
    row = apps.install(cast, data_range_=_only(cast, "agent"))
    mine, theirs = _contact(cast, "agent"), _contact(cast, "employee")
    actor = cast.actor("agent")
    with cast.writing():
        assert len(surfaces.surfaces_for(actor, "contact.panel", ("contact", mine))) == 1
        assert surfaces.surfaces_for(actor, "contact.panel", ("contact", theirs)) == []
        interactions.mint_panel_token(actor, row["id"], "panel", "contact", mine)
        with pytest.raises(SurfaceGone):
            interactions.mint_panel_token(actor, row["id"], "panel", "contact", theirs)
    _limit(cast, row["id"], "employee")
    with cast.writing(), pytest.raises(SurfaceGone):
        interactions.mint_panel_token(actor, row["id"], "panel", "contact", mine)


def test_an_app_in_the_name_of_a_person_has_the_range_of_its_installation(app: Flask, cast: Cast) -> None:
    client = grants.client(cast)
    mine, theirs = _contact(cast, "agent"), _contact(cast, "employee")
    headers = {"Authorization": f"Bearer {client.tokens().access_token}"}
    http = app.test_client()

    def seen() -> set[str]:
        return {row["id"] for row in http.get("/api/v1/contacts", headers=headers).get_json()["data"]}

    assert seen() == {mine, theirs}
    _limit(cast, client.installation["id"], "agent")
    assert seen() == {mine}
    assert http.get(f"/api/v1/contacts/{theirs}", headers=headers).status_code == 404
