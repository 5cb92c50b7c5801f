"""Idempotency keys: the row is inserted first, in the transaction of the change, so a twin waits and then replays."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Index, PrimaryKeyConstraint, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock, fence
from portico.kernel.actor import Actor
from portico.kernel.db import ID, KEY, LONG_TEXT, Base
from portico.kernel.errors import Refusal
from portico.kernel.secrets import Keyring, keyring
from portico.kernel.unit_of_work import session

LIFE = timedelta(hours=24)
_WAIT = fence.allow_text("SELECT set_config('lock_timeout', '5s', true)")
_WAIT_NO_MORE = fence.allow_text("SELECT set_config('lock_timeout', '0', true)")


class KeyReused(Refusal):
    code, status, title = "idempotency_key_reused", 422, "This Idempotency-Key was used with another request."


class InProgress(Refusal):
    code, status, title = "idempotency_in_progress", 409, "The same request is still running; ask again."


class Idempotency(Base):
    """A kept answer. Its body is sealed with a key that only the caller's Idempotency-Key can derive."""

    __tablename__ = "idempotency"
    __table_args__ = (PrimaryKeyConstraint("workspace_id", "caller", "key_digest"), Index(None, "created_at"))

    workspace_id: Mapped[str] = mapped_column(ID)
    caller: Mapped[str] = mapped_column(KEY)
    key_digest: Mapped[str] = mapped_column(KEY)
    fingerprint: Mapped[str] = mapped_column(KEY)
    answer: Mapped[str | None] = mapped_column(LONG_TEXT)
    created_at: Mapped[datetime]


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


class Attempt:
    """One request with an Idempotency-Key, inside its unit of work."""

    def __init__(self, actor: Actor, key: str, request: bytes) -> None:
        self._where = (
            Idempotency.workspace_id == actor.workspace_id,
            Idempotency.caller == actor.caller_key,
            Idempotency.key_digest == _digest(key.encode()),
        )
        self._values = {
            "workspace_id": actor.workspace_id,
            "caller": actor.caller_key,
            "key_digest": _digest(key.encode()),
            "fingerprint": _digest(request),
        }
        self._purpose = f"idempotency|{actor.caller_key}|{key}"

    def _ring(self) -> Keyring:
        ring = keyring()
        return Keyring(tuple(ring.derive(self._purpose, key) for key in ring.keys))

    def begin(self) -> dict[str, Any] | None:
        """Claim the key. Answers the kept answer to replay, or None to go on. Raises KeyReused and InProgress."""
        if self._insert():
            return None
        row = (
            session()
            .execute(select(Idempotency.fingerprint, Idempotency.answer, Idempotency.created_at).where(*self._where))
            .one_or_none()
        )
        if row is None or row.answer is None:
            raise InProgress(headers={"Retry-After": "1"})
        if row.created_at < clock.now() - LIFE:
            session().execute(delete(Idempotency).where(*self._where))
            return self.begin()
        if row.fingerprint != self._values["fingerprint"]:
            raise KeyReused()
        kept: dict[str, Any] = orjson.loads(self._ring().unseal(row.answer, self._purpose))
        kept["body"] = base64.b64decode(kept["body"])
        return kept

    def _insert(self) -> bool:
        work = session()
        on_postgres = work.get_bind().dialect.name == "postgresql"
        build: Any = postgresql.insert if on_postgres else sqlite.insert
        statement = build(Idempotency).values(**self._values, created_at=clock.now()).on_conflict_do_nothing()
        if not on_postgres:
            return self._ran(statement)
        connection = work.connection()
        connection.exec_driver_sql(_WAIT)
        try:
            inserted = self._ran(statement)
        except OperationalError as error:
            if error.connection_invalidated:
                raise  # nobody's lock: the database is gone
            raise InProgress(headers={"Retry-After": "1"}) from error
        connection.exec_driver_sql(_WAIT_NO_MORE)
        return inserted

    @staticmethod
    def _ran(statement: Any) -> bool:
        return session().execute(statement.returning(Idempotency.key_digest)).one_or_none() is not None

    def keep(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Keep the answer for replays."""
        answer = {"status": status, "headers": headers, "body": base64.b64encode(body).decode()}
        sealed = self._ring().seal(orjson.dumps(answer), self._purpose)
        session().execute(update(Idempotency).where(*self._where).values(answer=sealed))


def sweep() -> None:
    """Forget answers older than a day, in the open system unit."""
    session().execute(delete(Idempotency).where(Idempotency.created_at < clock.now() - LIFE))
