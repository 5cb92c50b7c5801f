"""What the robot and the operators read of versions. The operators' run in a system unit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from portico.domains.catalogue import icons, manifests
from portico.domains.catalogue.models import App, AppVersion, Publisher
from portico.domains.identity.models import Membership, User
from portico.kernel.db import AnyRow
from portico.kernel.listing import Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_app = App.__table__.c
_version = AppVersion.__table__.c

QUEUE = Listing(id_column=_version.id, filters={}, sorts={"handed_in": Sort(_version.id)}, default_sort="handed_in")


def checkable(version_id: str) -> AnyRow | None:
    """A version that may be checked, with what calling its app needs."""
    found = (
        select(
            _version.app_id,
            _version.base_url,
            _version.manifest,
            _app.base_url_override,
            Publisher.workspace_id.label("workspace_id"),
        )
        .join(App, _app.id == _version.app_id)
        .join(Publisher, Publisher.id == _app.publisher_id)
        .where(_version.id == version_id, _version.status.in_(("draft", "checked")))
    )
    return session().execute(found).one_or_none()


def _with_owner() -> Select[Any]:
    return (
        select(
            _version.id,
            _version.app_id,
            _version.number,
            _version.status,
            _version.name.label("texts"),
            _version.manifest,
            _version.digest,
            _version.findings,
            _version.checked_at,
            _version.submitted_at,
            _version.review_reasons,
            icons.address().label("icon_url"),
            _app.key,
            _app.visibility,
            _app.publisher_id,
            Publisher.name.label("publisher_name"),
            Publisher.workspace_id.label("workspace_id"),
            Publisher.domain_verified_at.label("domain_verified_at"),
            Publisher.verified_at.label("verified_at"),
            User.id.label("owner_id"),
            Membership.employee_id.label("owner_employee_id"),
            User.email.label("email"),
        )
        .join(App, _app.id == _version.app_id)
        .join(Publisher, Publisher.id == _app.publisher_id)
        .join(Membership, Membership.id == Publisher.membership_id)
        .join(User, User.id == Membership.user_id)
    )


def answered(version_id: str) -> AnyRow:
    """A version with whom to tell what became of it."""
    return session().execute(_with_owner().where(_version.id == version_id)).one()


def in_review(version_id: str) -> AnyRow | None:
    """A version that was handed in at some time, whatever became of it."""
    found = _with_owner().where(_version.id == version_id, _version.submitted_at.is_not(None))
    return session().execute(found).one_or_none()


def page_of_queue(query: ListQuery) -> Page:
    """What waits for an operator, oldest first."""
    return page(_with_owner().where(_version.status == "submitted"), QUEUE, "operator", query)


def approved_before(app_id: str, number: int) -> AnyRow | None:
    """The last version before this one that passed review."""
    found = (
        select(_version.number, _version.manifest)
        .where(_version.app_id == app_id, _version.number < number, _version.reviewed_at.is_not(None))
        .order_by(_version.number.desc())
        .limit(1)
    )
    return session().execute(found).one_or_none()


def changed_texts(before: manifests.Manifest, after: manifests.Manifest) -> list[tuple[str, str, str]]:
    """What people read of the app that reads otherwise: key, before and after."""
    old, new = before.get("app", {}), after.get("app", {})
    told = ("name", "summary", "description", "support_url", "privacy_url", "categories")
    return [(key, _text(old.get(key)), _text(new.get(key))) for key in told if old.get(key) != new.get(key)]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return " · ".join(f"{language}: {text}" for language, text in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value or "")
