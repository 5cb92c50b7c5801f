"""Publishers as everybody sees them, as they see themselves, and as the operator does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select

from portico import settings
from portico.domains.catalogue.models import App, Publisher
from portico.kernel import text
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import Condition, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

TXT_PREFIX = "portico-publisher="
WELL_KNOWN = "/.well-known/portico-publisher.txt"
_publisher = Publisher.__table__.c


def _named(operator: str, value: str) -> ColumnElement[bool]:
    return _publisher.name_key.contains(text.lookalike_key(value), autoescape=True)


PUBLISHERS = Listing(
    id_column=_publisher.id,
    filters={},
    sorts={"created_at": Sort(_publisher.id)},
)
_SEARCHED = replace(PUBLISHERS, filters={"q": Filter(clause=_named, operators=("eq",))})


def verification(row: Any) -> str:
    """The most that a publisher has proved; what the operator saw outweighs a domain."""
    if row.verified_at is not None:
        return "operator"
    return "domain" if row.domain_verified_at is not None else "none"


def public(row: Any) -> dict[str, Any]:
    """A publisher's row as everybody may see it."""
    level = verification(row)
    return {
        "id": row.id,
        "name": row.name,
        "website": row.website,
        "support_email": row.support_email,
        "description": row.description,
        "verification": level,
        "verified_domain": row.domain if row.domain_verified_at is not None else None,
        "verified_at": {"operator": row.verified_at, "domain": row.domain_verified_at}.get(level),
    }


def proof(row: Any) -> dict[str, Any] | None:
    """How the publisher proves its domain, and how far that is."""
    if row.domain is None:
        return None
    state = "unproved"
    if row.domain_verified_at is not None:
        state = "failing" if row.domain_failures else "proved"
    return {
        "domain": row.domain,
        "state": state,
        "txt_value": TXT_PREFIX + row.domain_token,
        "file_url": file_url(row.domain),
        "checked_at": row.domain_checked_at,
        "next_check_at": row.domain_due_at,
        "failures": row.domain_failures,
        "problem": row.domain_problem,
    }


def file_url(domain: str) -> str:
    """Where the file lies. A domain with a port is one of this machine, in demo and development."""
    scheme = "http" if ":" in domain and settings.current().mode != "production" else "https"
    return f"{scheme}://{domain}{WELL_KNOWN}"


def _own(row: Any) -> dict[str, Any]:
    return {
        **public(row),
        "domain": proof(row),
        "suspended_at": row.suspended_at,
        "suspended_reason": row.suspended_reason,
        "version": row.version,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def own_row(actor: Actor) -> Row[Any]:
    """The publisher that the actor is. Raises NotFound."""
    mine = (Publisher.workspace_id == actor.workspace_id, Publisher.membership_id == actor.membership_id)
    row = session().execute(select(Publisher.__table__).where(*mine)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def own_publisher(actor: Actor) -> dict[str, Any]:
    """As it sees itself. Raises NotFound."""
    return _own(own_row(actor))


def visible_publishers(actor: Actor) -> Select[Any]:
    """Publishers of apps that others can find, and those at home here."""
    shown = exists().where(App.publisher_id == _publisher.id, App.visibility == "public")
    return select(Publisher.__table__).where(or_(shown, _publisher.workspace_id == actor.workspace_id))


def page_of_publishers(actor: Actor, query: ListQuery) -> Page:
    return _page(visible_publishers(actor), actor.workspace_id, query, public)


def visible_publisher(actor: Actor, publisher_id: str) -> dict[str, Any]:
    """One publisher as everybody sees it. Raises NotFound."""
    row = session().execute(visible_publishers(actor).where(_publisher.id == publisher_id)).one_or_none()
    if row is None:
        raise NotFound()
    return public(row)


def _page(found: Select[Any], caller: str, query: ListQuery, shown: Any) -> Page:
    if query.q:
        query = replace(query, q=None, conditions=(*query.conditions, Condition("q", "eq", query.q)))
    answer = page(found, _SEARCHED, caller, query)
    return replace(answer, rows=[shown(row) for row in answer.rows])


# --- for those who have checked the right to ask ----------------------------------------------------------------------


def publisher(publisher_id: str) -> dict[str, Any]:
    """All about one publisher, for operators. Raises NotFound."""
    row = session().execute(select(Publisher.__table__).where(_publisher.id == publisher_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _whole(row)


def _whole(row: Any) -> dict[str, Any]:
    about = {name: getattr(row, name) for name in ("workspace_id", "verified_by", "verification_note")}
    return {**_own(row), **about}


def page_for_operators(query: ListQuery) -> Page:
    """Every publisher, newest first, each with the number of its apps."""
    apps = select(func.count()).where(App.publisher_id == _publisher.id).scalar_subquery()
    found = select(Publisher.__table__, apps.label("apps"))
    return _page(found, "operator", query, lambda row: {**_whole(row), "apps": row.apps})


def publishers_named(publisher_ids: list[str]) -> list[dict[str, Any]]:
    """These publishers as everybody sees them, by name."""
    found = select(Publisher.__table__).where(_publisher.id.in_(publisher_ids)).order_by(_publisher.name_key)
    return [public(row) for row in session().execute(found)]


def home_of(app_id: str) -> str:
    """The workspace where the app's publisher is at home. Raises NotFound."""
    home = session().scalar(
        select(Publisher.workspace_id).join(App, App.publisher_id == Publisher.id).where(App.id == app_id)
    )
    if home is None:
        raise NotFound()
    return str(home)


def due_domains(now: Any, limit: int) -> list[Row[Any]]:
    """Publishers whose proof is to be looked at again."""
    found = select(_publisher.id, _publisher.workspace_id).where(_publisher.domain_due_at <= now)
    return list(session().execute(found.order_by(_publisher.domain_due_at).limit(limit)))
