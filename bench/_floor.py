"""The floor: plain Flask on the same server, doing the same SQL by hand, and nothing else.

The same token look-up, workspace setting, rows and outbox as the API, in one transaction on one connection per thread.
No scopes, limits, schema, fence, row-level security, search normalisation, request ids or logs.

    FLOOR_DATABASE=postgresql://… | path of a SQLite file   FLOOR_PORT=…   python _floor.py
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg
from flask import Flask, Response, abort, request
from granian import Granian
from granian.constants import Interfaces

from portico.cli.serve import BLOCKING_THREADS

DATABASE = os.environ["FLOOR_DATABASE"]
POSTGRES = DATABASE.startswith("postgresql")
_mine = threading.local()
_writing = threading.Lock()  # SQLite: its own waiting sleeps


def _sql(text: str) -> str:
    return text if POSTGRES else text.replace("%s", "?")


TOKEN = _sql(
    "SELECT t.id, t.scopes, t.expires_at, t.revoked_at, t.workspace_id, m.id, m.employee_id, m.user_id, m.role,"
    " m.ended_at FROM personal_token t JOIN membership m ON m.id = t.membership_id WHERE t.digest = %s"
)
SET = "SELECT set_config('portico.workspace', %s, true)"
_COLUMNS = "id, display_name, owner_employee_id, lifecycle_stage, tags, created_at, updated_at, version, company_ids"
ONE = _sql(f"SELECT {_COLUMNS} FROM contact WHERE workspace_id = %s AND trashed_at IS NULL AND id = %s")
PAGE = _sql(f"SELECT {_COLUMNS} FROM contact WHERE workspace_id = %s AND trashed_at IS NULL ORDER BY id DESC LIMIT 51")
_KNOWN = "contact_id, kind, value, namespace, label, is_primary, verified, shared, id, verified_at, verification"
KNOWN = (
    f"SELECT {_KNOWN} FROM contact_identifier WHERE workspace_id = %s AND contact_id = ANY(%s)"
    " ORDER BY contact_id, position"
)
ADD = _sql(
    "INSERT INTO contact (workspace_id, id, display_name, name_key, owner_employee_id, lifecycle_stage, tags,"
    " created_at, updated_at, version) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 1)"
)
ADD_KNOWN = _sql(
    "INSERT INTO contact_identifier (workspace_id, id, contact_id, position, kind, namespace, value, canonical, label,"
    " is_primary, verified, shared, held) VALUES (%s, %s, %s, %s, %s, '', %s, %s, NULL, true, false, false, true)"
)
ADD_WORD = _sql("INSERT INTO search_word (workspace_id, kind, word, object_id) VALUES (%s, 'contact', %s, %s)")
COUNT = _sql("UPDATE event_counter SET seq = seq + 1 WHERE workspace_id = %s RETURNING seq")
EVENT = _sql(
    "INSERT INTO event (workspace_id, id, seq, type, version, occurred_at, scopes, actor, resource_type, resource_id,"
    " resource_version, data, cause, fanned_out)"
    " VALUES (%s, %s, %s, 'contact.created', 1, %s, 'contacts:read', %s, 'contact', %s, 1, %s, %s, false)"
)


def _connection() -> Any:
    if not hasattr(_mine, "connection"):
        if POSTGRES:
            _mine.connection = psycopg.connect(DATABASE)
        else:
            _mine.connection = sqlite3.connect(DATABASE, timeout=5, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
                _mine.connection.execute(f"PRAGMA {pragma}")
    return _mine.connection


@contextmanager
def transaction(*, write: bool = False) -> Iterator[Any]:
    connection = _connection()
    if POSTGRES:
        with connection.transaction():
            yield connection
        return
    if write:
        _writing.acquire()
    connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield connection
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if write:
            _writing.release()


def _authenticate(connection: Any) -> Any:
    token = request.headers.get("Authorization", "")[7:]
    row = connection.execute(TOKEN, (hashlib.sha256(token.encode()).hexdigest(),)).fetchone()
    if row is None or row[3] is not None or row[9] is not None:
        abort(401)
    if POSTGRES:
        connection.execute(SET, (row[4],))
    return row


def _instant(value: Any) -> Any:
    return value if isinstance(value, str) else value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _shape(row: Any, identifiers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row[0],
        "display_name": row[1],
        "identifiers": identifiers,
        "owner_employee_id": row[2],
        "lifecycle_stage": row[3],
        "tags": row[4] if POSTGRES else orjson.loads(row[4]),
        "company_ids": row[8] if POSTGRES else orjson.loads(row[8]),
        "created_at": _instant(row[5]),
        "updated_at": _instant(row[6]),
        "version": row[7],
    }


def _identifiers(connection: Any, workspace_id: str, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    if POSTGRES:
        rows = connection.execute(KNOWN, (workspace_id, ids))
    else:
        marks = ",".join("?" * len(ids))
        rows = connection.execute(KNOWN.replace("= ANY(%s)", f"IN ({marks})").replace("%s", "?"), (workspace_id, *ids))
    found: dict[str, list[dict[str, Any]]] = {one: [] for one in ids}
    for row in rows:
        found[row[0]].append(
            {
                "id": row[8],
                "kind": row[1],
                "value": row[2],
                "namespace": row[3] or None,
                "label": row[4],
                "primary": bool(row[5]),
                "verified": bool(row[6]),
                "verified_at": row[9] and _instant(row[9]),
                "verification": row[10],
                "shared": bool(row[7]),
            }
        )
    return found


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, content_type="application/json")


def read_one(contact_id: str) -> Response:
    with transaction() as connection:
        workspace_id = _authenticate(connection)[4]
        row = connection.execute(ONE, (workspace_id, contact_id)).fetchone()
        if row is None:
            abort(404)
        known = _identifiers(connection, workspace_id, [contact_id])
    return _json(_shape(row, known[contact_id]))


def read_page() -> Response:
    with transaction() as connection:
        workspace_id = _authenticate(connection)[4]
        rows = connection.execute(PAGE, (workspace_id,)).fetchall()[:50]
        known = _identifiers(connection, workspace_id, [row[0] for row in rows])
    return _json({"data": [_shape(row, known[row[0]]) for row in rows], "page": {"next_cursor": rows[-1][0]}})


def _id(prefix: str) -> str:
    return f"{prefix}_{os.urandom(13).hex()}"


def create() -> Response:
    body = request.get_json()
    name, address = body["display_name"], body["identifiers"][0]["value"]
    contact_id, now = _id("con"), datetime.now(UTC)
    at = now if POSTGRES else _instant(now)
    known = [{"kind": "email", "value": address, "namespace": None, "label": None}]
    known[0] |= {"id": _id("cid"), "primary": True, "shared": False}
    known[0] |= {"verified": False, "verified_at": None, "verification": None}
    none: Any = [] if POSTGRES else "[]"
    shape = _shape((contact_id, name, None, None, none, now, now, 1, none), known)
    with transaction(write=True) as connection:
        token = _authenticate(connection)
        workspace_id = token[4]
        connection.execute(ADD, (workspace_id, contact_id, name, name.lower(), None, None, "[]", at, at))
        connection.execute(ADD_KNOWN, (workspace_id, known[0]["id"], contact_id, 0, "email", address, address.lower()))
        words = {*name.lower().split(), address, *address.replace("@", ".").split(".")}
        connection.cursor().executemany(ADD_WORD, [(workspace_id, word, contact_id) for word in words])
        seq = connection.execute(COUNT, (workspace_id,)).fetchone()[0]
        actor = orjson.dumps({"kind": "employee", "id": token[6]}).decode()
        data = orjson.dumps(shape).decode()
        connection.execute(EVENT, (workspace_id, _id("evt"), seq, at, actor, contact_id, data, '{"depth":0}'))
    answer = _json(shape, 201)
    answer.headers["Location"] = f"/contacts/{contact_id}"
    return answer


def create_app() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/contacts/<contact_id>", view_func=read_one)
    app.add_url_rule("/contacts", view_func=read_page)
    app.add_url_rule("/contacts", view_func=create, methods=["POST"])
    return app


if __name__ == "__main__":
    Granian(
        "_floor:create_app",
        factory=True,
        interface=Interfaces.WSGI,
        address="127.0.0.1",
        port=int(os.environ["FLOOR_PORT"]),
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        websockets=False,
        log_access=False,
    ).serve()
