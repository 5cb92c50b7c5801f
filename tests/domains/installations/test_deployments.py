"""What a deployment changes: the plan before it, and the news after it in every workspace."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portico.domains.catalogue import service as catalogue
from portico.domains.installations import service
from portico.kernel import jobs
from portico.kernel.errors import Invalid, NotFound
from portico.kernel.events import Event
from portico.kernel.unit_of_work import system_unit
from tests.support.apps import asking, deploy, install, manifest, register
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def test_the_plan_names_what_changes_and_who_waits(cast: Cast) -> None:
    app = register(cast, asking("directory:read"))
    with cast.writing():
        catalogue.update_app(cast.actor("developer"), app["id"], visibility="public")
    here = install(cast)
    there = install(cast, by="outsider")
    wanted = asking("directory:read", "catalogue:read")
    wanted["surfaces"].append({"key": "more", "place": "portal.page", "title": "More", "url": "/more"})
    wanted["access"]["egress"] = [{"host": "new.example", "purpose": "to tell"}]
    plan = service.plan(cast.actor("developer"), app["id"], wanted)
    assert plan["changes"] == {
        "scopes": {"added": ["catalogue:read"], "removed": [], "changed": []},
        "egress": {"added": ["new.example"], "removed": [], "changed": []},
        "surfaces": {"added": ["more"], "removed": [], "changed": []},
    }
    assert plan["installations"]["live"] == 2
    assert {row["installation_id"] for row in plan["installations"]["waiting"]} == {here["id"], there["id"]}
    assert plan["installations"]["waiting"][0]["missing_scopes"] == ["catalogue:read"]
    assert plan["releases"] is True


def test_a_plan_is_for_the_owner_and_a_right_manifest(cast: Cast) -> None:
    app = register(cast)
    for stranger in ("admin", "outsider"):
        with pytest.raises(NotFound):
            service.plan(cast.actor(stranger), app["id"], manifest())
    with pytest.raises(Invalid):
        service.plan(cast.actor("developer"), app["id"], manifest(runtime={}))
    with pytest.raises(Invalid):
        service.plan(cast.actor("developer"), app["id"], manifest("renamed"))


def upgrades() -> list[str]:
    with system_unit("tests: events of all workspaces") as work:
        return sorted(work.scalars(select(Event.workspace_id).where(Event.type == "app.upgraded")))


def test_every_workspace_hears_of_an_upgrade_once(cast: Cast) -> None:
    app = register(cast)
    with cast.writing():
        catalogue.update_app(cast.actor("developer"), app["id"], visibility="public")
    install(cast)
    there = install(cast, by="outsider")
    assert upgrades() == []
    deploy(cast, app["id"], manifest())
    jobs.drain()
    assert upgrades() == sorted([cast.acme, cast.other])
    with cast.writing(cast.other):
        service.announce_upgrade(cast.system(cast.other), there["id"])
    assert upgrades() == sorted([cast.acme, cast.other])
