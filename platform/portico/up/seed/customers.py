"""The demo company's customers and what they wrote."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import service as contacts
from portico.domains.contacts.queries import page_of_contacts
from portico.domains.contacts.schemas import ActivityCreate, AssociationCreate, CompanyCreate, ContactCreate
from portico.domains.tickets import service as tickets
from portico.domains.tickets.schemas import CommentCreate, TicketCreate
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import load

CUSTOMERS = [
    ("Zoë Marchetti", "zoe@marchetti.example", "+390212345678", ["wholesale"]),
    ("Tom Fletcher", "tom.fletcher@mail.example", "+442071838750", []),
    ("王小明", "wang.xiaoming@bikes.example", "+8613800138000", ["vip"]),
    ("Fatima Al-Sayed", "fatima@alsayed.example", None, []),
    ("Lars Østergaard", "lars@cargo.example", "+4533123456", ["wholesale", "vip"]),
    ("Nkechi Obi", "nkechi.obi@mail.example", None, []),
    ("Paul & Söhne GmbH", "einkauf@paul.example", "+493012345678", ["wholesale"]),
    ("Sofía Herrera", "sofia.herrera@mail.example", "+34911234567", []),
    ("Yuki Sato", "yuki@sato.example", None, ["vip"]),
    ("Anna Kowalska", "anna.kowalska@mail.example", "+48221234567", []),
    ("Bilal Rahman", "bilal@rahman.example", None, []),
    ("Claire Dubois", "claire@velo.example", "+33142345678", ["wholesale"]),
]

# name, domain, tags, who belongs to it (place in CUSTOMERS, label)
COMPANIES: list[tuple[str, str, list[str], list[tuple[int, str]]]] = [
    ("Marchetti Biciclette", "marchetti.example", ["wholesale"], [(0, "decision_maker")]),
    ("Cargo København", "cargo.example", ["wholesale", "vip"], [(4, "employee_of")]),
    ("Paul & Söhne", "paul.example", ["wholesale"], [(6, "billing")]),
    ("Vélo Dubois", "velo.example", ["wholesale"], [(11, "employee_of")]),
]

# customer, kind, what happened
HAPPENED: list[tuple[int, str, str]] = [
    (0, "call", "Wants twelve city bikes again next spring; decides in February."),
    (0, "note", "Prefers to be called in the morning."),
    (4, "meeting", "Showed the new cargo frame. They test two for a month."),
    (11, "email", "Sent the price list for the spring."),
]

# customer, subject, what they wrote, priority, status, answer
TICKETS: list[tuple[int, str, str, str, str, str | None]] = [
    (0, "Twelve city bikes for May", "Could you hold twelve city bikes until the 4th?", "normal", "solved", "Held."),
    (0, "Invoice 2231 has the wrong address", "Please correct the address on it.", "low", "open", None),
    (1, "Brakes squeal in the rain", "New since the last service.", "normal", "pending", "Which pads are on it now?"),
    (1, "Where is my parcel?", "Tracking has not moved for a week.", "high", "new", None),
    (2, "电池充不满", "新电池只能充到百分之八十。", "high", "open", "请把序列号发给我们，我们马上查。"),
    (3, "Can I change the frame size?", "I ordered M, I need S.", "normal", "solved", "Changed, free of charge."),
    (4, "Cargo bike: bent axle on arrival", "Two of five have a bent axle. Photos follow.", "urgent", "open", None),
    (4, "Spare wheels for the fleet", "Need a quote for ten pairs.", "normal", "new", None),
    (5, "Refund for a cancelled order", "Cancelled on Monday, nothing came back yet.", "high", "on_hold", None),
    (6, "Rahmennummern für die Versicherung", "Bitte die Liste der Rahmennummern.", "normal", "new", None),
    (7, "Wrong colour delivered", "I got red instead of green.", "normal", "open", None),
    (8, "Service appointment", "Is Friday morning free?", "low", "solved", "Friday at nine it is."),
    (9, "Lights flicker", "The front light flickers on cobbles.", "normal", "new", None),
    (11, "Rebate for the spring order", "Last year we had eight percent.", "normal", "pending", "Sales will call you."),
]


def make_customers(agent: Actor, employee: Actor) -> None:
    """Contacts, their tickets, and one question from inside the company."""
    ids = [contacts.create_contact(agent, load(ContactCreate(), _contact(*about)))["id"] for about in CUSTOMERS]
    _companies(agent, ids)
    for customer, kind, text in HAPPENED:
        contacts.add_activity(agent, ids[customer], load(ActivityCreate(), {"kind": kind, "body": text}))
    for customer, subject, text, priority, status, answer in TICKETS:
        _ticket(agent, {"contact_id": ids[customer]}, subject, text, priority, status, answer)
    question = {
        "subject": "My laptop does not start",
        "requester": {"employee_id": employee.employee_id},
        "channel": "portal",
        "comment": {"body": "Black screen since this morning."},
    }
    tickets.create_ticket(employee, load(TicketCreate(), question))


def _companies(agent: Actor, ids: list[str]) -> None:
    for name, domain, tags, people in COMPANIES:
        given = {"name": name, "domains": [domain], "tags": tags, "owner_employee_id": agent.employee_id}
        company = contacts.create_company(agent, load(CompanyCreate(), given))
        for customer, label in people:
            tie = load(AssociationCreate(), {"company_id": company["id"], "label": label})
            contacts.create_association(agent, ids[customer], tie)
            contacts.update_contact(agent, ids[customer], {"lifecycle_stage": "customer"})


def are_missing(agent: Actor) -> bool:
    """Whether a start was stopped between the people and the customers."""
    return not page_of_contacts(agent, ListQuery(limit=1)).rows


def _contact(name: str, email: str, phone: str | None, tags: list[str]) -> dict[str, Any]:
    identifiers = [{"kind": "email", "value": email, "primary": True}]
    if phone:
        identifiers.append({"kind": "phone", "value": phone, "primary": True})
    return {"display_name": name, "identifiers": identifiers, "tags": tags}


def _ticket(
    agent: Actor, requester: dict[str, str], subject: str, text: str, priority: str, status: str, answer: str | None
) -> None:
    first = {"body": text, "visibility": "public"}
    values = {"subject": subject, "requester": requester, "priority": priority, "channel": "email", "comment": first}
    ticket = tickets.create_ticket(agent, load(TicketCreate(), values))
    if status != "new":
        tickets.take_ticket(agent, ticket["id"])
    if answer:
        tickets.add_comment(agent, ticket["id"], load(CommentCreate(), {"body": answer}))
    if status not in ("new", "open"):
        reason = {"hold_reason": "The bank has to confirm the refund"} if status == "on_hold" else {}
        tickets.update_ticket(agent, ticket["id"], {"status": status, **reason})
