"""When a client secret was last used, written with the other last uses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from portico.domains.catalogue.models import AppCredential
from portico.kernel import last_use
from portico.kernel.unit_of_work import session


@last_use.writes("app_credential")
def write_credential_use(seen: dict[str, datetime]) -> None:
    for credential_id, at in seen.items():
        session().execute(update(AppCredential).where(AppCredential.id == credential_id).values(last_used_at=at))
