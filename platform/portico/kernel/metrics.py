"""What this process counts of itself, in the text that Prometheus reads.

Every metric is declared where it is counted, in this one registry. Labels are from small closed sets (an error class,
a state, the template of a route): never a workspace, an endpoint or an address, so the number of series has a bound.
What stands in the database is asked when somebody reads, by collectors that remember their answer for a while.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from portico.kernel.db import database
from portico.settings import Settings

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, which nobody reads
CONTENT_TYPE = CONTENT_TYPE_LATEST
REMEMBERED_S = 15.0
REGISTRY = CollectorRegistry()
_counted: list[Counter | Histogram] = []
_asked: list[Collector] = []

Values = Iterable[tuple[Sequence[str], float]]


def counter(name: str, says: str, *labels: str) -> Counter:
    """Something that happens. `name` ends with `_total`."""
    made = Counter(name, says, labels, registry=REGISTRY)
    _counted.append(made)
    return made


def histogram(name: str, says: str, *labels: str, buckets: Sequence[float]) -> Histogram:
    """How long something takes, or how much it is."""
    made = Histogram(name, says, labels, registry=REGISTRY, buckets=buckets)
    _counted.append(made)
    return made


class Gauges(Collector):
    """Values that are asked when somebody reads. `read` answers them by name; what it does not know is left out."""

    def __init__(
        self, families: Mapping[str, tuple[str, tuple[str, ...]]], read: Callable[[], Mapping[str, Values]]
    ) -> None:
        self.families = families
        self.read = read
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._last: Mapping[str, Values] = {}
        self.remembered_s = REMEMBERED_S

    def describe(self) -> Iterator[GaugeMetricFamily]:
        for name, (says, labels) in self.families.items():
            yield GaugeMetricFamily(name, says, labels=labels)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self._lock:
            if self._read_at is None or time.monotonic() - self._read_at >= self.remembered_s:
                self._last, self._read_at = self.read(), time.monotonic()
            values = self._last
        for family in self.describe():
            for labels, value in values.get(family.name, ()):
                family.add_metric(labels, value)
            yield family


def ask(gauges: Gauges) -> Gauges:
    """Expose these gauges in this process."""
    if gauges not in _asked:
        REGISTRY.register(gauges)
        _asked.append(gauges)
    return gauges


def exposition(settings: Settings) -> bytes:
    """The text. Several worker processes of one server share the files of their counts, so any of them answers for
    all."""
    if not settings.metrics_folder:
        return generate_latest(REGISTRY)
    shared = CollectorRegistry()
    MultiProcessCollector(shared, settings.metrics_folder)  # type: ignore[no-untyped-call]
    for gauges in _asked:
        shared.register(gauges)
    return generate_latest(shared)


def may_read(settings: Settings, authorization: str | None) -> bool:
    """Whether a request carries the operator's token (RFC 6750 section 2.1). Without such a token nobody may."""
    scheme, _, given = (authorization or "").partition(" ")
    wanted = settings.metrics_token
    return bool(wanted) and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), wanted.encode())


def _pool() -> Mapping[str, Values]:
    pool = database().engine.pool
    in_use = getattr(pool, "checkedout", None)
    return {"portico_database_connections": [((), float(in_use()))]} if in_use is not None else {}


DATABASE = Gauges({"portico_database_connections": ("Connections to the database that are in use.", ())}, _pool)
DATABASE.remembered_s = 0.0


def declared() -> list[tuple[str, str, tuple[str, ...], str]]:
    """Each metric: its name, kind and labels, and what it says."""
    rows = []
    for each in _counted:
        kind = "histogram" if isinstance(each, Histogram) else "counter"
        name = each._name + ("" if kind == "histogram" else "_total")
        rows.append((name, kind, tuple(each._labelnames), each._documentation))
    for gauges in ALL_GAUGES:
        rows += [(name, "gauge", labels, says) for name, (says, labels) in gauges.families.items()]
    return sorted(rows)


ALL_GAUGES: list[Gauges] = [DATABASE]
"""Every group of gauges there is, whichever process exposes it."""
