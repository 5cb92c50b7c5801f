"""Which surfaces a person sees, at which address, and who is handed a session token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portico.domains.catalogue import service as catalogue
from portico.domains.installations import service as installations
from portico.domains.interactions import queries, service
from portico.domains.interactions.errors import SurfaceGone
from portico.domains.oauth.service import verify_session_token
from portico.kernel.errors import Forbidden, Invalid
from portico.kernel.slots import SLOTS, Slot
from portico_sdk import _registry
from tests.support.apps import deploy, install, manifest, register
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
PLACE = "portal.page"


def shown(cast: Cast, who: str, place: str = PLACE) -> list[str]:
    with cast.reading(cast.workspace_of(who)):
        return [f"{each.app_key}/{each.key}" for each in queries.surfaces_for(cast.actor(who), place)]


def only(cast: Cast, who: str) -> dict[str, Any]:
    return {"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id(who)}]}


def test_a_surface_is_seen_by_whom_the_app_is_for(cast: Cast) -> None:
    register(cast)
    install(cast, availability_=only(cast, "agent"))
    assert shown(cast, "agent") == ["helper/home"]
    assert shown(cast, "employee") == []
    assert shown(cast, "outsider") == []
    assert shown(cast, "agent", "ticket.panel") == []


def test_suspended_and_uninstalled_apps_are_gone(cast: Cast) -> None:
    register(cast)
    row = install(cast)
    admin = cast.actor("admin")
    with cast.writing():
        installations.suspend(admin, row["id"])
    assert shown(cast, "agent") == []
    with cast.writing():
        installations.resume(admin, row["id"])
    assert shown(cast, "agent") == ["helper/home"]
    with cast.writing():
        installations.uninstall(admin, row["id"])
    assert shown(cast, "agent") == []


def test_the_released_manifest_decides(cast: Cast) -> None:
    app = register(cast)
    install(cast)
    moved = manifest(surfaces=[{"key": "other", "place": PLACE, "title": "Other", "url": "/other"}])
    deploy(cast, app["id"], moved)
    assert shown(cast, "agent") == ["helper/other"]


def test_address_origin_and_language(cast: Cast) -> None:
    app = register(cast)
    install(cast)
    with cast.writing():
        catalogue.override_base_url(cast.actor("developer"), app["id"], "http://localhost:9777")
        chinese = replace(cast.actor("agent"), locale="zh-CN")
        (surface,) = queries.surfaces_for(chinese, PLACE)
    assert (surface.url, surface.origin) == ("http://localhost:9777/home", "http://localhost:9777")
    assert (surface.app_name, surface.title) == ("助手", "Home")


def test_a_token_for_whom_the_surface_is_shown(cast: Cast) -> None:
    app = register(cast)
    row = install(cast, availability_=only(cast, "agent"))
    with cast.writing():
        token = service.mint_panel_token(cast.actor("agent"), row["id"], "home", session_id="ses_1")
        claims = verify_session_token(token.value, app["client_id"])
    assert claims["sub"] == cast.employee_id("agent")
    assert (claims["surface"], claims["object"], claims["sid"]) == ("home", None, "ses_1")
    assert claims["installation_id"] == row["id"]


def test_no_token_for_anyone_else(cast: Cast) -> None:
    register(cast)
    row = install(cast, availability_=only(cast, "agent"))

    def mint(who: str, surface: str = "home") -> None:
        with cast.writing(cast.workspace_of(who)):
            service.mint_panel_token(cast.actor(who), row["id"], surface)

    for who in ("employee", "admin", "outsider"):
        with pytest.raises(SurfaceGone):
            mint(who)
    with pytest.raises(SurfaceGone):
        mint("agent", "nothing")
    with cast.writing(), pytest.raises(Forbidden):
        service.mint_panel_token(cast.system(), row["id"], "home")
    with cast.writing():
        installations.suspend(cast.actor("admin"), row["id"])
    with pytest.raises(SurfaceGone):
        mint("agent")


def test_the_object_must_belong_to_the_place(cast: Cast) -> None:
    register(cast)
    row = install(cast)
    with cast.writing():
        for object_type, object_id in (("ticket", "tkt_1"), (None, "tkt_1"), ("ticket", None)):
            with pytest.raises(Invalid):
                service.mint_panel_token(cast.actor("agent"), row["id"], "home", object_type, object_id)


def panel_slots() -> list[Slot]:
    return [slot for slot in SLOTS if slot.object_type is not None]


def test_a_panel_stands_beside_its_object(cast: Cast) -> None:
    for slot in panel_slots():
        key = slot.place.replace(".", "_")
        panel = {"key": "panel", "place": slot.place, "title": "Panel", "url": "/panel"}
        app = register(cast, manifest(key, surfaces=[panel]))
        row = install(cast, key)
        object_id = f"{slot.object_type}_1"
        with cast.writing():
            token = service.mint_panel_token(cast.actor("agent"), row["id"], "panel", slot.object_type, object_id)
            claims = verify_session_token(token.value, app["client_id"])
        assert claims["object"] == {"type": slot.object_type, "id": object_id}


def test_the_sdk_knows_the_same_places(cast: Cast) -> None:
    assert tuple(slot.place for slot in SLOTS) == _registry.PLACES
