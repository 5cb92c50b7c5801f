"""The health pages: the operator sees the instance, an admin the own endpoints, and both load again by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portico.domains.identity import service as users
from portico.domains.webhooks.pump import Pump
from portico.domains.webhooks.service import blocking
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import Cast
from tests.support.faces import Faces, words
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import DEMO, endpoint, happen, settle

pytestmark = pytest.mark.both_databases


@pytest.fixture
def failing(cast: Cast) -> Iterator[Pump]:
    """A pump that lives, one endpoint of Acme with an open breaker, and one of the other workspace."""
    pump = Pump(DEMO, deadline_s=5)
    with LoopbackServer() as receiver:
        assert pump.take()
        receiver.respond = lambda received: answer("500 Oh")
        bad = endpoint(cast, receiver.url("/of-acme"))
        endpoint(cast, receiver.url("/of-the-other"), by="outsider")
        happen(cast)
        happen(cast, workspace=cast.other)
        settle(pump)
        with system_unit("tests: its breaker opens", write=True):
            blocking.open_breaker(cast.acme, bad["id"], clock.now())
        yield pump
        pump.close(0)


def test_an_operator_sees_the_whole_instance(faces: Faces, cast: Cast, failing: Pump) -> None:
    assert faces("developer").get("/operator/health").status_code == 404
    with system_unit("tests: an operator", write=True):
        users.mark_operator(cast.users["developer"], True)
    page = faces("developer").get("/operator/health")
    said = words(page)
    for expected in (
        "/of-acme",
        "/of-the-other",
        "Acme",
        "Other",
        "Breaker open",
        "Events flow",
        "Lives",
        "32 shards",
        "process ",
    ):
        assert expected in said, expected
    assert page.headers["Refresh"] == "30"
    assert "Refresh" not in faces("developer").get("/operator/health?refresh=off").headers


def test_without_a_pump_it_says_what_to_do(faces: Faces, cast: Cast) -> None:
    with system_unit("tests: an operator", write=True):
        users.mark_operator(cast.users["developer"], True)
    said = words(faces("developer").get("/operator/health"))
    assert "Nobody delivers events" in said
    assert "portico pump" in said


def test_an_admin_sees_the_own_endpoints_alone(faces: Faces, cast: Cast, failing: Pump) -> None:
    page = faces("app_manager").get("/admin/health")
    said = words(page)
    assert "/of-acme" in said
    assert "/of-the-other" not in said
    assert "1 endpoint has been failing" in said
    assert page.headers["Refresh"] == "30"
    assert faces("employee").get("/admin/health").status_code == 403
    assert "Nothing is sent anywhere" not in said


def test_where_nothing_is_sent_it_says_so(faces: Faces) -> None:
    assert "Nothing is sent anywhere" in words(faces("admin").get("/admin/health"))
