"""Rows of associations, and the companies that a contact's addresses mean. The caller holds the contact's row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, insert

from portico.domains.contacts import events, queries
from portico.domains.contacts.domain_names import business_domain
from portico.domains.contacts.models import Association
from portico.domains.contacts.schemas.associations import LABELS
from portico.domains.contacts.settings import settings
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_table = cast(Table, Association.__table__)


def of_addresses(actor: Actor, identifiers: Sequence[Mapping[str, Any]]) -> list[str]:
    """The companies that hold the domains of a contact's own addresses, where the workspace wants that.

    A shared mailbox says nothing about a person, and nobody belongs to a company for writing from free mail.
    """
    own = [one["canonical"] for one in identifiers if one["kind"] == "email" and not one["shared"]]
    domains = {domain for address in own if (domain := business_domain(address))}
    if not domains or not settings(actor)["link_by_domain"]:
        return []
    return queries.holders_of_domains(actor, domains)


def add(actor: Actor, contact_id: str, company_id: str, **fields: Any) -> dict[str, Any]:
    """Write one association, and tell of it."""
    row = {
        "id": new_id("asc"),
        "contact_id": contact_id,
        "company_id": company_id,
        "label": fields.get("label") or LABELS[0],
        "is_primary": fields.get("is_primary", False),
        "starts_on": fields.get("starts_on"),
        "ends_on": fields.get("ends_on"),
        "created_at": clock.now(),
    }
    session().execute(insert(_table), [{**row, "workspace_id": actor.workspace_id}])
    emit(actor, events.ASSOCIATION_CREATED, row)
    return row


def add_all(actor: Actor, contact_id: str, company_ids: Sequence[str], *, first: bool) -> None:
    """`first`: the contact has none yet, so the first of these is its primary company."""
    for place, company_id in enumerate(company_ids):
        add(actor, contact_id, company_id, is_primary=first and place == 0)
