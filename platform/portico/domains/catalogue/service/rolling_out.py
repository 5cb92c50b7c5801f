"""Which version of an app runs where: releasing to a share of its installations, raising, pausing, rolling back.

Each change takes the row of the app first, so that two at once queue up, and moves the buckets of both versions that
are concerned in one transaction: an installation always runs exactly one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from portico import settings
from portico.domains.catalogue import events, queries
from portico.domains.catalogue.errors import ReleaseInRollout
from portico.domains.catalogue.models import App, AppListing, AppVersion
from portico.kernel import clock, text
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import InvalidTransition, NotFound, invalid
from portico.kernel.events import EventType, emit
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

WHOLE = 100
_NOWHERE = {"runs_from": 0, "runs_below": 0}


def is_released_at_once(app_id: str, visibility: str) -> bool:
    """A private app runs in its owner's own workspace: nobody else needs to be protected from it by a review.

    One that passed review may be installed elsewhere, also after it went private: its versions are reviewed on.
    """
    return settings.current().review == "open" or (visibility == "private" and not is_approved(app_id))


def is_approved(app_id: str) -> bool:
    """Whether what runs came through the review, and not only past it as private apps may."""
    found = select(AppVersion.reviewed_at).where(AppVersion.app_id == app_id, queries.is_stable())
    return session().scalar(found) is not None


def release_version(actor: Actor, app_id: str, version_id: str, percent: int = WHOLE) -> Row[Any]:
    """Run the version in so many of a hundred installations; repeated with more, raise it.

    Raises NotFound, Invalid, InvalidTransition and ReleaseInRollout.
    """
    app = queries.own_app(actor, app_id)
    hold(app_id)
    version = queries.own_version(actor, app_id, version_id)
    if version.runs_from == 0 < version.runs_below < WHOLE:
        _raise_to(actor, version, percent)
    else:
        at_once = is_released_at_once(app_id, app["visibility"])
        start(actor, app_id, version_id, percent, ("draft", "checked", "approved") if at_once else ("approved",))
    return queries.own_version(actor, app_id, version_id)


def hold(app_id: str) -> None:
    """Nobody else changes what runs of this app before the commit. Raises NotFound."""
    moved = update(App).where(App.id == app_id).values(updated_at=clock.now()).returning(App.id)
    if session().scalar(moved) is None:
        raise NotFound()


def start(
    actor: Actor, app_id: str, version_id: str, percent: int = WHOLE, states: tuple[str, ...] = ("draft",)
) -> None:
    """The version begins to run; whole, it takes the place of all before it. Raises as `release_version`."""
    stable, rollout = _stable(app_id), _rollout(app_id)
    if percent < WHOLE:
        if stable is None or stable.status == "withdrawn":
            message = N_("There is no released version to stay with: release this one to 100 per cent.")
            raise invalid("/percent", "nothing_before", message)
        if rollout is not None and rollout.status == "released":
            raise ReleaseInRollout()
        _set(AppVersion.id == stable.id, runs_from=percent)
    _stop(*(each.id for each in (rollout, stable if percent == WHOLE else None) if each is not None))
    moved = _set(
        AppVersion.id == version_id,
        AppVersion.app_id == app_id,
        AppVersion.status.in_(states),
        status="released",
        released_at=clock.now(),
        paused_at=None,
        runs_from=0,
        runs_below=percent,
        follows_id=stable.id if stable is not None else None,
    )
    if not moved:
        raise InvalidTransition(N_("Only an approved version can be released."))
    _list(app_id)
    _tell(actor, events.APP_VERSION_RELEASED, version_id)


def _raise_to(actor: Actor, version: Row[Any], percent: int) -> None:
    """More installations run it; who runs it already stays. To what it has, nothing happens. Raises Invalid and
    InvalidTransition."""
    if version.status != "released" or version.paused_at is not None:
        raise InvalidTransition(N_("The release is paused or withdrawn; resume it before raising it."))
    if percent < version.runs_below:
        message = N_("A release only grows; roll it back to take it away.")
        raise invalid("/percent", "only_grows", message)
    if percent == version.runs_below:
        return
    stable = _stable(version.app_id)
    if stable is not None and percent == WHOLE:
        _stop(stable.id)
    elif stable is not None:
        _set(AppVersion.id == stable.id, runs_from=percent)
    _set(AppVersion.id == version.id, runs_below=percent)
    _list(version.app_id)
    _tell(actor, events.APP_VERSION_RAISED, version.id)


def pause_version(actor: Actor, app_id: str, version_id: str) -> Row[Any]:
    """Who runs it stays; nobody joins. Raises NotFound, InvalidTransition."""
    return _freeze(actor, app_id, version_id, events.APP_VERSION_PAUSED, paused=True)


def resume_version(actor: Actor, app_id: str, version_id: str) -> Row[Any]:
    """The release may grow on. Raises NotFound, InvalidTransition."""
    return _freeze(actor, app_id, version_id, events.APP_VERSION_RESUMED, paused=False)


def _freeze(actor: Actor, app_id: str, version_id: str, news: EventType, *, paused: bool) -> Row[Any]:
    queries.own_version(actor, app_id, version_id)
    hold(app_id)
    moved = _set(
        AppVersion.id == version_id,
        AppVersion.status == "released",
        AppVersion.runs_below > 0,
        AppVersion.runs_below < WHOLE,
        AppVersion.paused_at.is_(None) if paused else AppVersion.paused_at.is_not(None),
        paused_at=clock.now() if paused else None,
    )
    if not moved:
        only = N_("Only a release that is in rollout can be paused."), N_("Only a paused release can be resumed.")
        raise InvalidTransition(only[0 if paused else 1])
    _tell(actor, news, version_id)
    return queries.own_version(actor, app_id, version_id)


def roll_back_version(actor: Actor, app_id: str, version_id: str) -> Row[Any]:
    """All that run the version run the one before it, at once. Raises NotFound, InvalidTransition."""
    queries.own_version(actor, app_id, version_id)
    hold(app_id)
    version = queries.own_version(actor, app_id, version_id)
    stable = _stable(app_id)
    if version.runs_below == 0 or stable is None:
        raise InvalidTransition(N_("Only a version that runs can be rolled back."))
    if version.id == stable.id:
        _return_to(version, _rollout(app_id))
    else:
        _set(AppVersion.id == version.id, status="withdrawn", paused_at=None, **_NOWHERE)
        _set(AppVersion.id == stable.id, runs_from=0)
    _list(app_id)
    _tell(actor, events.APP_VERSION_ROLLED_BACK, version_id)
    return queries.own_version(actor, app_id, version_id)


def _return_to(version: Row[Any], rollout: AnyRow | None) -> None:
    """The version was whole: the one that it superseded comes back. Raises InvalidTransition."""
    if rollout is not None:
        raise InvalidTransition(N_("A newer version is in rollout; roll that one back first."))
    _set(AppVersion.id == version.id, status="withdrawn", paused_at=None, **_NOWHERE)
    back = _set(
        AppVersion.id == version.follows_id,
        AppVersion.status == "superseded",
        status="released",
        runs_from=0,
        runs_below=WHOLE,
    )
    if not back:
        raise InvalidTransition(N_("There is no version before it to return to; withdraw it, or release a mended one."))


def withdraw_version(actor: Actor, app_id: str, version_id: str) -> Row[Any]:
    """No new installation gets it, and no review looks at it any more; who runs it stays until another is released.

    Raises NotFound, InvalidTransition.
    """
    queries.own_version(actor, app_id, version_id)
    hold(app_id)
    version = queries.own_version(actor, app_id, version_id)
    if version.runs_below == WHOLE and _rollout(app_id) is not None:
        raise InvalidTransition(N_("A newer version is in rollout; release it whole, or roll it back, first."))
    open_ones = ("draft", "checked", "submitted", "approved", "released")
    if not _set(AppVersion.id == version_id, AppVersion.status.in_(open_ones), status="withdrawn"):
        raise InvalidTransition(N_("The version is over already; there is nothing to withdraw."))
    _tell(actor, events.APP_VERSION_WITHDRAWN, version_id)
    return queries.own_version(actor, app_id, version_id)


# --- the rows ---------------------------------------------------------------------------------------------------------


def _one(*conditions: ColumnElement[bool]) -> AnyRow | None:
    c = AppVersion.__table__.c
    return session().execute(select(c.id, c.status).where(*conditions)).one_or_none()


def _stable(app_id: str) -> AnyRow | None:
    return _one(AppVersion.app_id == app_id, queries.is_stable())


def _rollout(app_id: str) -> AnyRow | None:
    return _one(AppVersion.app_id == app_id, AppVersion.runs_below > 0, AppVersion.runs_below < WHOLE)


def _set(*conditions: ColumnElement[bool], **values: Any) -> bool:
    return session().scalar(update(AppVersion).where(*conditions).values(**values).returning(AppVersion.id)) is not None


def _stop(*version_ids: str) -> None:
    """They run nowhere any more, because another does. What was withdrawn stays so."""
    for version_id in version_ids:
        _set(AppVersion.id == version_id, paused_at=None, **_NOWHERE)
        _set(AppVersion.id == version_id, AppVersion.status == "released", status="superseded")


def _tell(actor: Actor, news: EventType, version_id: str) -> None:
    emit(actor, news, queries.version_news(version_id))


def _list(app_id: str) -> None:
    """Write the listing anew from the stable manifest."""
    work = session()
    row = work.execute(
        select(AppVersion.manifest, App.key)
        .join(App, App.id == AppVersion.app_id)
        .where(AppVersion.app_id == app_id, queries.is_stable())
    ).one()
    about = row.manifest["app"]
    categories = about.get("categories", [])
    words = text.search_words(row.key, *_texts(about["name"]), *_texts(about["summary"]), *categories)
    work.execute(delete(AppListing).where(AppListing.id == app_id))
    work.execute(
        insert(AppListing).values(
            id=app_id,
            category_words=f" {' '.join(categories)} ",
            search_words=f" {' '.join(sorted(words))} ",
            published_at=clock.now(),
        )
    )


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value.values())
