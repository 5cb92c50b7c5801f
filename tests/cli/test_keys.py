"""`portico keys rotate`: every sealed value is brought under the newest key, and the old one can be taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from portico.app import start
from portico.cli import main
from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.models import AppCredential
from portico.domains.identity import second_steps
from portico.domains.oauth import queries
from portico.domains.oauth.service import keys
from portico.kernel import clock, resealing, secrets
from portico.kernel.db import Base
from portico.kernel.secrets import Keyring, SealBroken
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support import apps
from tests.support.cast import Cast
from tests.support.factors import HERE, second_step, with_phone
from tests.support.http import Api
from tests.support.world import World

OLD, NEW = "a key for tests only", "another key for tests only"


def with_keys(settings: Settings, *given: str) -> None:
    secrets.configure(secrets.load_keyring(given, settings.home))


@pytest.fixture
def sealed(app: Flask, cast: Cast, api: Api) -> str:
    """One sealed value of each kind; answers the app."""
    content = apps.manifest(settings={"password": {"type": "string", "secret": True}})
    registered = apps.register(cast, content)
    apps.install(cast, settings={"password": "hunter2"})
    World(api).endpoint()
    return str(registered["id"])


def under(key_id: str) -> list[bool]:
    """For each sealed value, whether this key sealed it."""
    with system_unit("tests: look") as work:
        return [
            str(value).startswith(f"{key_id}.")
            for column in resealing.sealed_columns()
            for value in work.scalars(select(column).where(column.is_not(None)))
        ]


def test_every_sealed_column_says_what_it_is_sealed_for() -> None:
    named = {f"{c.table.name}.{c.name}" for t in Base.metadata.sorted_tables for c in t.columns if "sealed" in c.name}
    assert {f"{c.table.name}.{c.name}" for c in resealing.sealed_columns()} >= named
    assert len(named) >= 4


@pytest.mark.both_databases
def test_after_it_the_old_key_can_be_taken_away(settings: Settings, sealed: str, cast: Cast) -> None:
    with_keys(settings, NEW, OLD)
    new_id = Keyring.key_id(secrets.keyring().keys[0])
    before = under(new_id)
    assert len(before) >= 4
    assert not any(before)
    steps = list(resealing.reseal())
    assert sum(step.done == step.waiting > 0 for step in steps) == 4
    assert all(under(new_id))
    with_keys(settings, NEW)
    keys._opened.cache_clear()
    with cast.writing():
        assert catalogue.signing_secrets(sealed)
        assert keys.signing_key(keys.SESSION_TOKENS)
    assert sum(step.waiting for step in resealing.reseal()) == 0


@pytest.mark.both_databases
def test_a_phone_that_was_set_up_before_it_still_opens_the_door(
    settings: Settings, cast: Cast, held_clock: None
) -> None:
    with_keys(settings, OLD)
    phone = with_phone(cast, "agent")
    with_keys(settings, NEW, OLD)
    assert "totp.sealed_secret" in {step.column for step in resealing.reseal() if step.done}
    with_keys(settings, NEW)
    clock.advance(timedelta(minutes=1))
    assert second_steps.finish_with_code(second_step(cast, "agent"), phone.code(), HERE)


@pytest.mark.both_databases
def test_it_goes_on_where_it_was_stopped(settings: Settings, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        apps.register(cast, apps.manifest(f"app{number}"))
    monkeypatch.setattr(resealing, "BATCH", 2)
    with_keys(settings, NEW, OLD)
    new_id = Keyring.key_id(secrets.keyring().keys[0])
    for step in resealing.reseal():
        if step.done:
            break
    assert 0 < under(new_id).count(True) < 5
    list(resealing.reseal())
    assert all(under(new_id))


def test_a_value_that_no_key_opens_stops_it(settings: Settings, sealed: str) -> None:
    with_keys(settings, NEW)
    with pytest.raises(SealBroken, match="not among PORTICO_SECRET_KEYS"):
        list(resealing.reseal())


def test_the_command(settings: Settings, sealed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        "PORTICO_HOME": str(settings.home),
        "PORTICO_DATABASE_URL": settings.database_url,
        "PORTICO_SECRET_KEYS": f"{NEW},{OLD}",
        "PORTICO_MODE": "demo",
    }
    try:
        result = CliRunner().invoke(main, ["keys", "rotate"], env=environment)
        assert result.exit_code == 0, result.output
        assert "they sign in 15 minutes" in result.output
        assert "app_credential.sealed: 1 of 1" in result.output
        with system_unit("tests: look") as work:
            stages = [row.purpose for row in queries.key_stages("next")]
            assert work.scalars(select(AppCredential.sealed).where(AppCredential.kind == "signing_secret")).one()
        assert stages == [keys.SESSION_TOKENS]
        result = CliRunner().invoke(main, ["keys", "rotate", "--at-once"], env=environment)
        assert "they sign now" in result.output
        with system_unit("tests: look"):
            assert len(queries.public_keys()) == 1
    finally:
        start(settings)
