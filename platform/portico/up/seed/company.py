"""The demo company's departments and colleagues, with who reports to whom."""

from __future__ import annotations

from portico.domains.directory import service
from portico.kernel.actor import Actor

DEPARTMENTS: dict[str, str | None] = {  # by name, with the parent's
    "Leadership": None,
    "Support": None,
    "Support night shift": "Support",
    "Sales": None,
    "Workshop": None,
    "Engineering": None,
    "People": None,
    "Warehouse": "Workshop",
}

COLLEAGUES = [
    # A lead stands before those who report to them.
    ("Dmitri Volkov", "Night lead", "Support night shift"),
    ("Beatriz Santos", "Support agent", "Support"),
    ("Chen Wei 陈伟", "Support agent", "Support night shift"),
    ("Elif Kaya", "Sales lead", "Sales"),
    ("Farid Haddad", "Account manager", "Sales"),
    ("Grace Mbeki", "Account manager", "Sales"),
    ("Hiroshi Tanaka", "Head mechanic", "Workshop"),
    ("Ingrid Solberg", "Mechanic", "Workshop"),
    ("Jonas Weber", "Warehouse lead", "Warehouse"),
    ("Kamala Iyer", "Engineer", "Engineering"),
    ("Liu Yang 刘洋", "Engineer", "Engineering"),
    ("Maya Cohen", "People partner", "People"),
    ("Nina Petrova", "Recruiter", "People"),
    ("Omar Farouk", "Warehouse", "Warehouse"),
    ("Priya Nair", "Product manager", "Leadership"),
    ("Rafael Ortiz", "Finance", "Leadership"),
]


def make_departments(actor: Actor) -> dict[str, str]:
    """The tree; answers ids by name."""
    ids: dict[str, str] = {}
    for order, (name, parent) in enumerate(DEPARTMENTS.items()):
        parent_id = ids[parent] if parent else None
        ids[name] = service.create_department(actor, name=name, parent_id=parent_id, sort_order=order)["id"]
    return ids


def _address(name: str) -> str:
    first, last = name.split()[:2]
    return f"{first}.{last}@acme.example".lower()


def make_colleagues(actor: Actor, departments: dict[str, str], head_id: str) -> None:
    """Each reports to who leads their department, a lead to the head of the company."""
    leads: dict[str, str] = {}
    for number, (name, title, department) in enumerate(COLLEAGUES, start=1001):
        lead = "lead" in title.lower()
        place = {"id": departments[department], "primary": True, "lead": lead}
        row = service.create_employee(
            actor,
            {
                "display_name": name,
                "primary_email": _address(name),
                "title": title,
                "employee_no": str(number),
                "work_phone": f"+49 30 901820-{number % 100:02}",
                "manager_id": head_id if lead else leads.get(department, head_id),
                "departments": [place],
            },
        )
        if lead:
            leads[department] = row["id"]
