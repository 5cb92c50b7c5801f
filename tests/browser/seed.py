"""A small company as it could be: departments, people, customers, tickets with a conversation, and names that hurt."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from portico.domains.contacts import schemas as contact_schemas
from portico.domains.contacts import service as contacts
from portico.domains.directory import service as directory
from portico.domains.directory.service.inviting import link_token
from portico.domains.identity import queries as identity_queries
from portico.domains.identity import service as identity
from portico.domains.identity.service.workspaces import setup_token
from portico.domains.properties import schemas as property_schemas
from portico.domains.properties import service as properties
from portico.domains.tickets import schemas as ticket_schemas
from portico.domains.tickets import service as tickets
from portico.kernel import clock
from portico.kernel.schemas import load
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.browser.seed_apps import seed_apps
from tests.browser.seed_news import seed_news
from tests.browser.seed_record import seed_exports, seed_record
from tests.support.cast import PASSWORD, Cast

HOSTILE = "<script>alert(1)</script>\"'{{7*7}}"
NAMES = {
    "owner": "Ada Lindqvist",
    "admin": "Jonas Weber",
    "agent": "Tom Becker",
    "employee": "王小明",
    "developer": "Dev Patel",
    "hr_admin": "Rosa Jiménez-Castellanos",
    "support_admin": "Oluwaseun Adeyemi",
}
CUSTOMERS = [
    ("Maya Lindqvist", "maya@lindqvist.example", "+49 30 901820", ["vip", "wholesale"]),
    ("李娜", "li.na@shanghai.example", "+86 21 5888 8888", ["wholesale"]),
    ("Zoë Fernández-Castellanos", "zoe@castellanos.example", None, []),
    ("Jean-Luc Martin", "jl@martin.example", "+33 1 42 68 53 00", ["press"]),
    ("Bäckerei Sonnenschein", "info@sonnenschein.example", "+49 89 1234567", ["shop", "south", "vip", "early"]),
    (HOSTILE, "hostile@evil.example", None, [HOSTILE[:40]]),
]
TICKETS = [
    (
        0,
        "Invoice 4711 was charged twice",
        "urgent",
        "The same invoice was taken from our account twice.\nPlease send one back.",
    ),
    (1, "发票抬头需要修改", "high", "您好，请把发票抬头改成公司的全名，谢谢。"),
    (
        2,
        "Change of delivery address, and a question about the opening hours of the warehouse in summer",
        "normal",
        "We move on Monday.",
    ),
    (3, "Request for an interview", "low", "We write about workspaces."),
    (4, "Cannot sign in after the update", "high", "It says that the password is wrong, but it is not."),
    (5, HOSTILE, "normal", f"{HOSTILE}\n\n</textarea><img src=x onerror=alert(1)>"),
]


def _names(cast: Cast) -> None:
    for role, name in NAMES.items():
        with cast.writing():
            directory.update_employee(cast.system(), cast.employee_id(role), {"display_name": name})


def _departments(cast: Cast) -> dict[str, str]:
    made: dict[str, str] = {}
    for name, parent in [
        ("Support", None),
        ("Sales", None),
        ("Sales North", "Sales"),
        ("Customer Care", "Support"),
        ("Operations", None),
    ]:
        with cast.writing():
            row = directory.create_department(cast.system(), name=name, parent_id=made.get(parent or ""))
            made[name] = row["id"]
    with cast.writing():
        for role, place, title in [
            ("agent", "Customer Care", "Support agent"),
            ("support_admin", "Support", "Head of support"),
            ("employee", "Sales North", "Sales"),
        ]:
            places = [{"id": made[place], "primary": True, "lead": role == "support_admin"}]
            values = {"departments": places, "title": title, "mobile": "+49 170 5555555"}
            directory.update_employee(cast.system(), cast.employee_id(role), values)
    return made


def _group(cast: Cast) -> str:
    with cast.writing():
        made = directory.create_group(cast.system(), name="First aiders", description="Who helps until help comes")
        directory.change_members(cast.system(), made["id"], add=[cast.employee_id("agent"), cast.employee_id("admin")])
    return str(made["id"])


def _ruled(cast: Cast, department: str) -> str:
    """A group by a rule with each kind of control."""
    rule = {
        "all": [
            {"field": "title", "op": "contains", "value": "Support"},
            {"field": "within_departments", "op": "any", "value": [department]},
            {"field": "status", "op": "in", "value": ["active", "invited"]},
            {"field": "timezone", "op": "ne", "value": "Asia/Shanghai"},
            {"field": "created_at", "op": "within_last", "value": 365},
            {"field": "employee_no", "op": "exists", "value": False},
        ]
    }
    with cast.writing():
        made = directory.create_group(cast.system(), name="Support people", kind="dynamic", rule=rule)
    return str(made["id"])


def _contacts(cast: Cast) -> list[str]:
    made = []
    for name, email, phone, tags in CUSTOMERS:
        identifiers = [{"kind": "email", "value": email, "label": "work"}]
        identifiers += [{"kind": "phone", "value": phone}] if phone else []
        given = {"display_name": name, "identifiers": identifiers, "tags": tags, "lifecycle_stage": "customer"}
        with cast.writing():
            row = contacts.create_contact(cast.actor("agent"), load(contact_schemas.ContactCreate(), given))
            made.append(row["id"])
    return made


def _companies(cast: Cast, people: list[str]) -> list[str]:
    """Two, one below the other, with contacts, and what happened with the first of these."""
    agent, made = cast.actor("agent"), []
    for name, domains, tags in [("Northwind Holding", ["northwind.example"], ["vip"]), ("Northwind Rad", [], [])]:
        given = {"name": name, "domains": domains, "tags": tags, "parent_id": made[0] if made else None}
        with cast.writing():
            made.append(contacts.create_company(agent, load(contact_schemas.CompanyCreate(), given))["id"])
    with cast.writing():
        for company_id, label in [(made[0], "decision_maker"), (made[1], "Patin der Werkstatt")]:
            tie = {"company_id": company_id, "label": label}
            contacts.create_association(agent, people[0], load(contact_schemas.AssociationCreate(), tie))
        for kind, body, visibility in [("call", "Calls back on Friday.", "all"), ("note", "Be gentle.", "team")]:
            entry = {"kind": kind, "body": body, "visibility": visibility}
            contacts.add_activity(agent, people[0], load(contact_schemas.ActivityCreate(), entry))
        agreed = {"channel": "email", "purpose": "newsletter", "status": "granted", "source": "the web site"}
        contacts.add_consent(agent, people[0], load(contact_schemas.ConsentCreate(), agreed))
    return made


def _properties(cast: Cast, contact_id: str) -> str:
    """Of each kind that looks different, with values of one contact. Answers the id of the first."""
    given = [
        {"key": "tier", "label": "Tier", "type": "select", "options": ["Gold", "Silver", "Bronze"]},
        {"key": "interests", "label": "Interests", "type": "multiselect", "options": ["Routers", "Cables", "Advice"]},
        {"key": "contract", "label": "Contract number", "type": "text"},
        {"key": "since", "label": "Customer since", "type": "date"},
        {"key": "newsletter", "label": "Wants the newsletter", "type": "bool"},
        {"key": "passport", "label": "Passport", "type": "text", "sensitive": True},
        {"key": "about", "label": "How they like to be treated", "type": "long_text"},
    ]
    actor = cast.actor("admin")
    with cast.writing():
        made = [
            properties.create_property(actor, "contact", load(property_schemas.PropertyCreate(), each))
            for each in given
        ]
        values = {"tier": "Gold", "interests": ["Routers", "Advice"], "contract": "K-2026-0017", "newsletter": True}
        contacts.update_contact(
            actor, contact_id, {"properties": {**values, "since": "2019-05-04", "passport": "C01X"}}
        )
    return str(made[0]["id"])


def _tickets(cast: Cast, people: list[str]) -> list[str]:
    made = []
    for who, subject, priority, text in TICKETS:
        given = {
            "subject": subject,
            "requester": {"contact_id": people[who]},
            "priority": priority,
            "comment": {"body": text},
        }
        clock.advance(timedelta(minutes=7))
        with cast.writing():
            row = tickets.create_ticket(cast.actor("agent"), load(ticket_schemas.TicketCreate(), given))
            made.append(row["id"])
    agent = cast.actor("agent")
    steps: list[tuple[str, dict[str, Any]]] = [
        ("internal", {"body": "Looks like the payment provider retried. I ask them."}),
        ("public", {"body": "Thank you for telling us. We look into it today and send the money back."}),
    ]
    clock.advance(timedelta(minutes=4))
    with cast.writing():
        tickets.take_ticket(agent, made[0])
    for visibility, values in steps:
        clock.advance(timedelta(minutes=2))
        with cast.writing():
            tickets.add_comment(agent, made[0], {**values, "visibility": visibility})
    clock.advance(timedelta(minutes=4))
    with cast.writing():
        tickets.update_ticket(agent, made[0], {"status": "pending", "priority": "high"})
    clock.advance(timedelta(minutes=4))
    with cast.writing():
        tickets.update_ticket(agent, made[3], {"status": "solved"})
    return made


def _own(cast: Cast) -> str:
    employee = cast.actor("employee")
    given = {
        "subject": "My screen stays black",
        "requester": {"employee_id": employee.employee_id},
        "channel": "portal",
        "comment": {"body": "Since this morning. The light is on."},
    }
    with cast.writing():
        row = tickets.create_ticket(employee, load(ticket_schemas.TicketCreate(), given))
    clock.advance(timedelta(minutes=4))
    with cast.writing():
        tickets.add_comment(
            cast.actor("agent"), row["id"], {"body": "Have a cable brought to him.", "visibility": "internal"}
        )
    clock.advance(timedelta(minutes=4))
    with cast.writing():
        tickets.add_comment(
            cast.actor("agent"), row["id"], {"body": "A colleague comes by at ten.", "visibility": "public"}
        )
    return str(row["id"])


def _links(cast: Cast) -> dict[str, str]:
    with cast.writing():
        invitation = directory.invite(
            cast.actor("admin"), email="new@acme.example", display_name="Nina Newcomer", role="agent", department_ids=[]
        )
    with system_unit("tests: a workspace that waits, and a forgotten password", write=True):
        fresh = identity.create_workspace("Fresh", "fresh")
        user = identity_queries.user_by_email(cast.email("hr_admin"))
        assert user is not None
        reset = identity.open_reset(user.id)
    return {
        "invitation": f"/account/invitation/{link_token(invitation.id, 1)}",
        "setup": f"/account/setup/{setup_token(fresh)}",
        "reset": f"/account/reset/{reset}",
    }


def _demo(cast: Cast, settings: Settings) -> None:
    users = {
        name: {"email": cast.email(name), "password": PASSWORD} for name in ("admin", "agent", "employee", "developer")
    }
    (settings.home / "demo.json").write_text(json.dumps({"users": users}))


def _tokens(cast: Cast) -> dict[str, str]:
    """For tests that act over the API besides what they do in the browser; one person looks after the instance."""
    with system_unit("tests: an operator", write=True):
        identity.mark_operator(cast.users["hr_admin"], True)
    return {name: cast.token(name) for name in ("admin", "developer")}


def seed(cast: Cast, settings: Settings) -> dict[str, Any]:
    """Fill the workspace `acme`; answers the ids and addresses that pages are opened by. Written over the last days."""
    now = clock.now()
    with clock.held(now - timedelta(days=2)):
        _names(cast)
        departments = _departments(cast)
        group = _group(cast)
        ruled = _ruled(cast, departments["Support"])
        people = _contacts(cast)
        companies = _companies(cast, people)
        tier = _properties(cast, people[0])
    with clock.held(now - timedelta(hours=5)):
        opened = _tickets(cast, people)
        own = _own(cast)
        apps = seed_apps(cast, departments, group)
    _demo(cast, settings)
    return {
        "departments": departments,
        "group": group,
        "ruled_group": ruled,
        "property": tier,
        "contacts": people,
        "companies": companies,
        "tickets": opened,
        "own_ticket": own,
        "employees": {name: cast.employee_id(name) for name in NAMES},
        "links": _links(cast),
        "tokens": _tokens(cast),
        **apps,
        **seed_news(cast),
        "audit_entry": seed_record(cast),
        "exports": seed_exports(cast),
    }
