"""A release reaches a share of the installations, grows, stands still, and is taken back."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select, update

from portico.domains.catalogue import queries, service
from portico.domains.catalogue.errors import ReleaseInRollout
from portico.domains.catalogue.models import AppVersion
from portico.domains.installations import queries as installations
from portico.domains.installations.models import Installation
from portico.domains.interactions.queries import surfaces_for
from portico.kernel import authn, jobs
from portico.kernel.errors import Invalid, InvalidTransition, NotFound
from portico.kernel.events import Event
from portico.kernel.unit_of_work import system_unit
from tests.support import apps
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


@pytest.fixture
def app(cast: Cast) -> dict[str, Any]:
    """Public, at version 1."""
    app = apps.register(cast, apps.asking("directory:read"))
    with cast.writing():
        service.update_app(cast.actor("developer"), app["id"], visibility="public")
    return app


def draft(cast: Cast, app_id: str, *scopes: str) -> str:
    with cast.writing():
        manifest = apps.asking(*(scopes or ("directory:read",)))
        return str(service.create_version(cast.actor("developer"), app_id, manifest, release=False).id)


def release(cast: Cast, app_id: str, version_id: str, percent: int = 100) -> Any:
    with cast.writing():
        return service.release_version(cast.actor("developer"), app_id, version_id, percent)


def step(cast: Cast, verb: str, app_id: str, version_id: str) -> Any:
    with cast.writing():
        return getattr(service, f"{verb}_version")(cast.actor("developer"), app_id, version_id)


def by_bucket(app_id: str) -> list[int]:
    """The number of the version that runs in each bucket."""
    with system_unit("tests: which version runs where"):
        found = [queries.run_by({"app_id": app_id, "bucket": bucket}) for bucket in range(100)]
    assert None not in found
    return [each.number for each in found if each is not None]


def test_a_share_runs_it_and_raising_moves_nobody_back(cast: Cast, app: dict[str, Any]) -> None:
    version = draft(cast, app["id"])
    assert by_bucket(app["id"]) == [1] * 100
    row = release(cast, app["id"], version, 10)
    assert (row.status, row.percent, row.paused) == ("released", 10, False)
    before = by_bucket(app["id"])
    assert before == [2] * 10 + [1] * 90
    release(cast, app["id"], version, 35)
    after = by_bucket(app["id"])
    assert after == [2] * 35 + [1] * 65
    assert all(now >= then for now, then in zip(after, before, strict=True))
    with pytest.raises(Invalid):
        release(cast, app["id"], version, 20)
    release(cast, app["id"], version)
    assert by_bucket(app["id"]) == [2] * 100
    with cast.reading():
        rows = queries.page_of_versions(cast.actor("developer"), app["id"], apps.every()).rows
    assert {row.number: row.status for row in rows} == {1: "superseded", 2: "released"}


def test_paused_it_neither_grows_nor_takes_new_installations(cast: Cast, app: dict[str, Any]) -> None:
    version = draft(cast, app["id"])
    release(cast, app["id"], version, 60)
    assert step(cast, "pause", app["id"], version).paused
    with pytest.raises(InvalidTransition):
        release(cast, app["id"], version, 80)
    with pytest.raises(InvalidTransition):
        step(cast, "pause", app["id"], version)
    for name in ("admin", "outsider"):
        with cast.reading(cast.workspace_of(name)):
            new = queries.installable(cast.actor(name), "helper")
        assert new is not None
        assert new.number == 1
        assert new.bucket is not None
        assert new.bucket >= 60
    assert not step(cast, "resume", app["id"], version).paused
    release(cast, app["id"], version, 80)


def test_rolling_back_returns_all_at_once(cast: Cast, app: dict[str, Any]) -> None:
    version = draft(cast, app["id"])
    release(cast, app["id"], version, 50)
    assert step(cast, "roll_back", app["id"], version).status == "withdrawn"
    assert by_bucket(app["id"]) == [1] * 100
    with pytest.raises(InvalidTransition):
        release(cast, app["id"], version)
    third = draft(cast, app["id"])
    release(cast, app["id"], third)
    assert by_bucket(app["id"]) == [3] * 100
    step(cast, "roll_back", app["id"], third)
    assert by_bucket(app["id"]) == [1] * 100
    with cast.reading():
        first = queries.released(app["id"])
    assert first is not None
    with pytest.raises(InvalidTransition):
        step(cast, "roll_back", app["id"], first.version_id)
    assert by_bucket(app["id"]) == [1] * 100


def test_withdrawn_it_is_for_no_new_installation(cast: Cast, app: dict[str, Any]) -> None:
    here = apps.install(cast)
    with cast.reading():
        version = queries.released(app["id"])
    assert version is not None
    step(cast, "withdraw", app["id"], version.version_id)
    with cast.reading(cast.other):
        assert queries.installable(cast.actor("outsider"), "helper") is None
        assert queries.page_of_catalogue(cast.actor("outsider"), apps.every()).rows == []
    with cast.reading():
        assert installations.installation(cast.actor("admin"), here["id"])["app_version"]["number"] == 1
    second = draft(cast, app["id"])
    with pytest.raises(Invalid):
        release(cast, app["id"], second, 10)
    release(cast, app["id"], second)
    assert by_bucket(app["id"]) == [2] * 100


def test_one_release_is_in_rollout(cast: Cast, app: dict[str, Any]) -> None:
    second, third = draft(cast, app["id"]), draft(cast, app["id"])
    release(cast, app["id"], second, 10)
    with pytest.raises(ReleaseInRollout):
        release(cast, app["id"], third, 10)
    with cast.reading():
        stable = queries.released(app["id"])
    assert stable is not None
    for verb in ("withdraw", "roll_back"):
        with pytest.raises(InvalidTransition):
            step(cast, verb, app["id"], stable.version_id)
    release(cast, app["id"], third)
    assert by_bucket(app["id"]) == [3] * 100


def test_releases_at_once_leave_one_version_in_each_bucket(cast: Cast, app: dict[str, Any]) -> None:
    versions = [draft(cast, app["id"]) for _ in range(4)]
    outcomes: list[str] = []

    def attempt(version: str, percent: int) -> None:
        try:
            release(cast, app["id"], version, percent)
            outcomes.append("released")
        except ReleaseInRollout:
            outcomes.append("refused")

    threads = [threading.Thread(target=attempt, args=(one, 10 * n)) for n, one in enumerate(versions, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "refused", "refused", "released"]
    assert min(by_bucket(app["id"])) == 1
    with system_unit("tests: rows") as work:
        running = list(work.scalars(select(AppVersion.number).where(AppVersion.runs_below > 0)))
    assert len(running) == 2


def test_power_and_surfaces_follow_the_version_that_runs_here(cast: Cast, app: dict[str, Any]) -> None:
    rows = {cast.acme: apps.install(cast), cast.other: apps.install(cast, by="outsider")}
    stand(cast.acme, 10)
    stand(cast.other, 70)
    tokens = {workspace: apps.mint(app, row) for workspace, row in rows.items()}
    with cast.writing():
        wanted = apps.asking("directory:read", "contacts:read")
        wanted["surfaces"][0]["title"] = "Newer"
        version = service.create_version(cast.actor("developer"), app["id"], wanted, release=False).id
    release(cast, app["id"], version, 11)
    jobs.drain()

    def seen(workspace: str, person: str) -> tuple[Any, ...]:
        actor = authn.authenticate(f"Bearer {tokens[workspace]}")
        with cast.reading(workspace):
            row = installations.installation(cast.system(workspace), rows[workspace]["id"])
            titles = [each.title for each in surfaces_for(cast.actor(person), "portal.page")]
        assert sorted(actor.pending_scopes) == row["pending_scopes"]
        return row["app_version"]["number"], row["pending_scopes"], titles

    assert seen(cast.acme, "employee") == (2, ["contacts:read"], ["Newer"])
    assert seen(cast.other, "outsider") == (1, [], ["Home"])
    assert told() == [cast.acme]
    step(cast, "roll_back", app["id"], version)
    assert seen(cast.acme, "employee") == (1, [], ["Home"])
    jobs.drain()
    assert told() == [cast.acme, cast.acme]
    with system_unit("tests: how many run each"):
        assert list(installations.count_by_version(app["id"]).values()) == [2]


def stand(workspace: str, bucket: int) -> None:
    """Put the installations of a workspace into a bucket."""
    with system_unit("tests: another bucket", write=True) as work:
        work.execute(update(Installation).where(Installation.workspace_id == workspace).values(bucket=bucket))


def told() -> list[str]:
    with system_unit("tests: events of all workspaces") as work:
        return list(work.scalars(select(Event.workspace_id).where(Event.type == "app.upgraded")))


def test_a_first_version_is_released_whole_and_strangers_see_nothing(cast: Cast, app: dict[str, Any]) -> None:
    version = draft(cast, app["id"])
    for stranger in ("admin", "outsider"):
        with cast.writing(cast.workspace_of(stranger)), pytest.raises(NotFound):
            service.release_version(cast.actor(stranger), app["id"], version)
