"""One action on several records: a run each, called by a job that may die and goes on."""

from __future__ import annotations

from typing import Any

import pytest

from portico.domains.interactions import queries, service
from portico.kernel import jobs
from portico.kernel.errors import Invalid
from portico.kernel.ids import new_id
from tests.domains.interactions.runs import see
from tests.support.acting_apps import ActingApp
from tests.support.cast import Cast

both = pytest.mark.both_databases


def together(cast: Cast, ids: list[str], key: str = "wave", **more: Any) -> str:
    records = [{"type": "ticket", "id": one} for one in ids]
    with cast.writing():
        return service.run_on_several(cast.actor("agent"), "helper", key, records, more.pop("given", {}), **more)


def states(cast: Cast, bulk_id: str) -> list[str]:
    with cast.reading():
        return [row["state"] for row in queries.runs_of_bulk(cast.actor("agent"), bulk_id)]


@both
def test_each_record_is_a_run_and_the_app_is_asked_for_each(cast: Cast, helper: ActingApp) -> None:
    tickets = [see(cast)["id"] for _ in range(3)]
    bulk_id = together(cast, tickets)
    assert states(cast, bulk_id) == ["running"] * 3
    assert helper.server.received == []
    jobs.drain()
    assert states(cast, bulk_id) == ["answered"] * 3
    assert {body["object"]["id"] for _, body in helper.calls} == set(tickets)


@both
def test_a_form_that_is_sent_twice_runs_once_on_each(cast: Cast, helper: ActingApp) -> None:
    tickets = [see(cast)["id"] for _ in range(2)]
    bulk_id = new_id("blk")
    for _ in range(2):
        assert together(cast, [*tickets, tickets[0]], bulk_id=bulk_id) == bulk_id
    jobs.drain()
    assert states(cast, bulk_id) == ["answered"] * 2
    assert len(helper.server.received) == 2


def test_a_job_that_died_goes_on_and_asks_nobody_twice(cast: Cast, helper: ActingApp) -> None:
    bulk_id = together(cast, [see(cast)["id"] for _ in range(2)])
    for _ in range(2):
        service.call_bulk(cast.acme, bulk_id, None)
    assert len(helper.server.received) == 2


def test_an_app_that_answers_nobody_is_not_asked_for_the_rest(cast: Cast, helper: ActingApp) -> None:
    helper.says = []
    bulk_id = together(cast, [see(cast)["id"] for _ in range(6)])
    jobs.drain()
    assert states(cast, bulk_id) == ["failed"] * 6
    with cast.reading():
        rows = queries.runs_of_bulk(cast.actor("agent"), bulk_id)
    assert [row["failure"] for row in rows] == ["unreachable"] * 4 + ["not_called"] * 2


def test_all_or_none(cast: Cast, helper: ActingApp) -> None:
    ticket = see(cast)
    for ids, key, given in (
        ([ticket["id"], "tkt_00000000000000000000000000"], "wave", {}),
        ([ticket["id"]], "wipe", {}),
        ([], "wave", {}),
        ([ticket["id"]] * 51, "wave", {}),
    ):
        with pytest.raises(Invalid):
            together(cast, ids, key, given=given)
    with cast.reading():
        assert queries.runs_on(cast.actor("agent"), ("ticket", ticket["id"]), 10) == []
