"""People ask for apps: equal requests become one with a count; an admin approves or declines, or time ends it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import policies, queries, requests
from portico.domains.installations.errors import AlreadyInstalled, RequestClosed
from portico.domains.installations.events import REQUEST_EVENTS
from portico.domains.installations.models import InstallationRequest, InstallationRequester
from portico.domains.installations.service import installing, policing
from portico.kernel import clock, jobs
from portico.kernel.actor import Actor, system
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

LIFE = timedelta(days=30)


def request_app(actor: Actor, app_key: str, reason: str, scopes: Iterable[str] = ()) -> dict[str, Any]:
    """Ask for an app, or for what an installed one still lacks: these scopes, or all of it. Equal requests are one;
    asking again changes only one's reason, and adds to what is asked for. Where the policy says so, an app that only
    reads is installed for the person at once.

    Raises Forbidden for anyone but a person, Invalid, PolicyDenies, and AlreadyInstalled when nothing is lacking.
    """
    if actor.kind != "employee" or actor.employee_id is None:
        raise Forbidden("Only a person asks for an app.")
    app = catalogue.installable(actor, app_key)
    if app is None:
        raise invalid("/app_key", "unknown", "There is no app of this key that this workspace can install.")
    there = queries.live_installation(actor, app.app_id)
    if there is not None and not there["pending_scopes"]:
        raise AlreadyInstalled()
    required, wanted = manifests.scope_names(app.manifest, "scopes"), _lacking(there, scopes)
    policing.require_policy(actor, app, required if there is None else wanted)
    request_id, is_new = _join(actor, app.app_id, "install" if there is None else "permissions")
    _add_scopes(actor, request_id, wanted, is_new=is_new)
    _put_reason(actor, request_id, reason)
    if is_new:
        emit(actor, REQUEST_EVENTS["created"], requests.request(actor, request_id))
    if there is None and policies.approves_by_itself(policies.policy(actor), required):
        _install_for(actor, app_key, request_id)
    elif not is_new:
        emit(actor, REQUEST_EVENTS["updated"], requests.request(actor, request_id), changes=["count"])
    return requests.request(actor, request_id)


def _lacking(there: dict[str, Any] | None, scopes: Iterable[str]) -> list[str]:
    """What is asked for an installed app, in order. Raises Invalid for what it does not lack."""
    wanted = sorted(set(scopes))
    for place, name in enumerate(wanted):
        if there is None or name not in there["pending_scopes"]:
            raise invalid(f"/scopes/{place}", "unknown", f"The app has {name} already, or does not ask for it.")
    return wanted


def _add_scopes(actor: Actor, request_id: str, wanted: list[str], *, is_new: bool) -> None:
    """To those that others named; the row is locked. Whoever names none asks for all, and so do then all."""
    before = requests.request(system(actor.workspace_id), request_id)["scopes"]
    together = sorted({*before, *wanted}) if wanted and (before or is_new) else []
    if together != before:
        session().execute(
            update(InstallationRequest)
            .where(InstallationRequest.workspace_id == actor.workspace_id, InstallationRequest.id == request_id)
            .values(scopes=together)
        )


def _join(actor: Actor, app_id: str, kind: str) -> tuple[str, bool]:
    """The open request of this kind, and whether it is new. The partial index lets one of two that begin at once win;
    the other joins it."""
    found = requests.open_request(actor, app_id, kind)
    if found is not None and _extend(actor, found):
        return found, False
    now = clock.now()
    request_id = new_id("irq")
    values = {"id": request_id, "app_id": app_id, "kind": kind, "status": "open", "expires_at": now + LIFE}
    stamps = {"created_at": now, "updated_at": now, "version": 1}
    work = session()
    try:
        with work.begin_nested():
            work.execute(insert(InstallationRequest).values(workspace_id=actor.workspace_id, **values, **stamps))
    except IntegrityError:
        twin = requests.open_request(actor, app_id, kind)
        if twin is None or not _extend(actor, twin):
            raise
        return twin, False
    return request_id, True


def _extend(actor: Actor, request_id: str) -> bool:
    """One more asks: its time begins anew, if it is still open. The row stays locked until the commit."""
    now = clock.now()
    return _move(actor, request_id, expires_at=now + LIFE)


def _put_reason(actor: Actor, request_id: str, reason: str) -> None:
    work = session()
    mine = (
        InstallationRequester.workspace_id == actor.workspace_id,
        InstallationRequester.request_id == request_id,
        InstallationRequester.employee_id == actor.employee_id,
    )
    changed = work.scalar(
        update(InstallationRequester).where(*mine).values(reason=reason).returning(InstallationRequester.employee_id)
    )
    if changed is None:
        values = {"workspace_id": actor.workspace_id, "request_id": request_id, "employee_id": actor.employee_id}
        work.execute(insert(InstallationRequester).values(**values, reason=reason, asked_at=clock.now()))


def _install_for(actor: Actor, app_key: str, request_id: str) -> None:
    """The policy is the admin: for this person alone, by the platform."""
    _move(actor, request_id, status="approved", decided_at=clock.now())
    alone = {"kind": "only", "include": [{"kind": "employee", "id": actor.employee_id}], "exclude": []}
    made = installing.install(system(actor.workspace_id), app_key, availability_=alone)
    _set_installation(actor, request_id, made["id"])
    _tell(actor, request_id, "approved")


def approve_request(actor: Actor, request_id: str, options: dict[str, Any] | None = None) -> dict[str, Any]:
    """Say yes: the app is installed with these options (or what it lacks is granted). Of two that decide at once one
    wins. Raises NotFound, RequestClosed, and what installing raises."""
    before = requests.request(actor, request_id)
    _decide(actor, request_id, "approved")
    app_key, given = before["app_key"], options or {}
    there = queries.live_installation(actor, before["app_id"])
    if there is None:
        there = installing.install(
            actor,
            app_key,
            granted_scopes=given.get("granted_scopes"),
            availability_=given.get("availability"),
            settings=given.get("settings"),
        )
    elif before["kind"] == "permissions":
        asked = before["scopes"] or there["pending_scopes"]
        # What was asked for and the app no longer asks for is let go.
        grown = {*there["granted_scopes"], *(name for name in asked if name in there["pending_scopes"])}
        wanted = given.get("granted_scopes") or sorted(grown)
        installing.update_installation(actor, there["id"], {"granted_scopes": wanted})
    _set_installation(actor, request_id, there["id"])
    _tell(actor, request_id, "approved")
    return requests.request(actor, request_id)


def decline_request(actor: Actor, request_id: str, reason: str) -> dict[str, Any]:
    """Say no, and why. Raises NotFound, RequestClosed."""
    requests.request(actor, request_id)
    _decide(actor, request_id, "declined", answer=reason)
    _tell(actor, request_id, "declined")
    return requests.request(actor, request_id)


def expire_request(actor: Actor, request_id: str) -> None:
    """Nobody decided in time, unless somebody did, or one more asked, in the last moment."""
    over = InstallationRequest.expires_at <= clock.now()
    if _move(actor, request_id, over, status="expired", decided_at=clock.now()):
        _tell(actor, request_id, "expired")


def answer_growth(actor: Actor, row: dict[str, Any]) -> None:
    """An installation (as read now) got more: who asked for just that is answered."""
    found = requests.open_request(actor, row["app_id"], "permissions")
    if found is None:
        return
    asked = requests.request(system(actor.workspace_id), found)["scopes"] or row["pending_scopes"]
    if not set(asked).intersection(row["pending_scopes"]):
        close_requests(actor, row["app_id"], row["id"], "permissions")


def close_requests(actor: Actor, app_id: str, installation_id: str, kind: str = "install") -> None:
    """What was asked for was done without looking at the requests: they are answered by that."""
    found = requests.open_request(actor, app_id, kind)
    if found is not None and _move(
        actor,
        found,
        status="approved",
        decided_by=actor.employee_id,
        decided_at=clock.now(),
        installation_id=installation_id,
    ):
        _tell(actor, found, "approved")


def _decide(actor: Actor, request_id: str, status: str, **values: Any) -> None:
    if not _move(actor, request_id, status=status, decided_by=actor.employee_id, decided_at=clock.now(), **values):
        raise RequestClosed()


def _move(actor: Actor, request_id: str, *conditions: Any, **values: Any) -> bool:
    moved = session().scalar(
        update(InstallationRequest)
        .where(InstallationRequest.workspace_id == actor.workspace_id, InstallationRequest.id == request_id)
        .where(InstallationRequest.status == "open", *conditions)
        .values(**values, updated_at=clock.now(), version=InstallationRequest.version + 1)
        .returning(InstallationRequest.id)
    )
    return moved is not None


def _set_installation(actor: Actor, request_id: str, installation_id: str) -> None:
    session().execute(
        update(InstallationRequest)
        .where(InstallationRequest.workspace_id == actor.workspace_id, InstallationRequest.id == request_id)
        .values(installation_id=installation_id)
    )


def _tell(actor: Actor, request_id: str, verb: str) -> None:
    whole = system(actor.workspace_id)
    emit(actor, REQUEST_EVENTS[verb], requests.request(whole, request_id), changes=["status"])
    jobs.enqueue(actor, "installations.answer_requesters", request_id=request_id)
