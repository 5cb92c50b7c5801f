"""What those who manage apps read about grants: who let an installed app act for them, and what came again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from portico.domains.identity.models import Membership, User, Workspace
from portico.domains.oauth.models import OAuthGrant
from portico.domains.oauth.queries import grants_of
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

REMEMBERED = timedelta(days=30)
_grant = OAuthGrant.__table__.c
GRANTS = Listing(id_column=_grant.id, filters={}, sorts={"created_at": Sort(_grant.id)})


def page_of_grants(actor: Actor, installation_id: str, query: ListQuery) -> Page:
    here = (_grant.workspace_id == actor.workspace_id, _grant.installation_id == installation_id)
    return page(grants_of(*here), GRANTS, actor.workspace_id, query)


def require_grant(actor: Actor, installation_id: str, grant_id: str) -> None:
    """Raises NotFound unless the grant lives, and is of this installation."""
    here = (_grant.workspace_id == actor.workspace_id, _grant.installation_id == installation_id)
    if session().execute(grants_of(*here, _grant.id == grant_id)).one_or_none() is None:
        raise NotFound()


def replays(actor: Actor, installation_id: str) -> list[Row[Any]]:
    """The last grants of an installation that ended because something spent was shown again, within 30 days."""
    statement = (
        select(_grant.id, _grant.ended_at, Membership.employee_id, User.display_name)
        .join(Membership, Membership.id == _grant.membership_id)
        .join(User, User.id == _grant.user_id)
        .where(_grant.workspace_id == actor.workspace_id, _grant.installation_id == installation_id)
        .where(_grant.end_reason == "replay", _grant.ended_at > clock.now() - REMEMBERED)
        .order_by(_grant.ended_at.desc(), _grant.id)
        .limit(5)
    )
    return list(session().execute(statement))


def about_replay(actor: Actor, grant_id: str) -> Row[Any] | None:
    """Whose grant it was, and of which client; None when it is forgotten meanwhile."""
    columns = (_grant.client_id, _grant.installation_id, _grant.ended_at, User.display_name, User.email, Workspace.slug)
    statement = (
        select(*columns)
        .join(Workspace, Workspace.id == _grant.workspace_id)
        .join(User, User.id == _grant.user_id)
        .where(_grant.workspace_id == actor.workspace_id, _grant.id == grant_id)
    )
    return session().execute(statement).one_or_none()
