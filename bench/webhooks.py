"""Webhooks: deliveries per second, from commit to request, fan-out, replay, idle cost, noisy neighbours."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import _peers
import _support
import _webhooks
from _replays import add_events

from portico.domains.webhooks import service
from portico.domains.webhooks.models import Delivery
from portico.domains.webhooks.pump import Pump
from portico.kernel import bell, clock
from portico.kernel.outbound import EgressPolicy
from portico.kernel.unit_of_work import unit
from tests.support.cast import Cast, make_cast
from tests.support.running import Portico
from tests.support.statements import watched

PUMP = (str(Path(sys.executable).with_name("portico")), "pump")
APPS = 20
CONTACTS = Delivery.type == "contact.created"
GOALS = {
    "rate": "2,500 deliveries/s on PostgreSQL, then 5,000",
    "latency": "p95 60 ms at 200/s, then 25 ms",
    "fan_out": "commit in 10 ms, 10,000 rows in 5 s",
    "replay": "2,000/s",
    "idle": "2 queries/s",
    "noisy": "healthy p95 within 1.5 times of without; at most 10 requests to a hanging endpoint in its first minute",
}


class Bench:
    def __init__(self, options: argparse.Namespace, kind: str) -> None:
        self.options, self.kind = options, kind

    @contextmanager
    def world(self, *, tls: bool = False, with_redis: bool = False) -> Iterator[tuple[Portico, Cast, _webhooks.Sink]]:
        """A fresh Portico with its people, and a receiver."""
        with Portico(self.kind, with_redis=with_redis) as portico, _webhooks.sink(portico.home, tls=tls) as sink:
            if tls:
                allowed = f"localhost:{sink.port}"
                portico.environment |= {"SSL_CERT_FILE": str(sink.certificate), "PORTICO_EGRESS_ALLOW": allowed}
            if not with_redis:
                bell.configure(portico.settings, portico.database)  # what is committed here rings as the web does
            yield portico, make_cast(self.kind), sink

    # --- deliveries per second ---

    def rate(self) -> dict[str, Any]:
        return self._rate()

    def rate_tls(self) -> dict[str, Any]:
        return self._rate(tls=True)

    def rate_apps(self) -> dict[str, Any]:
        """To the endpoints of installed apps, whose payloads are what each may read."""
        return self._rate(of_apps=True)

    def _rate(self, *, tls: bool = False, of_apps: bool = False) -> dict[str, Any]:
        receivers = APPS if of_apps else 100
        number = self.options.deliveries // receivers * receivers
        with self.world(tls=tls) as (portico, cast, sink):
            urls = [sink.url(f"/{place}") for place in range(receivers)]
            floor = _peers.loop(urls, number, sink)
            if of_apps:
                _webhooks.install_apps(cast, sink.port, receivers)
            else:
                _webhooks.add_endpoints(cast, urls)
            _webhooks.happen_often(cast, number // receivers)
            sink.forget()
            pumps = [portico.start_background()]
            pumps += [portico.start(f"pump{place}", PUMP) for place in range(1, self.options.pumps)]
            _webhooks.all_written(number, within=120)
            began, ended = _webhooks.span(CONTACTS)
            spent = sum(_support.cpu_seconds(pump.pid) for pump in pumps)
            return {
                "deliveries": number,
                "per_second": round(number / (ended - began)),
                "came_more_than_once": sink.repeated(),
                "pump_cpu_us": round(spent / number * 1_000_000),
                "floor_per_second": round(floor),
            }

    def rq(self) -> dict[str, Any]:
        """One RQ job for each call."""
        with self.world(with_redis=True) as (portico, _, sink):
            return {"per_second": round(_peers.rq_jobs(sink.url("/rq"), portico.redis_url, self.options.jobs), 1)}

    # --- from commit to request ---

    def latency(self) -> dict[str, Any]:
        return {"at_200": self._latency(200, 1), "at_2000": self._latency(20, 100)}

    def _latency(self, events_per_second: float, receivers: int) -> dict[str, Any]:
        with self.world() as (portico, cast, sink):
            _webhooks.add_endpoints(cast, [sink.url(f"/{place}") for place in range(receivers)])
            portico.start_background()
            _webhooks.paced(cast, events_per_second, 2)  # warms up
            _webhooks.all_written(int(events_per_second * 2) * receivers, within=60)
            sink.forget()
            stamps = _webhooks.paced(cast, events_per_second, self.options.seconds)
            _webhooks.all_written(int(events_per_second * (2 + self.options.seconds)) * receivers, within=60)
            waited = [max(0.0, at - stamps[event]) for _, event, at in sink.seen() if event in stamps]
            return {"calls": len(waited), **_support.summary(waited)}

    # --- one event to very many ---

    def fan_out(self) -> dict[str, Any]:
        with self.world() as (portico, cast, sink):
            _webhooks.add_endpoints(cast, [sink.url(f"/{place % 100}") for place in range(self.options.endpoints)])
            portico.start_background()
            commits = [_webhooks.happen(cast)]
            _webhooks.all_written(self.options.endpoints, within=120)
            began = time.perf_counter()
            commits.append(_webhooks.happen(cast))
            while _webhooks.count() < 2 * self.options.endpoints:
                time.sleep(0.05)
            laid_out = time.perf_counter() - began
            _webhooks.all_written(2 * self.options.endpoints, within=120)
            return {
                "endpoints": self.options.endpoints,
                "commit_ms": round(min(commits) * 1000, 1),
                "all_rows_s": round(laid_out, 2),
                "all_delivered_s": round(time.perf_counter() - began, 2),
            }

    # --- replay ---

    def replay(self) -> dict[str, Any]:
        number = self.options.replay
        with self.world() as (portico, cast, sink):
            (endpoint_id,) = _webhooks.add_endpoints(cast, [sink.url("/replay")])
            _webhooks.happen(cast)
            portico.start_background()
            _webhooks.all_written(1, within=60)
            add_events(cast.acme, number - 1)
            actor = cast.actor("admin")
            with unit(cast.acme, write=True):
                since = clock.now() - timedelta(hours=1)
                begun = service.start_replay(actor, endpoint_id, {"since": since})
            which = Delivery.replay_id == begun["id"]
            _webhooks.all_received(sink, number + 1, within=max(120.0, number / 200))
            _webhooks.all_written(number + 1, within=60)
            began, ended = _webhooks.span(which)
            return {"deliveries": number, "per_second": round(number / (ended - began))}

    # --- nothing to do ---

    def idle(self) -> dict[str, Any]:
        """The pump in this process, where its statements can be counted."""
        with self.world() as (_portico, cast, sink):
            _webhooks.add_endpoints(cast, [sink.url(f"/{place}") for place in range(100)])
            pump, stop = Pump(EgressPolicy.for_mode("demo")), threading.Event()
            thread = threading.Thread(target=pump.run, args=(stop,))
            thread.start()
            try:
                time.sleep(5)
                with watched() as statements:
                    time.sleep(self.options.seconds)
            finally:
                stop.set()
                pump.wake()
                thread.join()
            asked = [one for one in statements if not one.only_opens]
            return {"queries_per_second": round(len(asked) / self.options.seconds, 2)}

    # --- noisy neighbours ---

    def noisy(self) -> dict[str, Any]:
        alone, _ = self._neighbours(0)
        beside, worst = self._neighbours(20)
        return {
            "seconds": self.options.noisy_seconds,
            "alone": alone,
            "beside_20_hanging": beside,
            "ratio_p95": round(beside["p95_ms"] / alone["p95_ms"], 2),
            "most_calls_to_a_hanging_one_in_its_first_minute": worst,
        }

    def _neighbours(self, hanging: int) -> tuple[dict[str, Any], int]:
        """Ten events a second to 20 healthy endpoints: 200 calls/s, and as many that are due to the hanging ones."""
        with self.world() as (portico, cast, sink):
            urls = [sink.url(f"/well/{place}") for place in range(20)]
            _webhooks.add_endpoints(cast, urls + [sink.url(f"/hang/{place}") for place in range(hanging)])
            portico.start_background()
            stamps = _webhooks.paced(cast, 10, self.options.noisy_seconds)
            _webhooks.all_written(len(stamps) * 20, within=60)
            seen = sink.seen()
        waited = [
            max(0.0, at - stamps[event]) for path, event, at in seen if path.startswith("/well") and event in stamps
        ]
        hung: dict[str, list[float]] = {}
        for path, _, at in seen:
            if path.startswith("/hang"):
                hung.setdefault(path, []).append(at)
        worst = max((sum(at < calls[0] + 60 for at in calls) for calls in hung.values()), default=0)
        return {"calls": len(waited), **_support.summary(waited)}, worst

    def run(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in self.options.parts:
            work: Callable[[], dict[str, Any]] = getattr(self, part)
            found[part] = work()
            _support.say(f"  {part:10} {found[part]}")
        return found


PARTS = ("rate", "rate_tls", "rate_apps", "rq", "latency", "fan_out", "replay", "idle", "noisy")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="postgres")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--deliveries", type=int, default=20_000, help="of one measurement of the rate")
    parser.add_argument("--pumps", type=int, default=1, help="that share the work, for the rates; on PostgreSQL")
    parser.add_argument("--endpoints", type=int, default=10_000, help="that one event goes to")
    parser.add_argument("--replay", type=int, default=20_000, help="deliveries of the replay; 1000000 takes minutes")
    parser.add_argument("--jobs", type=int, default=300, help="of RQ")
    parser.add_argument("--seconds", type=float, default=10.0, help="of latency at one rate, and of idling")
    parser.add_argument("--noisy-seconds", type=float, default=60.0, help="with and without hanging neighbours, each")
    options = parser.parse_args()
    about = _support.machine()
    figures = Bench(options, options.database).run()
    load = {"load_after": round(os.getloadavg()[0], 2)}
    _support.report({**about, **load}, {"database": options.database, "goals": GOALS, **figures})


if __name__ == "__main__":
    main()
