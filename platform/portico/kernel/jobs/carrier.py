"""Who brings a job to a process that runs it: RQ when Redis is set, else the bell of the runner."""

from __future__ import annotations

import logging
from collections.abc import Callable

import redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from portico.kernel import bell
from portico.kernel.circuit import Circuit
from portico.settings import Settings

QUEUE = "portico"
PERFORM = "portico.kernel.jobs.perform"
log = logging.getLogger("portico.jobs")

_queue: Queue | None = None
_circuit = Circuit()


def configure(settings: Settings) -> None:
    """Choose the carrier."""
    global _queue, _circuit
    _queue, _circuit = None, Circuit()
    if settings.redis_url:
        connection = redis.Redis.from_url(settings.redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)
        _queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)


def carry(workspace_id: str, job_id: str) -> None:
    """Hand the ids over. A carrier that fails costs a sweep, never the job."""
    if _queue is None:
        bell.ring()
        return
    if not _circuit.may_try():
        return
    try:
        _queue.enqueue(PERFORM, workspace_id, job_id, result_ttl=0, failure_ttl=0)
        _circuit.worked()
    except redis.RedisError as error:
        _circuit.failed()
        log.warning("Job %s waits for the sweep: %s.", job_id, type(error).__name__)


def run_worker(settings: Settings, *, until_empty: bool = False, on_start: Callable[[], None] | None = None) -> None:
    """Work off the RQ queue in this process until told to stop."""
    if not settings.redis_url:
        raise RuntimeError("A worker needs PORTICO_REDIS_URL; without Redis, `portico pump` runs the jobs.")
    connection = redis.Redis.from_url(settings.redis_url)
    if on_start is not None:
        on_start()
    worker = SimpleWorker([QUEUE], connection=connection, serializer=JSONSerializer)
    worker.work(burst=until_empty, with_scheduler=False)
