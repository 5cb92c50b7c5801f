"""After a whole life at DEBUG, neither the database nor the logs nor Redis hold a credential that was issued."""

from __future__ import annotations

import io
import logging
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from portico.app import create_app
from portico.domains.catalogue import service as catalogue
from portico.domains.directory import doors as directory_doors
from portico.domains.identity import doors
from portico.domains.identity import service as identity
from portico.domains.identity.errands import run_errands
from portico.domains.identity.service.workspaces import setup_token
from portico.kernel import jobs, last_use, logs
from portico.kernel.db import Base
from portico.kernel.jobs import Job
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support import databases
from tests.support.cast import PASSWORD, make_cast
from tests.support.http import Api
from tests.support.world import World

pytestmark = pytest.mark.both_databases
ORIGIN = doors.Origin("127.0.0.1", "a browser")
NEW_PASSWORD = "another horse entirely"
INVITED_PASSWORD = "a third horse for guests"
KEY = "the-idempotency-key-of-this-try"
LINK = re.compile(r"/account/(?:reset|invitation)/(ptl_\w+)")


@pytest.fixture
def everything_said(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log stream of the process at DEBUG, the statements of the database with it."""
    stream = io.StringIO()
    root, engine = logging.getLogger(), logging.getLogger("sqlalchemy.engine")
    before, level = root.handlers[:], root.level
    configure = logs.configure

    def at_debug() -> None:
        configure("DEBUG")
        for handler in root.handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(stream)

    monkeypatch.setattr(logs, "configure", at_debug)
    engine.setLevel(logging.DEBUG)
    yield stream
    engine.setLevel(logging.NOTSET)
    root.handlers[:] = before
    root.setLevel(level)


def mailed(settings: Settings) -> list[str]:
    """The one-time links that went out by mail, the oldest first."""
    mails = sorted((settings.home / "mail").glob("*.eml"))
    return [found for mail in mails for found in LINK.findall(mail.read_text().replace("=\n", ""))]


def live(world: World, settings: Settings) -> dict[str, str]:
    """One life: every kind of credential is made, used, rotated. Answers them all by name."""
    cast, api = world.cast, world.api
    issued = {"password": PASSWORD, "a token": cast.token("agent"), "developer's": cast.token("developer")}
    issued |= {name: cast.token(name) for name in ("owner", "admin", "app_manager", "hr_admin", "support_admin")}
    assert api("agent").get("/me").status_code == 200
    assert api.app.test_client().get(f"/api/v1/me?access_token={issued['a token']}").status_code == 401

    body, headers = {"manifest": world.manifest()}, {"Idempotency-Key": KEY}
    app = world.made(api("developer").post("/apps", json=body, headers=headers))
    assert world.made(api("developer").post("/apps", json=body, headers=headers)) == app, "the kept answer is replayed"
    issued |= {"client secret": app["client_secret"], "signing secret": app["signing_secret"]}
    issued["second client secret"] = world.post("developer", f"/apps/{app['id']}/secrets")["client_secret"]
    with cast.writing():
        issued["rotated signing secret"] = catalogue.rotate_signing_secret(cast.actor("developer"), app["id"])
    installation = world.install(app)
    issued["app's token"] = world.mint(app, installation)
    assert api.bearer(issued["app's token"]).get("/me").status_code == 200
    world.post("app_manager", f"/installations/{installation['id']}/suspend")
    assert api.bearer(issued["app's token"]).get("/me").status_code == 401

    endpoint = world.endpoint()
    issued["endpoint's secret"] = endpoint["secret"]
    rotated = world.post("app_manager", f"/webhook-endpoints/{endpoint['id']}/secrets/rotate")
    issued["endpoint's rotated secret"] = rotated["secret"]

    issued["session"] = doors.sign_in(cast.email("agent"), PASSWORD, ORIGIN)
    browser = api.app.test_client()
    browser.set_cookie("portico_session", issued["session"], domain="127.0.0.1")
    assert browser.get("/w/acme/", base_url="http://127.0.0.1:8000").status_code == 200

    with system_unit("tests: a workspace", write=True):
        fresh = identity.create_workspace("Fresh", "fresh")
    issued["set-up link"] = setup_token(fresh)
    page = f"/account/setup/{issued['set-up link']}"
    assert api.app.test_client().get(page, base_url="http://127.0.0.1:8000").status_code == 200

    world.invitation()
    doors.ask_for_reset(cast.email("employee"), ORIGIN)
    run_errands()
    while jobs.drain():
        pass
    links = mailed(settings)
    assert len(links) == 2
    issued |= {"one link": links[0], "another link": links[1]}
    reset, invited = (links[0], links[1]) if _is_reset(settings, links[0]) else (links[1], links[0])
    assert api.app.test_client().get(f"/account/reset/{reset}", base_url="http://127.0.0.1:8000").status_code == 200
    doors.reset_password(reset, NEW_PASSWORD)
    issued["new password"] = NEW_PASSWORD
    issued["guest's session"] = directory_doors.accept(invited, INVITED_PASSWORD, ORIGIN)
    issued["guest's password"] = INVITED_PASSWORD

    with cast.writing():
        issued["short token"] = identity.create_token(
            cast.actor("employee"), name="x", scopes=["directory:read"], life=timedelta(days=1)
        )
    issued["idempotency key"] = KEY
    last_use.flush()
    return issued


def _is_reset(settings: Settings, link: str) -> bool:
    mails = (mail.read_text().replace("=\n", "") for mail in (settings.home / "mail").glob("*.eml"))
    return any(f"/account/reset/{link}" in mail for mail in mails)


def stored(settings: Settings) -> str:
    """Every column of every row as text."""
    if settings.sqlite:
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        with sqlite3.connect(path) as connection:
            dumped = "\n".join(connection.iterdump())
        connection.close()
        raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        return dumped + raw.decode("latin-1")
    with databases.postgres()._owner.connect() as connection:
        tables = [table.name for table in Base.metadata.sorted_tables]
        rows = (connection.execute(text(f'SELECT t::text FROM "{table}" t')).scalars() for table in tables)
        return "\n".join(row for found in rows for row in found)


def heart(secret: str) -> str:
    """The part of a credential that makes it one: without prefix and what logs may show of its beginning."""
    return secret if " " in secret or "-" in secret else secret[-24:]


def test_G3_nothing_that_was_issued_is_found_again(settings: Settings, everything_said: io.StringIO) -> None:
    wide = replace(settings, limits_factor=1000)
    app = create_app(wide)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    world = World(Api(app, make_cast("sqlite" if settings.sqlite else "postgres")))
    issued = live(world, wide)
    assert len(issued) > 20
    said, kept = everything_said.getvalue(), stored(wide)
    assert "INSERT INTO" in said, "the statements were logged too"
    assert "agent@acme.example" in kept, "the rows were read"
    for name, secret in issued.items():
        assert heart(secret) not in kept, f"{name} stands in the database"
        assert heart(secret) not in said, f"{name} stands in the logs"
    with system_unit("tests: job rows") as work:
        assert work.scalars(select(Job.args)).all(), "the jobs' rows were among them"
