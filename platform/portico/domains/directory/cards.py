"""Employees as vCards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portico.domains.directory import queries
from portico.domains.identity import queries as identity
from portico.kernel import vcard
from portico.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Card:
    """A file: its bytes, and its name."""

    body: bytes
    name: str


def card(actor: Actor, employee_id: str) -> Card:
    """The card of an employee, with what the actor may see. Raises NotFound.

    Cards travel on: a number that the person keeps for themselves is in none, whoever downloads it."""
    row = queries.employee(actor, employee_id)
    if row["hide_mobile"]:
        row = {**row, "mobile": None}
    return Card(vcard.write(_lines(actor, row)), f"{row['display_name']}.vcf")


def _lines(actor: Actor, row: dict[str, Any]) -> list[vcard.Line]:
    """The properties of the card; what is not known is left out."""
    family, given = row["family_name"], row["given_name"]
    # Names are not split: without parts the whole stands where readers look first.
    parts = (family or "", given or "", "", "", "") if family or given else (row["display_name"], "", "", "", "")
    lines = [
        vcard.Line("UID", row["id"]),
        vcard.Line("FN", row["display_name"]),
        vcard.Line("N", parts),
        vcard.Line("ORG", (identity.workspace(actor.workspace_id).name, *_unit(actor, row))),
    ]
    known = (
        ("TITLE", row["title"], ()),
        ("SORT-STRING", row["phonetic_name"], ()),
        ("EMAIL", row["primary_email"], ("INTERNET", "WORK", "PREF")),
        ("EMAIL", row.get("private_email"), ("INTERNET", "HOME")),
        ("TEL", row["work_phone"], ("VOICE", "WORK")),
        ("TEL", row.get("mobile"), ("CELL",)),
    )
    lines += [vcard.Line(name, value, types) for name, value, types in known if value]
    return [*lines, vcard.Line("REV", f"{row['updated_at']:%Y-%m-%dT%H:%M:%SZ}")]


def _unit(actor: Actor, row: dict[str, Any]) -> list[str]:
    """The name of the primary department."""
    primary = next((place["id"] for place in row["departments"] if place["primary"]), None)
    return [] if primary is None else [queries.any_department(actor, primary)["name"]]
