"""What is measured of delivery when somebody reads: what stands in the database, and this process's pump."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from portico.domains.webhooks.pump.shards import LAYING_OUT
from portico.domains.webhooks.standing import MOST, Standing, standing
from portico.kernel import clock, metrics
from portico.kernel.errors import Unavailable
from portico.kernel.unit_of_work import system_unit

if TYPE_CHECKING:
    from portico.domains.webhooks.pump import Pump

_STANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "portico_deliveries_waiting": (
        f"Deliveries that wait, by lane (live, replayed) and why: due, later, paused, held. Counted to {MOST}.",
        ("lane", "why"),
    ),
    "portico_oldest_due_seconds": ("For how long the oldest delivery that could be sent has been due.", ()),
    "portico_events_not_fanned_out": (f"Events that have no deliveries yet. Counted to {MOST}.", ()),
    "portico_outbox_lag_seconds": ("How old the oldest of them is.", ()),
    "portico_endpoints": (
        f"Endpoints by state: active, paused (it asked), unwell (breaker open), held, disabled. Counted to {MOST}.",
        ("state",),
    ),
    "portico_pumps": ("Pumps that live.", ()),
    "portico_shards_free": ("Shards of the endpoints that no living pump holds: nothing is sent there.", ()),
    "portico_jobs": (f"Jobs that are not finished, by state. Counted to {MOST}.", ("state",)),
    "portico_oldest_job_seconds": ("For how long the oldest job that nobody runs has been due.", ()),
}
_PUMPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "portico_pump_in_flight": ("Deliveries that this process has claimed and not written.", ()),
    "portico_pump_shards": ("Shards of the endpoints that this process holds; 0 while it stands by.", ()),
    "portico_pump_fencing": ("The highest fencing number that this process holds.", ()),
}


def _read() -> Mapping[str, metrics.Values]:
    """Nothing when the database does not answer: the rest is worth reading then most of all."""
    try:
        with system_unit("metrics: what waits, in all workspaces"):
            return _values(standing())
    except (SQLAlchemyError, Unavailable):
        return {}


def _values(found: Standing) -> Mapping[str, metrics.Values]:
    now = clock.now()
    return {
        "portico_deliveries_waiting": [((lane, why), float(count)) for (lane, why), count in found.waiting.items()],
        "portico_oldest_due_seconds": [((), found.age(found.oldest_due, now))],
        "portico_events_not_fanned_out": [((), float(found.events))],
        "portico_outbox_lag_seconds": [((), found.age(found.oldest_event, now))],
        "portico_endpoints": [((state,), float(count)) for state, count in found.endpoints.items()],
        "portico_pumps": [((), float(sum(pump.lives for pump in found.pumps)))],
        "portico_shards_free": [((), float(found.shards_free))],
        "portico_jobs": [((state,), float(count)) for state, count in found.jobs.items()],
        "portico_oldest_job_seconds": [((), found.age(found.oldest_job, now))],
    }


STANDING = metrics.Gauges(_STANDS, _read)
PUMP = metrics.Gauges(_PUMPS, dict)
metrics.ALL_GAUGES += [STANDING, PUMP]


def watch(pump: Pump) -> None:
    """Expose this process's pump, and what stands in the database."""
    PUMP.read, PUMP.remembered_s = lambda: _of_pump(pump), 0.0
    for gauges in (metrics.DATABASE, STANDING, PUMP):
        metrics.ask(gauges)


def _of_pump(pump: Pump) -> Mapping[str, metrics.Values]:
    held = dict(pump.lease.held)
    return {
        "portico_pump_in_flight": [((), float(pump.in_flight))],
        "portico_pump_shards": [((), float(len(held.keys() - {LAYING_OUT})))],
        "portico_pump_fencing": [((), float(max(held.values(), default=0)))],
    }
