"""Whom punches are told of: who forgot to clock out, who has to decide, and whose punch was decided about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portico.domains.directory import audiences
from portico.domains.directory import queries as directory
from portico.domains.notifications import service as notifications
from portico.domains.notifications.kinds import KINDS, MAIL_AND_PUSH, NotificationKind
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.text import N_

FORGOTTEN = KINDS.add(NotificationKind("attendance.missing_out", N_("Clock-outs that you forgot"), MAIL_AND_PUSH))
WAITING = KINDS.add(NotificationKind("attendance.punch_waiting", N_("Punches of your people that wait")))
DECIDED = KINDS.add(NotificationKind("attendance.punch_decided", N_("Decisions about your punches")))
_NEWS = timedelta(days=7)
"""What a device brings of longer ago is no news for anybody."""
_HR = {"include": [{"kind": "role", "id": "hr_admin"}], "exclude": []}


def tell_forgotten(workspace_id: str, session: dict[str, Any]) -> None:
    if session["due_at"] < clock.now() - _NEWS:
        return
    notifications.notify(
        system(workspace_id),
        FORGOTTEN.name,
        [session["employee_id"]],
        title=N_("You did not clock out on %(day)s"),
        body=N_("Until you ask for a correction with the time at which you left, that stretch is no working time."),
        params={"day": session["work_on"].isoformat()},
        url=f"/attendance/days/{session['work_on'].isoformat()}",
        key=f"missing_out:{session['id']}",
    )


def tell_waiting(actor: Actor, punch: dict[str, Any]) -> None:
    """Their manager; who has none, is HR's."""
    person = directory.whole_employee(system(actor.workspace_id), punch["employee_id"])
    manager = person["manager_id"]
    notifications.notify(
        actor,
        WAITING.name,
        [manager] if manager else audiences.people(actor.workspace_id, _HR),
        title=N_("A punch of %(name)s waits for a decision"),
        params={"name": person["display_name"]},
        url="/attendance/team" if manager else "/admin/punches",
        resource=("punch", punch["id"]),
        key=f"punch_waiting:{punch['id']}",
    )


def tell_decided(actor: Actor, punch: dict[str, Any]) -> None:
    accepted = punch["status"] == "accepted"
    notifications.retract(actor.workspace_id, f"punch_waiting:{punch['id']}")
    notifications.notify(
        actor,
        DECIDED.name,
        [punch["employee_id"]],
        title=N_("Your punch of %(day)s counts") if accepted else N_("Your punch of %(day)s does not count"),
        params={"day": punch["work_on"].isoformat()},
        url=f"/attendance/days/{punch['work_on'].isoformat()}",
        resource=("punch", punch["id"]),
        key=f"punch_decided:{punch['id']}",
    )
