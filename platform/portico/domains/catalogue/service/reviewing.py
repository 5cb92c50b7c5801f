"""From a draft to an approved version: the robot's check, handing in, and the answer of a person.

Each step is one conditional update: of two that come at once one wins, and the other hears `invalid_transition`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select, update

from portico import settings
from portico.domains.catalogue import events, queries
from portico.domains.catalogue.errors import OwnReview
from portico.domains.catalogue.models import AppVersion
from portico.domains.catalogue.robot import Finding
from portico.domains.identity.models import User
from portico.domains.identity.service import record_act
from portico.kernel import clock, jobs
from portico.kernel.actor import Actor, system
from portico.kernel.errors import FieldError, Invalid, InvalidTransition, NotFound
from portico.kernel.events import EventType, emit
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

_OPEN = ("draft", "checked")
UNDER_WAY = timedelta(minutes=2)


def check_version(actor: Actor, app_id: str, version_id: str) -> Row[Any]:
    """Let the robot look at it, now or again. Raises NotFound, InvalidTransition."""
    queries.own_version(actor, app_id, version_id)
    if not ask(actor, version_id):
        raise InvalidTransition(N_("Only a draft or a checked version can be checked."))
    return queries.own_version(actor, app_id, version_id)


def ask(actor: Actor, version_id: str, **values: Any) -> bool:
    """Call the robot, unless it is at it. Answers whether the version may be checked."""
    now = clock.now()
    idle = or_(
        AppVersion.check_asked_at.is_(None),
        AppVersion.checked_at >= AppVersion.check_asked_at,
        AppVersion.check_asked_at < now - UNDER_WAY,
    )
    if _move(version_id, _OPEN, idle, check_asked_at=now, **values):
        jobs.enqueue(actor, "catalogue.check_version", version_id=version_id)
        return True
    return _move(version_id, _OPEN, **values) if values else _status(version_id) in _OPEN


def is_under_way(version: Row[Any]) -> bool:
    """Whether the robot was called and has not answered yet."""
    asked, done = version.check_asked_at, version.checked_at
    return asked is not None and (done is None or done < asked) and asked > clock.now() - UNDER_WAY


def keep_findings(actor: Actor, version_id: str, found: Iterable[Finding]) -> None:
    """What the robot found. Without an error the version is checked, and handed in where its developer wanted that;
    with one it is a draft. A version that went on meanwhile stays as it is."""
    rows = [asdict(each) for each in found]
    good = not any(each["severity"] == "error" for each in rows)
    status = "checked" if good else "draft"
    if not _move(version_id, _OPEN, status=status, findings=rows, checked_at=clock.now()):
        return
    _tell(actor, events.APP_VERSION_CHECKED, version_id)
    wanted = session().scalar(select(AppVersion.hand_in).where(AppVersion.id == version_id))
    if good and wanted:
        _hand_in(actor, version_id)
    elif wanted:
        _move(version_id, _OPEN, hand_in=False)


def submit_version(actor: Actor, app_id: str, version_id: str) -> Row[Any]:
    """Hand it in. A draft is checked first, and goes on by itself when nothing is wrong.

    Raises NotFound, InvalidTransition.
    """
    queries.own_version(actor, app_id, version_id)
    handed = _hand_in(actor, version_id)
    if not handed and not ask(actor, version_id, hand_in=True):
        raise InvalidTransition(N_("Only a draft or a checked version can be handed in."))
    return queries.own_version(actor, app_id, version_id)


def _hand_in(actor: Actor, version_id: str) -> bool:
    """A checked one alone. Where the robot alone reviews, it has decided already."""
    if not _move(version_id, ("checked",), status="submitted", submitted_at=clock.now(), hand_in=False):
        return False
    _tell(actor, events.APP_VERSION_SUBMITTED, version_id)
    if settings.current().review == "robot":
        _approve(actor, version_id, "robot", None)
    return True


def approve_version(version_id: str, operator: str) -> None:
    """A person says yes. Runs in a system unit; whoever calls has checked that it is an operator.

    Raises NotFound, OwnReview, InvalidTransition.
    """
    row = _reviewed(version_id, operator)
    if not _approve(system(row.workspace_id), version_id, "person", operator):
        raise InvalidTransition(N_("The version is not in review any more."))
    record_act(operator, "version.approved", "app", row.app_id, name=f"{row.key} {row.number}")


def reject_version(version_id: str, operator: str, reasons: list[dict[str, str]]) -> None:
    """A person says no, and why: each reason with the place in the manifest that it is about, and what to mend.

    Raises NotFound, Invalid, OwnReview, InvalidTransition.
    """
    if not reasons:
        raise Invalid(errors=[FieldError("/reasons", "required", N_("Say what is to be mended."))])
    row = _reviewed(version_id, operator)
    actor = system(row.workspace_id)
    values = {"reviewed_by": operator, "review_level": "person", "review_reasons": reasons}
    if not _move(version_id, ("submitted",), status="rejected", **values):
        raise InvalidTransition(N_("The version is not in review any more."))
    _tell(actor, events.APP_VERSION_REJECTED, version_id)
    jobs.enqueue(actor, "catalogue.tell_publisher", version_id=version_id)
    reason = " ".join(each["message"] for each in reasons)
    record_act(operator, "version.rejected", "app", row.app_id, name=f"{row.key} {row.number}", reason=reason)


def _reviewed(version_id: str, operator: str) -> Any:
    """If this operator may judge it: four eyes, unless there is nobody else. Raises NotFound, OwnReview."""
    row = queries.in_review(version_id)
    if row is None:
        raise NotFound()
    others = session().scalar(select(User.id).where(User.operator, User.id != operator).limit(1))
    if row.owner_id == operator and others is not None:
        raise OwnReview()
    return row


def _approve(actor: Actor, version_id: str, level: str, operator: str | None) -> bool:
    values = {"reviewed_at": clock.now(), "review_level": level, "reviewed_by": operator, "review_reasons": []}
    if not _move(version_id, ("submitted",), status="approved", **values):
        return False
    _tell(actor, events.APP_VERSION_APPROVED, version_id)
    jobs.enqueue(actor, "catalogue.tell_publisher", version_id=version_id)
    return True


def _move(version_id: str, states: tuple[str, ...], *conditions: ColumnElement[bool], **values: Any) -> bool:
    moved = (
        update(AppVersion)
        .where(AppVersion.id == version_id, AppVersion.status.in_(states), *conditions)
        .values(**values)
        .returning(AppVersion.id)
    )
    return session().scalar(moved) is not None


def _status(version_id: str) -> str | None:
    return session().scalar(select(AppVersion.status).where(AppVersion.id == version_id))


def _tell(actor: Actor, news: EventType, version_id: str) -> None:
    emit(actor, news, queries.version_news(version_id))
