"""People who ask and who decide, for the pages of absences and approvals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portico.domains.approvals import service as approvals
from portico.domains.attendance.schemas.requests import AttendanceCorrectionCreate, OvertimeCreate
from portico.domains.attendance.service import corrections, feeds, overtime
from portico.domains.directory import service as directory
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.schemas import load
from tests.domains.approvals.asking import decide as say
from tests.domains.attendance.leave import ask, decide
from tests.support.cast import Cast

LONG = "We fly on the evening before, so I hand over to the night shift; everything is in the notes of the project."


def seed_leave(cast: Cast) -> dict[str, Any]:
    """The agent is the manager of the employee and the developer, and away next week."""
    today = clock.now().date()
    for name in ("employee", "developer", "app_manager"):
        with cast.writing():
            manager = {"manager_id": cast.employee_id("agent")}
            directory.update_employee(cast.system(), cast.employee_id(name), manager)

    def on(days: int, half: str = "") -> str:
        return f"{(today + timedelta(days=days)).isoformat()} {half}".strip()

    begun = ask(cast, on(-2), on(1, "am"))
    decide(cast, begun, by="agent")
    waiting = ask(cast, on(20, "pm"), on(27), note=LONG)
    decide(cast, ask(cast, on(40), type_key="other"), "rejected", by="agent")
    decide(cast, ask(cast, on(4), on(5), by="developer", type_key="sick"), by="agent")
    ask(cast, on(9), by="app_manager")
    ask(cast, on(12), on(13), by="agent")
    with cast.writing():
        employee = cast.actor("employee")
        overtime.request_overtime(employee, load(OvertimeCreate(), {"work_on": on(0), "minutes": 90}))
        at = clock.now() - timedelta(days=1)
        said = {"work_on": f"{at:%Y-%m-%d}", "kind": "out", "occurred_at": clock.rfc3339(at), "reason": "Forgotten"}
        corrections.submit_correction(employee, load(AttendanceCorrectionCreate(), said))
        feeds.create_feed(employee, "My phone")
        delegate = {"delegate_id": cast.employee_id("support_admin"), "from_on": today, "until_on": today}
        approvals.delegate(cast.actor("agent"), delegate)
    return {"approvals": _by_an_app(cast), "absences": [begun["id"], waiting["id"]]}


def _by_an_app(cast: Cast) -> list[str]:
    """One of an app that waits for the agent, and one of two steps of which the first is done."""
    about: Any = {"id": "ins_01jd0000000000000000000000", "installation_id": "ins_01jd0000000000000000000000"}
    app = Actor(kind="app", workspace_id=cast.acme, display_name="Travel", scopes=frozenset(), **about)
    made = []
    for number in (1, 2):
        steps = [["manager"], ["role:hr_admin"]][:number]
        body = {
            "employee_id": cast.employee_id("employee"),
            "kind": "travel",
            "title": "Trip to Lisbon" if number == 1 else "Trip to Kyoto with an overnight stay in Osaka",
            "subject": {"type": "app:travel", "id": str(number), "url": "http://localhost:9/trips/1"},
            "details": [
                {"label": "Price", "value": "840.00 EUR", "kind": "text"},
                {"label": "Departure", "value": clock.rfc3339(clock.now() + timedelta(days=30)), "kind": "instant"},
            ],
            "steps": [{"approvers": one, "mode": "any"} for one in steps],
            "expires_at": clock.now() + timedelta(days=10),
        }
        with cast.writing():
            made.append(approvals.ask_over_api(app, body))
    say(cast, made[1], "agent", note="If it is the cheapest one")
    with cast.writing():
        approvals.comment(cast.actor("employee"), made[0]["id"], "The conference is paid already.")
    return [one["id"] for one in made]
