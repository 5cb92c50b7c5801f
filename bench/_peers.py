"""Beside what we measure: a plain loop of the same HTTP client, and one RQ job per call."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import redis
from _webhooks import Sink
from rq import Queue

from portico.domains.webhooks import signing
from portico.kernel.outbound import EgressPolicy, Many, Request

BODY = b"x" * 1024
SECRET = b"s" * 32


def _headers(number: int) -> dict[str, str]:
    headers = signing.open_headers(f"evt_{number}", int(time.time()), None)
    headers["webhook-signature"] = signing.signature((SECRET,), f"evt_{number}", int(time.time()), BODY)
    return headers


def loop(urls: list[str], number: int, sink: Sink, in_flight: int = 256) -> float:
    """Calls per second: signed and sent, and nothing is stored."""
    os.environ["SSL_CERT_FILE"] = str(sink.certificate)
    many = Many(EgressPolicy.for_mode("demo", (f"localhost:{sink.port}",)))
    began, started, done = time.perf_counter(), 0, 0
    while done < number:
        while started < number and many.in_flight < in_flight:
            url = urls[started % len(urls)]
            many.start(Request("POST", url, headers=_headers(started), body=BODY), started)
            started += 1
        answers = many.poll(1.0)
        wrong = [answer for _, answer in answers if not answer.ok]
        if wrong:
            raise SystemExit(f"the plain loop failed: {wrong[0]}")
        done += len(answers)
    many.close()
    del os.environ["SSL_CERT_FILE"]
    return number / (time.perf_counter() - began)


def post(url: str, number: int) -> int:
    """The job."""
    return httpx.post(url, content=BODY, headers=_headers(number), timeout=15).status_code


def rq_jobs(url: str, redis_url: str, number: int) -> float:
    """Calls per second of one worker without forking, which is RQ at its fastest; the jobs are there already."""
    queue = Queue("calls", connection=redis.Redis.from_url(redis_url))
    queue.enqueue_many([Queue.prepare_data("_peers.post", (url, one)) for one in range(number)])
    worker = str(Path(sys.executable).with_name("rq"))
    argv = [worker, "worker", "--url", redis_url, "--burst", "--quiet", "-w", "rq.SimpleWorker", "calls"]
    began = time.perf_counter()
    subprocess.run(argv, cwd=Path(__file__).parent, check=True, timeout=120, env=_environment())
    return number / (time.perf_counter() - began)


def _environment() -> dict[str, str]:
    here = Path(__file__).resolve().parent
    return os.environ | {"PYTHONPATH": f"{here}:{here.parent}"}
