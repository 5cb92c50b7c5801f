"""From the process to the table: nothing twice, within bounds, whatever the database does; and how it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from portico.domains.api_log import partitions
from portico.domains.api_log.models import ApiRequest
from portico.kernel import api_log, clock, db
from portico.kernel.ids import least_id, new_id
from portico.kernel.unit_of_work import system_unit
from tests.domains.api_log.conftest import Helper
from tests.support.cast import Cast

pytestmark = pytest.mark.usefixtures("collecting")
_DAYS = text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relname LIKE 'api_request%'")


def call(cast: Cast, **about: Any) -> api_log.Call:
    usual: dict[str, Any] = {
        "id": new_id("req"),
        "workspace_id": cast.acme,
        "installation_id": "ins_1",
        "app_id": "app_1",
        "employee_id": None,
        "given_id": None,
        "at": clock.now(),
        "method": "GET",
        "operation": "list_contacts",
        "route": "/api/v1/contacts",
        "path": "/api/v1/contacts",
        "query_keys": None,
        "status": 200,
        "code": None,
        "errors": None,
        "duration_ms": 3,
        "scopes_needed": ("contacts:read",),
        "scopes_held": ["contacts:read"],
        "user_agent": None,
        "rate_limit": None,
        "rate_limit_policy": None,
        "replayed": False,
    }
    return api_log.Call(**{**usual, **about})


def stored() -> int:
    with system_unit("tests: how many stand in the log") as work:
        return work.scalar(select(func.count()).select_from(ApiRequest)) or 0


@pytest.mark.both_databases
def test_what_the_database_did_not_take_is_written_later_and_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_log, "BATCH", 2)
    write = api_log._writer
    assert write is not None
    answers = iter(["away", "half", "here", "here", "here"])

    def unsteady(calls: Any) -> None:
        """Away at first; then it writes, and the answer is lost."""
        said = next(answers)
        if said != "away":
            write(calls)
        if said != "here":
            raise OperationalError("", {}, Exception(said))

    monkeypatch.setattr(api_log, "_writer", unsteady)
    for _ in range(5):
        api_log.note(call(cast))
    api_log.flush()
    assert (stored(), len(api_log.waiting())) == (0, 5)
    api_log.flush()
    assert len(api_log.waiting()) == 5
    api_log.flush()
    assert (stored(), api_log.waiting()) == (5, [])


@pytest.mark.both_databases
def test_written_twice_is_there_once(cast: Cast) -> None:
    for _ in range(2):
        api_log.note(call(cast, id=f"req_{'0' * 26}"))
    api_log.flush()
    assert stored() == 1


def test_more_than_may_wait_is_dropped_and_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_log, "MOST", 3)
    dropped = api_log.DROPPED.labels("full")
    before = dropped._value.get()
    for _ in range(5):
        api_log.note(call(cast))
    assert len(api_log.waiting()) == 3
    assert dropped._value.get() - before == 2


@pytest.mark.both_databases
def test_what_the_database_will_never_take_holds_nobody_up(cast: Cast) -> None:
    api_log.note(call(cast, duration_ms=2**40))
    api_log.flush()
    assert api_log.waiting() == []
    api_log.note(call(cast))
    api_log.flush()
    assert stored() >= 1


def test_where_nobody_writes_nothing_is_kept(helper: Helper) -> None:
    api_log.collect(False)
    helper.calls.get("/departments")
    assert api_log.waiting() == []


def _at(moment: datetime) -> str:
    return least_id("req", moment) + "0" * 16


@pytest.mark.both_databases
def test_it_is_forgotten_after_its_days(cast: Cast, database: db.Database) -> None:
    now = clock.now()
    with clock.held(now):
        for days in (0, 7, 9, 40):
            moment = now - timedelta(days=days)
            api_log.note(call(cast, id=_at(moment), at=moment))
        api_log.flush()
        partitions.sweep()
        assert stored() == 2, "what is younger than eight days is there"
        clock.advance(timedelta(days=8))
        partitions.sweep()
        assert stored() == 0
    partitions.sweep()


@pytest.mark.postgres
def test_each_day_has_a_partition_that_goes_whole(cast: Cast) -> None:
    now = clock.now()
    with clock.held(now):
        partitions.sweep()
        api_log.note(call(cast))
        api_log.flush()
        with system_unit("tests: where it lies") as work:
            where = work.scalar(text("SELECT tableoid::regclass::text FROM api_request"))
            assert where == f"api_request_{now:%Y%m%d}"
        clock.advance(timedelta(days=8))
        partitions.sweep()
        with system_unit("tests: which days there are") as work:
            days = set(work.scalars(_DAYS))
        assert where not in days
        assert f"api_request_{now + timedelta(days=15):%Y%m%d}" in days
    partitions.sweep()
