"""A receiver of webhooks that keeps what it was sent, and a client that goes on when the server is killed."""

from __future__ import annotations

import http.client
import json
import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.loopback_servers import LoopbackServer


class Receiver:
    """A real HTTP server on loopback; answers 200 to all."""

    def __init__(self, server: LoopbackServer) -> None:
        self._server = server
        self.url = server.url("/events")

    def objects(self) -> set[str]:
        """The ids of the objects whose events came."""
        return {json.loads(one.body)["resource"]["id"] for one in list(self._server.received)}

    def repeated(self) -> int:
        """How many requests brought an event that had come before."""
        ids = Counter(one.headers["webhook-id"] for one in list(self._server.received))
        return ids.total() - len(ids)


@contextmanager
def receiver() -> Iterator[Receiver]:
    with LoopbackServer() as server:
        yield Receiver(server)


class TicketWriters:
    """Several clients that create tickets over HTTP until there are `wanted` answers of 201. Each says what it wants by
    an Idempotency-Key, again and again until it is answered 201, to whatever listens on the port then: so there is one
    ticket for each answer, whatever was killed meanwhile."""

    def __init__(self, port: int, token: str, contact_id: str, *, wanted: int, clients: int) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._contact_id = contact_id
        self._wanted = wanted
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(clients)]
        self.created: list[str] = []
        self.unanswered = 0
        self.last_failure = ""
        self.wrong: list[tuple[int, dict[str, Any]]] = []

    def __enter__(self) -> TicketWriters:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    @property
    def finished(self) -> bool:
        return len(self.created) >= self._wanted

    def _run(self) -> None:
        connection = self._connection()
        while not self.finished and not self._stop.is_set():
            connection = self._create_one(connection, secrets.token_hex(8))
        connection.close()

    def _create_one(self, connection: http.client.HTTPConnection, key: str) -> http.client.HTTPConnection:
        """Answers the connection to go on with."""
        while not self._stop.is_set():
            try:
                if self._note(*self._create(connection, key)):
                    break
            except (OSError, http.client.HTTPException) as error:
                self.unanswered += 1
                self.last_failure = repr(error)
                connection.close()
                connection = self._connection()
            self._stop.wait(0.05)
        return connection

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)

    def _create(self, connection: http.client.HTTPConnection, key: str) -> tuple[int, dict[str, Any]]:
        body: dict[str, Any] = {"subject": "Under load", "requester": {"contact_id": self._contact_id}}
        connection.request("POST", "/api/v1/tickets", json.dumps(body), {**self._headers, "Idempotency-Key": key})
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    def _note(self, status: int, body: dict[str, Any]) -> bool:
        """Whether this one is done."""
        if status == 201:
            self.created.append(body["id"])
        elif status != 503 and body.get("code") != "idempotency_in_progress":  # to be asked again, both of them
            self.wrong.append((status, body))
        return bool(self.wrong) or status == 201
