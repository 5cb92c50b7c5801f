"""The operator's proxy fails: nothing is lost, nothing is spent, and no endpoint is blamed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from portico.domains.webhooks.pump import Pump, sender
from portico.domains.webhooks.pump.health import IN_A_ROW, START, Health
from portico.kernel import clock
from portico.kernel.outbound import Answer, EgressPolicy, Many
from tests.support.cast import Cast
from tests.support.certificates import self_signed, served_with
from tests.support.loopback_servers import LoopbackServer
from tests.support.proxies import LoopbackProxy
from tests.support.pumping import attempts, deliveries, endpoint, happen, settle, state_of

FAILED = b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.both_databases
def test_while_it_fails_nothing_is_spent_and_afterwards_all_comes(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = self_signed(tmp_path, "hooks.test")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.setattr(sender, "Many", lambda policy: Many(policy, lambda host: ["93.184.215.14"]))
    with (
        LoopbackServer(tls=served_with(pem)) as receiver,
        LoopbackProxy(leads_to=receiver.port, says=FAILED) as proxy,
        clock.held(clock.now()),
    ):
        made = endpoint(cast, "https://hooks.test/in")
        pump = Pump(EgressPolicy.for_mode("production", (), proxy.url()), deadline_s=5)
        assert pump.take()
        happen(cast)
        for _ in range(2 * IN_A_ROW):
            settle(pump)
            state = state_of(cast, made["id"])
            assert (state.status, state.reason, state.consecutive_failures) == ("paused", "proxy", 0)
            wait = state.paused_until - clock.now()
            assert timedelta(seconds=24) <= wait <= timedelta(seconds=36)
            clock.advance(wait + timedelta(seconds=1))
        clock.advance(timedelta(days=6))
        settle(pump)
        (row,) = deliveries(cast)
        assert (row["state"], row["attempts"], row["last_error"]) == ("waiting", 0, "proxy_error")
        assert {one["error_class"] for one in attempts(cast, row["id"])} == {"proxy_error"}

        proxy.says = b""
        clock.advance(timedelta(minutes=1))
        settle(pump)
        pump.close(0)
        (row,) = deliveries(cast)
        assert (row["state"], row["attempts"]) == ("succeeded", 1)
        assert state_of(cast, made["id"]).status == "active"


def test_it_makes_an_endpoint_slower_and_never_unwell() -> None:
    health = Health()
    failure = Answer(None, {}, b"", "proxy_error", "", 0, 0, 5, clock.now())
    assert not any(health.note(failure, clock.now()) for _ in range(50))
    assert (health.limit, health.transport_failures, len(health.recent)) == (1, 0, 0)
    well = Answer(200, {}, b"", None, "", 0, 0, 5, clock.now())
    for _ in range(START):
        health.note(well, clock.now())
    assert health.is_well
