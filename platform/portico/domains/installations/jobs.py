"""Jobs of installations."""

from __future__ import annotations

from portico.domains.installations import queries, requests, service
from portico.domains.notifications.kinds import KINDS, MAIL_AND_PUSH, NotificationKind
from portico.domains.notifications.service import notify
from portico.kernel.actor import Actor, system
from portico.kernel.jobs import job
from portico.kernel.text import N_
from portico.kernel.unit_of_work import system_unit, unit


@job("installations.announce_upgrade", "Tell workspaces of a new version of an app", own_units=True)
def announce_upgrade(actor: Actor, app_id: str) -> None:
    with system_unit("upgrade: where an app runs another version than was said"):
        behind = queries.behind_of_app(app_id)
    for row in behind:
        with unit(row.workspace_id, write=True):
            service.announce_upgrade(system(row.workspace_id), row.id)


@job("installations.finish_uninstalling", "Finish uninstalling an app")
def finish_uninstalling(actor: Actor, installation_id: str) -> None:
    service.finish_uninstalling(actor, installation_id)


@job("installations.enforce_stop", "Suspend or resume an app in all workspaces", own_units=True)
def enforce_stop(actor: Actor, app_id: str, side: str) -> dict[str, int]:
    return {"changed": service.enforce_stop(app_id, side)}


_ANSWERS = {
    "approved": N_("Your request for the app %(app)s was approved."),
    "declined": N_("Your request for the app %(app)s was declined: %(answer)s"),
    "expired": N_("Nobody decided about your request for the app %(app)s within 30 days. You can ask again."),
}
ANSWERED = KINDS.add(NotificationKind("app_request.answered", N_("Answers to my requests for apps"), MAIL_AND_PUSH))


@job("installations.answer_requesters", "Tell those who asked for an app")
def answer_requesters(actor: Actor, request_id: str) -> None:
    row = requests.request(actor, request_id)
    if row["status"] not in _ANSWERS:
        return
    notify(
        actor,
        ANSWERED.name,
        requests.askers_of(actor, request_id),
        title=_ANSWERS[row["status"]],
        params={"app": row["app_key"], "answer": row["answer"] or ""},
        url=f"/catalogue/{row['app_key']}",
        key=f"app_request:{request_id}:{row['status']}",
    )
