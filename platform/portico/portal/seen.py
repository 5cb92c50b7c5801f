"""What can be seen about me: by colleagues, by apps, and who looked."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext

from portico.domains.announcements import queries as announcements
from portico.domains.directory import queries as directory
from portico.domains.installations.visibility import AUTHOR, MANAGER, visibility
from portico.domains.notifications import queries as notifications
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.portal.notifications import in_words
from portico.web import roles

FIELDS: dict[str, str] = {
    "display_name": N_("your name"),
    "title": N_("your title"),
    "primary_email": N_("your work address"),
    "work_phone": N_("your work phone"),
    "employee_no": N_("your employee number"),
    "departments": N_("your departments, and those of before"),
    "groups": N_("your groups"),
    "manager_id": N_("your manager"),
    "status": N_("whether you are active"),
    "timezone": N_("your time zone"),
    "locale": N_("your language"),
    "mobile": N_("your private phone number"),
    "private_email": N_("your private address"),
    "hired_on": N_("the day you came"),
    "leaves_on": N_("the day you leave"),
    "role": N_("your role"),
    "sign_in_email": N_("the address you sign in with"),
    "own_tickets": N_("the tickets you opened"),
    "acts": N_("what you changed, and when"),
    "addresses": N_("from which network address and browser you did it"),
    "presence": N_("whether you are there, on a break or away, and until when"),
    "punches": N_("when you clocked in and out"),
    "workdays": N_("how your days are reckoned: hours, lateness, overtime"),
    "punch_places": N_("where you clocked, for 90 days"),
    "absences": N_("your absences with their type and note; colleagues of your department see only that you are away"),
    "announcement_receipts": N_("which announcements you read and acknowledged, and when"),
}
PEOPLE = {MANAGER: N_("Your manager"), AUTHOR: N_("Who wrote the announcement")}
READ_LATELY = 10


def _who(role: str) -> str:
    return str(gettext(PEOPLE[role])) if role in PEOPLE else roles.label(role)


def _words(fields: list[str]) -> list[str]:
    return [str(gettext(FIELDS[name])) for name in fields]


@blueprint.page("/me/seen")
def seen(actor: Actor) -> str:
    found = visibility(actor)
    people = [
        {
            "words": _words(row["fields"]),
            "roles": [_who(role) for role in row["roles"]],
            "all": "employee" in row["roles"],
        }
        for row in found["people"]
    ]
    apps = [
        {**app, "shows": [{**each, "words": _words(each["fields"])} for each in app["shows"]]} for app in found["apps"]
    ]
    rang = in_words(notifications.overrides(actor))
    return render_template(
        "portal/seen/seen.html",
        people=people,
        apps=apps,
        found=found,
        read=announcements.lately_read(actor, READ_LATELY),
        rang=rang,
        senders=directory.names_of(actor, {row["sender"]["id"] for row in rang if row["sender"]["kind"] == "employee"}),
    )
