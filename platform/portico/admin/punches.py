"""Punches that wait, of everybody: for those who keep attendance."""

from __future__ import annotations

from flask import render_template

from portico.admin.blueprint import blueprint
from portico.domains.attendance.queries import punches as queries
from portico.domains.directory import queries as directory
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.web import attendance_words as words
from portico.web.navigation import Entry

MENU = [
    Entry(
        "admin",
        N_("Punches that wait"),
        "hourglass",
        "admin.punches",
        39,
        scope="attendance:admin",
        group=N_("Attendance"),
    )
]


@blueprint.page("/punches", scope="attendance:admin")
def punches(actor: Actor) -> str:
    waiting = queries.pending(actor, 100)
    names = directory.names_of(actor, {one["employee_id"] for one in waiting})
    return render_template("admin/punches.html", waiting=waiting, names=names, words=words)
