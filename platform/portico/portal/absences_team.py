"""Who is away in a month: of one's people with the reason, of one's department only that they are."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from babel.dates import format_skeleton
from flask import render_template, request
from flask_babel import get_locale, gettext, to_user_timezone

from portico.domains.attendance import halves
from portico.domains.attendance.queries import absences as queries
from portico.domains.directory import queries as directory
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.portal import absence_words as words
from portico.portal.blueprint import blueprint
from portico.web.attendance_words import date_of

MOST_PEOPLE = 100


@dataclass
class Person:
    """`cells` by date: which half, how it is called, and whether it is only asked for."""

    id: str
    name: str
    reports: bool
    cells: dict[date, dict[str, Any]] = field(default_factory=dict)
    absences: list[dict[str, Any]] = field(default_factory=list)


@blueprint.page("/absences/team", scope="absences:read")
def absences_team(actor: Actor) -> str:
    today = to_user_timezone(clock.now()).date()
    first = _month(request.args.get("month", ""), today)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    people = _people(actor)
    _fill(actor, people, first, last)
    return render_template(
        "portal/absences/team.html",
        people=list(people.values()),
        days=[first + timedelta(days=by) for by in range((last - first).days + 1)],
        month=format_skeleton("yMMMM", first, locale=get_locale()),
        before=(first - timedelta(days=1)).strftime("%Y-%m"),
        after=(last + timedelta(days=1)).strftime("%Y-%m"),
        today=today,
        date_of=date_of,
        words=words,
    )


def _month(wanted: str, today: date) -> date:
    """The first day of the month that was asked for; of this one, where that is none."""
    try:
        first = date.fromisoformat(f"{wanted}-01")
    except ValueError:
        return today.replace(day=1)
    return first if 2000 <= first.year <= 2199 else today.replace(day=1)


def _people(actor: Actor) -> dict[str, Person]:
    """Oneself, who reports to one, and who stands in one's main department; in the order of their names."""
    me = actor.employee_id or ""
    reports = set(directory.reports_of(actor, me))
    places = directory.places_of(actor, [me])[me]
    main = next((place["id"] for place in places if place["primary"]), None)
    query = ListQuery(limit=MOST_PEOPLE)
    beside = {row["id"] for row in directory.members_of(actor, main, query, recursive=False).rows} if main else set()
    names = directory.names_of(actor, {me, *reports, *beside})
    ordered = sorted(names.items(), key=lambda pair: pair[1].casefold())[:MOST_PEOPLE]
    return {one: Person(one, name, one in reports or one == me) for one, name in ordered}


def _fill(actor: Actor, people: dict[str, Person], first: date, last: date) -> None:
    labels = words.labels(actor)
    for absence in queries.between(actor.workspace_id, people, first, last, ("approved", "requested")):
        person = people[absence["employee_id"]]
        asked = absence["status"] == "requested"
        if asked and not person.reports:
            continue
        label = labels.get(absence["type_key"], absence["type_key"]) if person.reports else gettext("Away")
        person.absences.append({**absence, "label": label, "asked": asked})
        for on, slot in _days(absence):
            if first <= on <= last:
                here = person.cells.get(on)
                both = "full" if here and {here["slot"], slot} == {"am", "pm"} else slot
                person.cells[on] = {"slot": both, "label": label, "asked": asked}


def _days(absence: dict[str, Any]) -> list[tuple[date, str]]:
    stretch = halves.of_row(absence)
    if stretch is None:
        return [(absence["from_on"], "hours")]
    return [(on, "full" if len(slots) == 2 else slots[0]) for on, slots in stretch.days()]
