"""The team calendar as iCalendar (RFC 5545), under a secret address of which only a digest is kept."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from leave.desk import Desk
from leave.store import Store
from leave.team import absences_of, part_on, team_of
from leave.texts import Language
from portico_sdk.models import Absence

_BACK, _AHEAD = timedelta(days=90), timedelta(days=366)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def make(store: Store, installation_id: str, employee_id: str) -> str:
    """A new token; the one before ends."""
    token = secrets.token_urlsafe(32)
    with store.writing() as db:
        db.execute("DELETE FROM feed WHERE installation_id = ? AND employee_id = ?", (installation_id, employee_id))
        db.execute("INSERT INTO feed VALUES (?, ?, ?)", (_digest(token), installation_id, employee_id))
    return token


def end(store: Store, installation_id: str, employee_id: str) -> None:
    with store.writing() as db:
        db.execute("DELETE FROM feed WHERE installation_id = ? AND employee_id = ?", (installation_id, employee_id))


def whose(store: Store, token: str) -> tuple[str, str] | None:
    """The installation and the person of a token."""
    if not _TOKEN.fullmatch(token):
        return None
    with store.reading() as db:
        row = db.execute("SELECT * FROM feed WHERE digest = ?", (_digest(token),)).fetchone()
    return None if row is None else (row["installation_id"], row["employee_id"])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def write(desk: Desk, employee_id: str) -> str:
    """The file: names and days, without the kind of leave. What is only asked for is not in it."""
    me = desk.workspace.employees.get(employee_id)
    language = Language(me.locale or "en")
    people = {one.id: one.display_name for one in team_of(desk, me)}
    today = desk.today(me.timezone)
    found = absences_of(desk, people, today - _BACK, today + _AHEAD)
    events = [
        line
        for absence in found
        if absence.status == "approved"
        for line in _event(absence, people[absence.employee_id], language)
    ]
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Portico//Leave//EN", "CALSCALE:GREGORIAN"]
    lines = [*head, f"X-WR-CALNAME:{_text(language.text('team_title'))}", *events, "END:VCALENDAR"]
    return "".join(f"{part}\r\n" for part in _folded(lines))


def _event(absence: Absence, name: str, language: Language) -> Iterator[str]:
    part = part_on(absence, absence.from_on) if absence.from_on == absence.until_on else "whole"
    away = language.text("away" if part == "whole" else f"away_{part}")
    yield "BEGIN:VEVENT"
    yield f"UID:{absence.id}@leave"
    yield f"DTSTAMP:{_stamp(absence.updated_at)}"
    yield f"DTSTART;VALUE=DATE:{absence.from_on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{absence.until_on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(language.text('which', name, away))}"
    yield "TRANSP:TRANSPARENT"
    yield f"SEQUENCE:{absence.version}"
    yield "END:VEVENT"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return re.sub(r"[\r\n]+", "\\\\n", escaped)


def _folded(lines: Iterable[str]) -> Iterator[str]:
    """At most 75 octets a line, never within a character (section 3.1)."""
    for line in lines:
        part = ""
        for letter in line:
            if len((part + letter).encode()) > 75:
                yield part
                part = " "
            part += letter
        yield part
