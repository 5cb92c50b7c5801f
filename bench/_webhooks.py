"""What the parts of bench/webhooks share: the receiver, endpoints and events, and the times in the rows."""

from __future__ import annotations

import datetime as dt
import json
import os
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import _support
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import func, select

from portico.domains.contacts.events import CONTACT_CREATED
from portico.domains.webhooks.models import Delivery
from portico.domains.webhooks.service import endpoints, secrets
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import after_commit, system_unit, unit
from tests.support import apps
from tests.support.cast import Cast
from tests.support.running import Process, free_ports, responds
from tests.support.waiting import until

HERE = _support.ROOT / "bench"
TEXT = "Z" * 600
"""Makes the body of a call 1 KB."""


class Sink:
    """`bench/_sink.py`, running."""

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        self.port = free_ports(1)[0]
        argv = [sys.executable, str(HERE / "_sink.py"), str(self.port)]
        self.certificate = folder / "sink.pem"
        self._context = None
        if tls:
            _make_certificate(self.certificate)
            argv.append(str(self.certificate))
            self._context = ssl.create_default_context(cafile=str(self.certificate))
        self._scheme = "https" if tls else "http"
        self._process = Process(tuple(argv), dict(os.environ), folder / "sink.log")
        until(lambda: tls or responds(self.url("/-/count")), within=30, what="the sink")
        until(self._answers, within=30, what="the sink")

    def _answers(self) -> bool:
        try:
            self.count()
        except OSError:
            return False
        return True

    def url(self, path: str) -> str:
        return f"{self._scheme}://localhost:{self.port}{path}"

    def _ask(self, what: str) -> Any:
        with urlopen(self.url(f"/-/{what}"), context=self._context, timeout=60) as answer:
            return json.load(answer)

    def count(self) -> int:
        return int(self._ask("count"))

    def seen(self) -> list[tuple[str, str, float]]:
        """Path, event and moment of each call."""
        return [tuple(one) for one in self._ask("seen")]

    def repeated(self) -> int:
        """Calls that brought an event to a path to which it had come before."""
        calls = [(path, event) for path, event, _ in self.seen()]
        return len(calls) - len(set(calls))

    def forget(self) -> None:
        self._ask("forget")

    def stop(self) -> None:
        self._process.kill()


@contextmanager
def sink(folder: Path, *, tls: bool = False) -> Iterator[Sink]:
    made = Sink(folder, tls=tls)
    try:
        yield made
    finally:
        made.stop()


def _make_certificate(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))


def add_endpoints(cast: Cast, urls: list[str], *, types: tuple[str, ...] = ("contact.*",)) -> list[str]:
    """Endpoints of the workspace with a secret each, without the events of their making."""
    actor = cast.actor("admin")
    with unit(cast.acme, write=True):
        made = []
        for url in urls:
            scopes = sorted(actor.scopes)
            made.append(
                endpoints.insert_endpoint(cast.acme, url=url, types=list(types), scopes=scopes, description=None)
            )
            secrets.add_secret(cast.acme, made[-1])
    return made


def install_apps(cast: Cast, port: int, number: int) -> None:
    """As many apps, each listening at a path of its own."""
    for place in range(number):
        content = apps.manifest(
            key=f"app-{place}",
            runtime={"base_url": f"http://localhost:{port}"},
            access={"scopes": [{"name": "contacts:read", "reason": "to greet them"}]},
            events={"url": f"/{place}", "types": ["contact.*"]},
        )
        apps.register(cast, content)
        apps.install(cast, f"app-{place}")


def happen(cast: Cast, count: int = 1, stamps: dict[str, float] | None = None) -> float:
    """Events in one transaction; answers how long it took. `stamps` gets the moment of the commit of each."""
    began = time.perf_counter()
    with unit(cast.acme, write=True):
        ids: list[str] = []
        if stamps is not None:  # before the bell, which rings after the commit too
            after_commit(lambda: stamps.update(dict.fromkeys(ids, time.time())))
        for _ in range(count):
            contact = {"id": new_id("con"), "display_name": TEXT, "version": 1}
            ids.append(emit(cast.system(), CONTACT_CREATED, contact))
    return time.perf_counter() - began


def happen_often(cast: Cast, count: int) -> None:
    for start in range(0, count, 50):
        happen(cast, min(50, count - start))


def paced(cast: Cast, per_second: float, seconds: float) -> dict[str, float]:
    """Events one by one at a rate; answers the moment of each one's commit."""
    stamps: dict[str, float] = {}
    began = time.perf_counter()
    for number in range(int(per_second * seconds)):
        time.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        happen(cast, 1, stamps)
    return stamps


def count(*which: Any) -> int:
    with system_unit("bench: count deliveries") as work:
        return int(work.scalar(select(func.count()).select_from(Delivery).where(*which)) or 0)


def all_received(receiver: Sink, number: int, within: float) -> None:
    """Wait until the receiver was called so often, without asking the database, which a million rows keep busy."""
    deadline = time.monotonic() + within
    while receiver.count() < number:
        if time.monotonic() > deadline:
            raise SystemExit(f"not all of {number} calls came within {within:g} s")
        time.sleep(0.5)


def all_written(number: int, within: float, *which: Any) -> None:
    """Wait until so many deliveries have succeeded."""
    deadline = time.monotonic() + within
    while count(Delivery.state == "succeeded", *which) < number:
        if time.monotonic() > deadline:
            raise SystemExit(f"not all of {number} deliveries came within {within:g} s")
        time.sleep(0.25)


def span(*which: Any) -> tuple[float, float]:
    """When the first delivery was laid out, and when the last result was written."""
    with system_unit("bench: how long it took") as work:
        first, last = work.execute(
            select(func.min(Delivery.created_at), func.max(Delivery.finished_at)).where(*which)
        ).one()
    return _seconds(first), _seconds(last)


def _seconds(moment: Any) -> float:
    found = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return float(found.timestamp())
