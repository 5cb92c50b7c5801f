"""What may be shown once: the `jti` of assertions and of session tokens. The primary key is the guard."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.oauth.models import SpentJti
from portico.kernel import clock, db, secrets
from portico.kernel.unit_of_work import session

CLIENT_ASSERTION = "client_assertion"
EMBEDDED_SESSION = "embedded_session"


def spend(kind: str, client_id: str, jti: str, forgotten_at: datetime) -> bool:
    """Whether this is the first time. Of two at once, the key lets one through."""
    insert = sqlite.insert if db.database().sqlite else postgresql.insert
    row = {"kind": kind, "client_id": client_id, "digest": secrets.digest(jti), "expires_at": forgotten_at}
    statement = insert(SpentJti).values(row).on_conflict_do_nothing().returning(SpentJti.digest)
    return session().scalar(statement) is not None


def sweep() -> None:
    """Forget those that are refused for their age anyway, in the open system unit."""
    session().execute(delete(SpentJti).where(SpentJti.expires_at < clock.now()))
