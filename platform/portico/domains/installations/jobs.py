"""Jobs of installations."""

from __future__ import annotations

from portico.domains.directory import queries as directory
from portico.domains.installations import queries, requests, service
from portico.kernel import mail
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
    "approved": N_("Your request for the app {app} was approved."),
    "declined": N_("Your request for the app {app} was declined: {answer}"),
    "expired": N_("Nobody decided about your request for the app {app} within 30 days. You can ask again."),
}


@job("installations.answer_requesters", "Tell those who asked for an app", own_units=True)
def answer_requesters(actor: Actor, request_id: str) -> None:
    with unit(actor.workspace_id, write=False):
        row = requests.request(actor, request_id)
        people = [directory.employee(actor, person) for person in requests.askers_of(actor, request_id)]
        addresses = [person["primary_email"] for person in people if person["primary_email"]]
    if row["status"] in _ANSWERS:
        text = _ANSWERS[row["status"]].format(app=row["app_key"], answer=row["answer"] or "")
        for address in addresses:
            mail.send(address, text.partition(":")[0], text)
