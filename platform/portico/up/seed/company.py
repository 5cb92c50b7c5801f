"""The demo company's departments and colleagues."""

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
    ("Beatriz Santos", "Support agent", "Support"),
    ("Chen Wei 陈伟", "Support agent", "Support night shift"),
    ("Dmitri Volkov", "Night lead", "Support night shift"),
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


def make_colleagues(actor: Actor, departments: dict[str, str]) -> None:
    for name, title, department in COLLEAGUES:
        service.create_employee(
            actor,
            {
                "display_name": name,
                "primary_email": _address(name),
                "title": title,
                "departments": [{"id": departments[department], "primary": True, "lead": "lead" in title.lower()}],
            },
        )
