"""What pages need that no other seed leaves: one of each record with a page of its own, what is in the trash, a person
who has left, a request for more, and runs of an app's actions."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import update

from portico.domains.catalogue import service as catalogue
from portico.domains.catalogue.models import AppVersion
from portico.domains.contacts import service as contacts
from portico.domains.directory import service as directory
from portico.domains.identity import service as identity
from portico.domains.installations import service as installations
from portico.domains.interactions import service as interactions
from portico.domains.tickets import macro_schemas, queue_schemas, status_schemas
from portico.domains.tickets import service as tickets
from portico.domains.views import schemas as view_schemas
from portico.domains.views import service as views
from portico.domains.webhooks import queries as webhooks
from portico.kernel import api_log, clock, jobs
from portico.kernel.schemas import load
from tests.domains.interactions.runs import finish
from tests.portal import records
from tests.support.apps import asking, deploy, install, mint, register
from tests.support.cast import Cast


def seed_walk(cast: Cast, left: dict[str, Any], app: Flask) -> dict[str, Any]:
    """After all others: `left` is what these left."""
    made = {**_of_tickets(cast), **_of_people(cast), **_of_apps(cast, left), "trashed": _trash(cast)}
    return {**made, "asked": _asked(cast, app)}


def _of_tickets(cast: Cast) -> dict[str, Any]:
    lead = cast.actor("support_admin")
    macro = {"name": "Money back", "shared": True, "body": "We send it back today.", "effects": {"status": "solved"}}
    view = {"object": "ticket", "name": "Mine this week"}
    members = [{"employee_id": cast.employee_id("agent"), "capacity": 5}]
    queue = {"name": "Invoices", "assignment": "round_robin", "members": members}
    status = {"category": "pending", "label": "Parts are ordered"}
    with cast.writing():
        return {
            "macro": tickets.create_macro(lead, load(macro_schemas.MacroCreate(), macro))["id"],
            "queue": tickets.create_queue(lead, load(queue_schemas.QueueCreate(), queue))["id"],
            "status": tickets.create_status(lead, load(status_schemas.TicketStatusCreate(), status))["id"],
            "view": views.create_view(lead, load(view_schemas.ViewCreate(), view))["id"],
        }


def _of_people(cast: Cast) -> dict[str, Any]:
    admin = cast.actor("admin")
    with cast.writing():
        gone = directory.create_employee(admin, {"display_name": "Lars Leaver"})
        directory.depart(admin, gone["id"])
        role = identity.create_role(admin, name="Front desk", scopes=["contacts:read"])
    return {"departed": gone["id"], "role": role["id"]}


def _of_apps(cast: Cast, left: dict[str, Any]) -> dict[str, Any]:
    helper = register(cast, asking("directory:read", optional=("contacts:read",)))
    there = install(cast)
    reviewed = _wait_for_review(cast, helper["id"])
    version = deploy(cast, helper["id"], asking("directory:read", "tickets:read", optional=("contacts:read",)))
    with cast.writing():
        grow = installations.request_app(cast.actor("employee"), "helper", "to find whom I met", ["contacts:read"])
    with cast.writing():
        installations.request_app(cast.actor("employee"), "leave", "to ask for days off")
    ticket = {"type": "ticket", "id": left["tickets"][0]}
    day = {"until": "2026-12-01"}
    run = finish(cast, "agent", "hand_over", {"object": ticket, "input": {**day, "note": "fine"}}, app="days")
    wrong = finish(cast, "agent", "hand_over", {"object": ticket, "input": {**day, "note": "wrong"}}, app="days")
    with cast.writing():
        objects = [{"type": "ticket", "id": one} for one in left["tickets"][:2]]
        several = interactions.run_on_several(cast.actor("agent"), "days", "remember", objects, {})
    while jobs.drain():
        pass
    with cast.writing():
        card = interactions.fetch_card(cast.actor("employee"), left["days"]["installation_id"], "today")
    assert card is not None
    card.call()
    with cast.reading():
        endpoint = webhooks.delivery(cast.actor("developer"), left["deliveries"]["delivered"])["endpoint_id"]
    return {
        "helper": {"app": helper["id"], "installation": there["id"], "version": version.id, "grow": grow["id"]},
        "reviewed": reviewed,
        "app_endpoint": endpoint,
        "runs": {"fine": run["id"], "wrong": wrong["id"], "several": several},
    }


def _asked(cast: Cast, app: Flask) -> dict[str, str]:
    """An app that asked the API, and the ids of its calls: the one that went well, the one that lacked a scope."""
    known = register(cast, asking("directory:read", key="caller"))
    installation = install(cast, "caller")
    bearer = {"Authorization": f"Bearer {mint(known, installation)}"}
    url = app.extensions["portico_settings"].public_url
    api_log.collect()
    with app.test_client() as client:
        well, refused = (
            client.get(f"/api/v1/{path}", base_url=url, headers=bearer).headers["X-Request-Id"]
            for path in ("departments", "tickets")
        )
    api_log.flush()
    api_log.collect(False)
    return {"app": known["id"], "installation": installation["id"], "well": well, "refused": refused}


def _wait_for_review(cast: Cast, app_id: str) -> str:
    """A version as an instance that reviews would have it; answers its id."""
    with cast.writing() as work:
        made = catalogue.create_version(cast.actor("developer"), app_id, asking("contacts:read"), release=False)
        waiting = update(AppVersion).where(AppVersion.id == made.id)
        work.execute(waiting.values(status="submitted", submitted_at=clock.now()))
    return str(made.id)


def _trash(cast: Cast) -> dict[str, str]:
    contact, company = records.contact(cast, "Nobody Any More", None), records.company(cast, "Closed Ltd")
    ticket = records.ticket(cast, contact["id"], "Sent by mistake")
    with cast.writing():
        tickets.trash_ticket(cast.actor("support_admin"), ticket["id"])
        contacts.trash_contact(cast.actor("support_admin"), contact["id"])
        contacts.trash_company(cast.actor("support_admin"), company["id"])
    return {"contact": contact["id"], "company": company["id"], "ticket": ticket["id"]}
