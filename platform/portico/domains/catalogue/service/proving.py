"""A publisher proves that it controls a domain: a token stands there in the open, and is looked at again and again.

One proof of the two is enough: a TXT record at the domain, or a line in a file below it. What is not found several
times in a row is lost; a single bad night of a name server loses nothing.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portico import settings
from portico.domains.catalogue import queries
from portico.domains.catalogue.errors import NoDomain
from portico.domains.catalogue.models import Publisher
from portico.domains.catalogue.queries import publishers
from portico.domains.catalogue.service import publishing
from portico.kernel import clock, jobs
from portico.kernel.actor import Actor, system
from portico.kernel.errors import Conflict, invalid
from portico.kernel.outbound import EgressPolicy, Request, send, txt_records
from portico.kernel.unit_of_work import session, system_unit, unit

FAILURES_TO_LOSE = 4
EVERY = timedelta(days=1)
AGAIN = timedelta(hours=6)
"""After a look that failed: four of them take a day."""
READ_CAP = 4096
BATCH = 200
_NAME = re.compile(r"(?=.{4,253}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z][a-z0-9-]{1,62}(?<!-)")
_LOCAL = re.compile(r"(?:localhost|127\.0\.0\.1):[0-9]{2,5}")
Texts = Callable[[str], tuple[str, ...]]


def name_domain(actor: Actor, given: str) -> dict[str, Any]:
    """The domain that the publisher wants to prove, and a token for it. Raises NotFound, Invalid, Stale."""
    before = publishers.own_row(actor)
    domain = _clean(given)
    if domain == before.domain:
        return queries.own_publisher(actor)
    publishing.write(actor, before, {**_FORGOTTEN, "domain": domain, "domain_token": secrets.token_urlsafe(24)})
    return queries.own_publisher(actor)


def forget_domain(actor: Actor) -> None:
    """Raises NotFound, Stale."""
    publishing.write(actor, publishers.own_row(actor), _FORGOTTEN)


_FORGOTTEN: dict[str, Any] = {
    "domain": None,
    "domain_token": None,
    "domain_verified_at": None,
    "domain_checked_at": None,
    "domain_due_at": None,
    "domain_failures": 0,
    "domain_problem": None,
}


def _clean(given: str) -> str:
    domain = given.strip().lower().removeprefix("https://").rstrip("/.")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            domain = ""
    local = settings.current().mode != "production" and _LOCAL.fullmatch(domain)
    if not local and not _NAME.fullmatch(domain):
        raise invalid("/domain", "domain", "Write the name of the domain alone, as in example.com.")
    return domain


def ask_for_check(actor: Actor) -> dict[str, Any]:
    """A job looks at once. Raises NotFound, NoDomain."""
    row = publishers.own_row(actor)
    if row.domain is None:
        raise NoDomain()
    jobs.enqueue(actor, "catalogue.check_domain", publisher_id=row.id)
    return queries.own_publisher(actor)


def look(domain: str, token: str, texts: Texts = txt_records) -> str | None:
    """What stands in the way of the proof, by name; None when it is there."""
    wanted = queries.TXT_PREFIX + token
    if ":" not in domain and any(text.strip() == wanted for text in texts(domain)):
        return None
    request = Request("GET", queries.file_url(domain), {"Accept": "text/plain"}, read_cap=READ_CAP)
    answer = send(request, EgressPolicy.of(settings.current()))
    if answer.error is not None and answer.status is None:
        return "blocked" if answer.error == "blocked" else "no_answer"
    if answer.status in (301, 302, 303, 307, 308):
        return "redirect"
    if answer.status != 200:
        return "no_file"
    lines = answer.body.decode("utf-8", "replace").splitlines()
    return None if any(line.strip() == wanted for line in lines) else "other_content"


def check_domain(publisher_id: str, texts: Texts = txt_records) -> str | None:
    """Look, and keep what was found; between two units, since looking takes time. What the publisher changed meanwhile
    is not written over: then it is looked at anew."""
    with system_unit("publisher's domain: which one is to be proved"):
        found = session().execute(select(Publisher.__table__).where(Publisher.id == publisher_id)).one_or_none()
    if found is None or found.domain is None:
        return "no_domain"
    problem = look(found.domain, found.domain_token, texts)
    with unit(found.workspace_id, write=True):
        now = session().execute(select(Publisher.__table__).where(Publisher.id == publisher_id)).one()
        if (now.domain, now.domain_token) != (found.domain, found.domain_token):
            raise Conflict("The domain was changed while it was looked at.")
        _keep(now, problem)
    return problem


def _keep(row: Any, problem: str | None) -> None:
    moment = clock.now()
    seen: dict[str, Any] = {"domain_checked_at": moment, "domain_problem": problem}
    if problem is None:
        seen |= {"domain_failures": 0, "domain_due_at": moment + EVERY}
        if row.domain_verified_at is not None:
            _note(row, seen)
            return
        publishing.write(system(row.workspace_id), row, {**seen, "domain_verified_at": moment})
        return
    failures = row.domain_failures + 1
    seen |= {"domain_failures": failures, "domain_due_at": moment + AGAIN}
    if row.domain_verified_at is None:
        # Nobody relies on it: who wants it proved asks again.
        _note(row, {**seen, "domain_due_at": None})
    elif failures < FAILURES_TO_LOSE:
        _note(row, seen)
    else:
        lost = {**seen, "domain_verified_at": None, "domain_due_at": None}
        publishing.write(system(row.workspace_id), row, lost)


def _note(row: Any, seen: dict[str, Any]) -> None:
    """What changes nothing that others see: no event, no new version."""
    session().execute(
        update(Publisher).where(Publisher.id == row.id, Publisher.domain_token == row.domain_token).values(**seen)
    )


def look_again() -> int:
    """Enqueue a look for every domain whose time has come; a second process finds them moved on."""
    now = clock.now()
    with system_unit("publishers' domains: those that are to be looked at again", write=True):
        due = publishers.due_domains(now, BATCH)
        moved = (
            update(Publisher)
            .where(Publisher.id.in_([row.id for row in due]), Publisher.domain_due_at <= now)
            .values(domain_due_at=now + AGAIN)
            .returning(Publisher.id, Publisher.workspace_id)
        )
        rows = session().execute(moved).all()
        for row in rows:
            jobs.enqueue(system(row.workspace_id), "catalogue.check_domain", publisher_id=row.id)
    return len(rows)
