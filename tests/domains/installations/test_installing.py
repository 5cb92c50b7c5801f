"""Installing: what is granted, for whom, with which settings, and once per workspace."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from portico.domains.catalogue import service as catalogue
from portico.domains.directory import service as directory
from portico.domains.installations import queries, service
from portico.domains.installations.errors import AlreadyInstalled, InstallationState
from portico.kernel.errors import Invalid, NotFound, Refusal, Stale
from portico.kernel.events import Event
from tests.support.apps import asking, deploy, install, manifest, register
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def errors(refusal: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(error.pointer, error.code) for error in refusal.value.errors]


def event_types(cast: Cast) -> list[str]:
    with cast.reading() as work:
        statement = select(Event.type).where(Event.workspace_id == cast.acme, Event.type.like("app.%"))
        return list(work.scalars(statement.order_by(Event.seq)))


def test_an_app_gets_what_it_requires_and_nothing_more(cast: Cast) -> None:
    register(cast)
    row = install(cast)
    assert row["granted_scopes"] == ["directory:read"]
    assert row["pending_scopes"] == ["catalogue:read"]
    assert (row["status"], row["app_key"], row["version"]) == ("active", "helper", 1)
    assert row["availability"] == {"kind": "everyone", "include": [], "exclude": []}
    assert event_types(cast) == ["app.installed"]


def test_the_event_is_for_this_installation_alone(cast: Cast) -> None:
    register(cast)
    row = install(cast)
    with cast.reading() as work:
        event = work.execute(
            select(Event.installation_id, Event.data, Event.scopes).where(
                Event.workspace_id == cast.acme, Event.type == "app.installed"
            )
        ).one()
    assert event.installation_id == row["id"]
    assert event.data["granted_scopes"] == ["directory:read"]
    assert event.scopes == "installations:read"


def test_optional_scopes_are_granted_one_by_one(cast: Cast) -> None:
    register(cast)
    row = install(cast, granted_scopes=["catalogue:read", "directory:read"])
    assert row["granted_scopes"] == ["catalogue:read", "directory:read"]
    assert row["pending_scopes"] == []


@pytest.mark.parametrize(
    ("granted", "code"), [([], "required"), (["directory:read", "members:write"], "unknown"), (["nonsense"], "unknown")]
)
def test_wrong_grants_are_refused(cast: Cast, granted: list[str], code: str) -> None:
    register(cast)
    with pytest.raises(Invalid) as refusal:
        install(cast, granted_scopes=granted)
    assert ("/granted_scopes", code) in errors(refusal)


def test_one_live_installation_of_an_app(cast: Cast) -> None:
    register(cast)
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def go() -> None:
        start.wait()
        try:
            install(cast)
            outcomes.append("installed")
        except Refusal as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_installed", "installed"]
    with pytest.raises(AlreadyInstalled):
        install(cast)


def test_a_private_app_installs_only_at_home(cast: Cast) -> None:
    app = register(cast)
    with pytest.raises(Invalid) as refusal:
        install(cast, by="outsider")
    assert errors(refusal) == [("/app_key", "unknown")]
    with cast.writing():
        catalogue.update_app(cast.actor("developer"), app["id"], visibility="unlisted")
    assert install(cast, by="outsider")["app_key"] == "helper"


def test_another_workspaces_installation_is_not_found(cast: Cast) -> None:
    register(cast)
    row = install(cast)
    for verb in (service.suspend, service.resume, service.uninstall):
        with cast.writing(cast.other), pytest.raises(NotFound):
            verb(cast.actor("outsider"), row["id"])


def test_suspending_and_resuming_are_steps_of_one_state(cast: Cast) -> None:
    register(cast)
    row = install(cast)
    admin = cast.actor("admin")
    with cast.writing():
        with pytest.raises(InstallationState):
            service.resume(admin, row["id"])
        assert service.suspend(admin, row["id"])["suspended_by"] == "company"
        with pytest.raises(InstallationState):
            service.suspend(admin, row["id"])
        assert service.resume(admin, row["id"])["status"] == "active"
        assert service.uninstall(admin, row["id"])["status"] == "uninstalling"
        for verb in (service.suspend, service.resume, service.uninstall):
            with pytest.raises(InstallationState):
                verb(admin, row["id"])
    assert event_types(cast) == ["app.installed", "app.suspended", "app.resumed", "app.uninstalled"]


def test_grants_can_be_cut_and_given_later(cast: Cast) -> None:
    register(cast)
    row = install(cast)
    admin = cast.actor("admin")
    with cast.writing():
        row = service.update_installation(admin, row["id"], {"granted_scopes": []}, row["version"])
        assert row["granted_scopes"] == []
        with pytest.raises(Stale):
            service.update_installation(admin, row["id"], {"granted_scopes": ["directory:read"]}, 1)
        with pytest.raises(Invalid):
            service.update_installation(admin, row["id"], {"granted_scopes": ["apps:read"]})
    assert event_types(cast) == ["app.installed", "app.scopes_changed"]


def test_people_must_exist_here(cast: Cast) -> None:
    register(cast)
    stranger = {"kind": "employee", "id": cast.employee_id("outsider")}
    nowhere = {"kind": "department", "id": "dep_01jd0000000000000000000000"}
    with pytest.raises(Invalid) as refusal:
        install(cast, availability_={"kind": "only", "include": [stranger], "exclude": [nowhere]})
    assert errors(refusal) == [("/availability/include/0/id", "unknown"), ("/availability/exclude/0/id", "unknown")]


@pytest.mark.parametrize(
    "availability", [{"kind": "only"}, {"kind": "everyone", "include": [{"kind": "employee", "id": "emp_x"}]}]
)
def test_an_availability_that_says_nothing_is_refused(cast: Cast, availability: dict[str, Any]) -> None:
    register(cast)
    with pytest.raises(Invalid):
        install(cast, availability_=availability)


def department(cast: Cast, name: str, parent_id: str | None = None) -> str:
    with cast.writing():
        made = directory.create_department(cast.actor("hr_admin"), name=name, parent_id=parent_id)
    return str(made["id"])


def place(cast: Cast, who: str, department_id: str) -> None:
    with cast.writing():
        places = {"departments": [{"id": department_id, "primary": True, "lead": False}]}
        directory.update_employee(cast.actor("hr_admin"), cast.employee_id(who), places)


def who_has(cast: Cast, installation_id: str) -> set[str]:
    with cast.reading():
        people = ("agent", "employee", "developer", "admin")
        return {name for name in people if queries.is_available(cast.actor(name), installation_id)}


def test_a_department_means_all_below_it(cast: Cast) -> None:
    register(cast)
    support = department(cast, "Support")
    place(cast, "agent", support)
    place(cast, "employee", department(cast, "Night desk", department(cast, "Desk", support)))
    place(cast, "developer", department(cast, "Sales"))
    wide = {"kind": "only", "include": [{"kind": "department", "id": support}]}
    row = install(cast, availability_=wide)
    assert row["availability"]["include"] == [{"kind": "department", "id": support, "recursive": True}]
    assert who_has(cast, row["id"]) == {"agent", "employee"}
    narrow = {"kind": "only", "include": [{"kind": "department", "id": support, "recursive": False}]}
    with cast.writing():
        service.update_installation(cast.actor("admin"), row["id"], {"availability": narrow})
    assert who_has(cast, row["id"]) == {"agent"}


def test_an_exclusion_outweighs_everything(cast: Cast) -> None:
    register(cast)
    support = department(cast, "Support")
    place(cast, "agent", support)
    place(cast, "employee", support)
    rules = {
        "kind": "only",
        "include": [{"kind": "department", "id": support}, {"kind": "employee", "id": cast.employee_id("admin")}],
        "exclude": [{"kind": "employee", "id": cast.employee_id("employee")}],
    }
    row = install(cast, availability_=rules)
    assert who_has(cast, row["id"]) == {"agent", "admin"}
    without = {"kind": "everyone", "exclude": [{"kind": "department", "id": support}]}
    with cast.writing():
        service.update_installation(cast.actor("admin"), row["id"], {"availability": without})
    assert who_has(cast, row["id"]) == {"developer", "admin"}


def test_a_suspended_app_is_for_nobody(cast: Cast) -> None:
    register(cast)
    row = install(cast)
    assert "agent" in who_has(cast, row["id"])
    with cast.writing():
        service.suspend(cast.actor("admin"), row["id"])
    assert who_has(cast, row["id"]) == set()


def with_settings() -> dict[str, Any]:
    declared = {
        "days": {"type": "integer", "default": 25},
        "greeting": {"type": "string", "required": True},
        "token": {"type": "string", "secret": True},
        "tone": {"type": "select", "options": ["warm", "cool"]},
    }
    return manifest(settings=declared)


def test_settings_are_checked_filled_and_sealed(cast: Cast) -> None:
    register(cast, with_settings())
    row = install(cast, settings={"greeting": "Hello", "token": "very secret", "tone": "warm"})
    assert row["settings"] == {"days": 25, "greeting": "Hello", "tone": "warm"}
    assert "very secret" not in str(row["sealed_settings"])
    with cast.reading():
        assert queries.secret_settings(cast.acme, row) == {"token": "very secret"}
    with cast.writing():
        changes = {"settings": {"days": 30, "tone": None}}
        row = service.update_installation(cast.actor("admin"), row["id"], changes)
        assert row["settings"] == {"days": 30, "greeting": "Hello"}
        assert queries.secret_settings(cast.acme, row) == {"token": "very secret"}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, ("/settings/greeting", "required")),
        ({"greeting": 5}, ("/settings/greeting", "invalid")),
        ({"greeting": "x", "days": True}, ("/settings/days", "invalid")),
        ({"greeting": "x", "days": 1.5}, ("/settings/days", "invalid")),
        ({"greeting": "x", "tone": "loud"}, ("/settings/tone", "invalid")),
        ({"greeting": "x", "a/b": 1}, ("/settings/a~1b", "unknown")),
    ],
)
def test_wrong_settings_are_named(cast: Cast, values: dict[str, Any], wrong: tuple[str, str]) -> None:
    register(cast, with_settings())
    with pytest.raises(Invalid) as refusal:
        install(cast, settings=values)
    assert errors(refusal) == [wrong]


def test_a_new_version_that_wants_more_works_on_with_what_it_has(cast: Cast) -> None:
    app = register(cast, asking("directory:read"))
    row = install(cast)
    deploy(cast, app["id"], asking("directory:read", "catalogue:read"))
    with cast.reading():
        row = queries.installation(cast.actor("admin"), row["id"])
    assert (row["status"], row["granted_scopes"]) == ("active", ["directory:read"])
    assert row["pending_scopes"] == ["catalogue:read"]
