"""Jobs of the catalogue."""

from __future__ import annotations

from portico.domains.catalogue import queries, robot, service
from portico.domains.catalogue.service import proving
from portico.domains.notifications.kinds import KINDS, MAIL_AND_PUSH, NotificationKind
from portico.domains.notifications.service import notify
from portico.kernel.actor import Actor, system
from portico.kernel.jobs import job, running
from portico.kernel.text import N_
from portico.kernel.unit_of_work import system_unit, unit


@job("catalogue.check_domain", "Look whether a publisher controls its domain", own_units=True)
def check_domain(actor: Actor, publisher_id: str) -> dict[str, str | None]:
    return {"problem": proving.check_domain(publisher_id)}


@job("catalogue.check_version", "Check a version of an app", own_units=True)
def check_version(actor: Actor, version_id: str) -> None:
    """Killed anywhere, the version is as it was, and the next try does all of it."""
    with unit(actor.workspace_id, write=False):
        about = robot.subject(version_id)
        found = [] if about is None else [*robot.offline(about.manifest), *robot.at_home(about)]
    if about is None:
        return
    found += robot.online(about)
    with unit(actor.workspace_id, write=True):
        service.keep_findings(actor, version_id, found)


_ANSWERS = {
    "approved": N_("Version %(number)s of %(app)s was approved. You can release it in the console."),
    "rejected": N_("Version %(number)s of %(app)s was rejected. %(reasons)s"),
}
REVIEWED = KINDS.add(NotificationKind("app_version.reviewed", N_("Reviews of my apps"), MAIL_AND_PUSH))


@job("catalogue.tell_publisher", "Tell a publisher what became of a review", own_units=True)
def tell_publisher(actor: Actor, version_id: str) -> None:
    """Who publishes it, in the workspace where they do."""
    with system_unit("review: who is told the answer"):
        row = queries.answered(version_id)
    if row.status not in _ANSWERS:
        return
    reasons = " ".join(f"({each['path'] or '/'}) {each['message']}" for each in row.review_reasons)
    with unit(row.workspace_id, write=True):
        notify(
            system(row.workspace_id),
            REVIEWED.name,
            [row.owner_employee_id],
            title=_ANSWERS[row.status],
            params={"number": row.number, "app": row.key, "reasons": reasons},
            url=f"/console/apps/{row.app_id}/versions/{version_id}",
            key=running().job_id,
        )
