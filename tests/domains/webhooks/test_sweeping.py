"""What has had its time goes, in batches; what has not stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.domains.audit import service as audit
from portico.domains.webhooks import service, sweeping
from portico.domains.webhooks.models import Attempt, Delivery, EndpointSecret
from portico.domains.webhooks.pump import Pump
from portico.kernel import clock
from portico.kernel.events import Event
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import column, endpoint, happen, settle

pytestmark = pytest.mark.both_databases


def test_events_go_after_thirty_days_with_all_that_hangs_on_them(
    cast: Cast, pump: Pump, receiver: LoopbackServer, held_clock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 2)
    clock.advance(timedelta(hours=36 - clock.now().hour))  # noon: no day of the log of attempts ends below
    endpoint(cast, receiver.url())
    for _ in range(3):
        happen(cast)
    settle(pump)
    clock.advance(sweeping.RETENTION - timedelta(hours=1))
    young = happen(cast)
    sweeping.sweep()
    assert len(column(cast, Delivery, "id")) == 3
    clock.advance(timedelta(hours=2))
    assert sweeping.sweep() == 0, "the record has not read them"
    audit.derive()
    assert sweeping.sweep() > 3
    assert column(cast, Event, "id") == [young]
    assert column(cast, Delivery, "id") == []
    assert column(cast, Attempt, "id") == []


def test_what_waits_for_a_deleted_endpoint_is_cancelled_for_good(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    receiver.respond = lambda received: answer("500 Oh")
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    with cast.writing():
        service.delete_endpoint(cast.actor("admin"), made["id"])
    sweeping.sweep()
    assert column(cast, Delivery, "state") == ["cancelled"]


def test_expired_secrets_go(cast: Cast, held_clock: None) -> None:
    made = endpoint(cast, "http://127.0.0.1:9/")
    with cast.writing():
        service.rotate_secret(cast.actor("admin"), made["id"])
    clock.advance(timedelta(hours=23))
    sweeping.sweep()
    assert len(column(cast, EndpointSecret, "id")) == 2
    clock.advance(timedelta(hours=2))
    sweeping.sweep()
    assert len(column(cast, EndpointSecret, "id")) == 1
