"""Test workspaces of a demo: made, made anew and deleted, with all that hangs on them."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from portico.cli.workspace import command
from portico.kernel.db import Base
from portico.kernel.errors import Conflict
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from portico.up import fixture
from portico_sdk import AuthenticationError, Portico
from tests.support import apps

BASE = "http://127.0.0.1:8000"
Who = Callable[[str], Portico]
Run = Callable[..., Result]


def clients(app: Flask, content: dict[str, Any]) -> Who:
    http = httpx.Client(transport=httpx.WSGITransport(app=app))
    return lambda name: Portico(content["users"][name]["token"], base_url=BASE, http_client=http, max_retries=0)


def rows_of(workspace_id: str) -> set[str]:
    """The tables that hold something of a workspace."""
    with system_unit("tests: what is left of a workspace") as work:
        return {
            table.name
            for table in Base.metadata.sorted_tables
            if "workspace_id" in table.c
            and work.execute(select(table.c.workspace_id).where(table.c.workspace_id == workspace_id).limit(1)).first()
        }


@pytest.mark.both_databases
def test_made_anew_it_keeps_people_tokens_and_apps_and_nothing_else(app: Flask) -> None:
    first = fixture.create("Shop").content(BASE)
    who = clients(app, first)
    assert [who(name).me().role for name in first["users"]] == ["owner", "agent", "employee", "developer", "owner"]
    assert [one.display_name for one in who("outsider").employees.list()] == ["Oskar Lind"]
    registered = who("developer").apps.create(manifest=apps.manifest())
    who("admin").installations.create(app_key="helper")
    who("agent").contacts.create(display_name="To be forgotten")
    assert {"installation", "contact", "ticket", "event"} <= rows_of(first["workspace"]["id"])

    second = fixture.reset("shop").content(BASE)
    assert rows_of(first["workspace"]["id"]) == set()
    assert second["workspace"]["slug"] == "shop"
    secrets = [
        {name: (one["token"], one["password"]) for name, one in each["users"].items()} for each in (first, second)
    ]
    assert secrets[0] == secrets[1]
    assert who("employee").me().workspace.id == second["workspace"]["id"]
    assert {one.display_name for one in who("agent").contacts.list()} == {name for name, _, _ in fixture.CUSTOMERS}
    assert [(one.id, one.key) for one in who("developer").apps.list()] == [(registered.id, "helper")]
    assert list(who("admin").installations.list()) == []
    who("admin").installations.create(app_key="helper")

    fixture.delete("shop")
    assert rows_of(second["workspace"]["id"]) == set()
    with pytest.raises(AuthenticationError):
        who("admin").me()
    again = clients(app, fixture.create("Shop").content(BASE))
    assert again("developer").apps.create(manifest=apps.manifest()).key == "helper"


def test_what_others_have_installed_is_not_taken_from_them(app: Flask) -> None:
    maker, user = (fixture.create(name).content(BASE) for name in ("Maker", "User"))
    developer = clients(app, maker)("developer")
    made = developer.apps.create(manifest=apps.manifest())
    developer.apps.update(made.id, visibility="public")
    clients(app, user)("admin").installations.create(app_key="helper")
    with pytest.raises(Conflict, match="uninstall and erase it there"):
        fixture.delete("maker")
    assert [one.key for one in developer.apps.list()] == ["helper"]
    fixture.reset("maker")
    assert developer.me().employee.display_name == "Devi Raman"


@pytest.fixture
def run(settings: Settings, database: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PORTICO_HOME", str(settings.home))
    monkeypatch.setenv("PORTICO_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("PORTICO_SECRET_KEYS", settings.secret_keys[0])
    return lambda *arguments: CliRunner().invoke(command, arguments)


def test_the_command_line_writes_who_is_who_for_its_caller_alone(settings: Settings, run: Run) -> None:
    refused = run("create", "My shop", "--fixture")
    assert (refused.exit_code, "Start `portico up` first" in refused.output) == (1, True)

    (settings.home / "demo.json").write_text(json.dumps({"base_url": BASE}))
    made = run("create", "My shop", "--fixture")
    assert made.exit_code == 0, made.output
    path = settings.home / "workspaces" / "my-shop.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = json.loads(path.read_text())
    assert f"{BASE}/w/my-shop" in made.output
    assert kept["users"]["agent"]["token"] not in made.output

    assert "add --reset" in run("create", "My shop", "--fixture").output
    anew = json.loads(run("create", "My shop", "--fixture", "--reset", "--json").output)
    assert anew == json.loads(path.read_text())
    assert anew["workspace"]["id"] != kept["workspace"]["id"]
    assert anew["users"]["agent"]["token"] == kept["users"]["agent"]["token"]

    assert run("delete", "My shop").exit_code == 0
    assert not path.exists()
    assert "There is no test workspace 'my-shop'" in run("delete", "My shop").output
    assert run("create", "Other", "--reset").exit_code == 2


def test_no_other_workspace_is_ever_made_anew_or_deleted(settings: Settings, cast: Any, run: Run) -> None:
    (settings.home / "demo.json").write_text(json.dumps({"base_url": BASE}))
    for arguments in (("create", "acme", "--fixture", "--reset"), ("delete", "acme")):
        assert run(*arguments).exit_code == 1
    assert "already" in run("create", "acme", "--fixture").output
    assert rows_of(cast.acme)
