"""Reads of identity. Its tables are global: those about one workspace begin at `members_of(actor)`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portico.domains.identity.models import (
    Errand,
    Membership,
    OperatorAct,
    Passkey,
    PasswordReset,
    PersonalToken,
    RecoveryCode,
    SecondStep,
    Session,
    SignInFailure,
    Totp,
    User,
    Workspace,
)
from portico.domains.identity.roles import names_within, role_column
from portico.kernel import clock, text
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.prepared import prepared
from portico.kernel.unit_of_work import session

SESSION_IDLE = timedelta(hours=12)

MEMBERS = Listing(
    id_column=Membership.__table__.c.id,
    filters={
        "role": Filter(column=Membership.__table__.c.role),
        "employee_id": Filter(column=Membership.__table__.c.employee_id),
    },
    sorts={"created_at": Sort(Membership.__table__.c.id)},
)


def email_key(email: str) -> str:
    return text.email_key(email)


def members_of(actor: Actor) -> AnySelect:
    """The living memberships of the actor's workspace, with the user's name and address."""
    return (
        select(
            Membership.id,
            Membership.employee_id,
            Membership.user_id,
            role_column(),
            Membership.created_at,
            Membership.version,
            User.email,
            User.display_name,
            User.two_factor_at.is_not(None).label("two_factor"),
        )
        .join(User, User.id == Membership.user_id)
        .where(Membership.workspace_id == actor.workspace_id, Membership.ended_at.is_(None))
    )


def page_of_members(actor: Actor, query: ListQuery) -> Page:
    return page(members_of(actor), MEMBERS, actor.workspace_id, query)


def addresses_of_roles(actor: Actor, role: str) -> list[str]:
    """The addresses of all members whose role is this one or includes it."""
    holders = names_within(actor.workspace_id, [role])
    statement = members_of(actor).where(Membership.role.in_(holders)).order_by(Membership.id)
    return [row.email for row in session().execute(statement)]


def employees_of_roles(actor: Actor, role: str) -> list[str]:
    """The employees of the same."""
    holders = names_within(actor.workspace_id, [role])
    return [row.employee_id for row in session().execute(members_of(actor).where(Membership.role.in_(holders)))]


def member(actor: Actor, membership_id: str) -> AnyRow:
    """One member. Raises NotFound."""
    row = session().execute(members_of(actor).where(Membership.id == membership_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def member_of_employee(actor: Actor, employee_id: str) -> AnyRow | None:
    return session().execute(members_of(actor).where(Membership.employee_id == employee_id)).one_or_none()


def members_by_employee(actor: Actor, employee_ids: Iterable[str]) -> dict[str, AnyRow]:
    """The memberships of these employees, by employee; who cannot sign in is not among them."""
    rows = session().execute(members_of(actor).where(Membership.employee_id.in_(list(employee_ids))))
    return {row.employee_id: row for row in rows}


def employees_with_roles(actor: Actor, roles: Iterable[str], most: int = 100) -> list[str]:
    """The employees whose role is one of these, in the order in which they joined."""
    inside = members_of(actor).where(Membership.role.in_(list(roles))).order_by(Membership.id).limit(most)
    return [row.employee_id for row in session().execute(inside)]


def members_without_factor(actor: Actor, most: int = 200) -> list[AnyRow]:
    """Who has no second factor, in the order in which they joined."""
    lacking = members_of(actor).where(User.two_factor_at.is_(None)).order_by(Membership.id).limit(most)
    return list(session().execute(lacking))


def workspace(workspace_id: str) -> AnyRow:
    found = session().execute(select(Workspace.__table__).where(Workspace.id == workspace_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def workspace_by_slug(slug: str) -> AnyRow | None:
    return session().execute(select(Workspace.__table__).where(Workspace.slug == slug)).one_or_none()


def workspace_by_setup(digest: str) -> AnyRow | None:
    """The workspace that waits for its first owner behind this link."""
    return (
        session()
        .execute(
            select(Workspace.__table__).where(
                Workspace.setup_digest == digest, Workspace.setup_expires_at > clock.now()
            )
        )
        .one_or_none()
    )


def all_workspaces() -> list[AnyRow]:
    """Every workspace of the instance, for the operator's command line."""
    return list(session().execute(select(Workspace.__table__).order_by(Workspace.id)))


def user_by_email(email: str) -> AnyRow | None:
    return session().execute(select(User.__table__).where(User.email_key == email_key(email))).one_or_none()


def user(user_id: str) -> AnyRow:
    found = session().execute(select(User.__table__).where(User.id == user_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def session_with_user(digest: str) -> AnyRow | None:
    """The living session behind a cookie, and whose it is."""
    return session().execute(_living_sessions().where(Session.digest == digest)).one_or_none()


def _living_sessions() -> AnySelect:
    now = clock.now()
    return (
        select(
            Session.id.label("session_id"),
            User.id.label("user_id"),
            User.email,
            User.display_name,
            User.operator,
            User.locale,
            User.timezone,
            Session.authenticated_at,
            User.two_factor_at.is_not(None).label("two_factor"),
        )
        .join(User, User.id == Session.user_id)
        .where(Session.expires_at > now, Session.last_seen_at > now - SESSION_IDLE)
    )


def sessions_with_members(digests: Sequence[str], slugs: Sequence[str]) -> list[AnyRow]:
    """The living sessions of these digests, once for each of these workspaces that their users belong to."""
    return list(
        session().execute(
            _living_sessions()
            .add_columns(
                Session.digest,
                Membership.id.label("membership_id"),
                Membership.workspace_id,
                Membership.employee_id,
                role_column(),
                Workspace.slug,
                Workspace.two_factor.label("policy"),
            )
            .join(Membership, Membership.user_id == User.id)
            .join(Workspace, Workspace.id == Membership.workspace_id)
            .where(Session.digest.in_(digests), Workspace.slug.in_(slugs), Membership.ended_at.is_(None))
        )
    )


def memberships_of_user(user_id: str) -> list[AnyRow]:
    """Every workspace that a user belongs to, by name."""
    return list(
        session().execute(
            select(
                Membership.id,
                Membership.workspace_id,
                Membership.employee_id,
                role_column(),
                Workspace.name,
                Workspace.slug,
                Workspace.logo_id,
                Workspace.locale,
                Workspace.timezone,
                Workspace.two_factor,
            )
            .join(Workspace, Workspace.id == Membership.workspace_id)
            .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
            .order_by(Workspace.name, Workspace.id)
        )
    )


def tokens_with_members(digests: Sequence[str]) -> list[AnyRow]:
    """As `token_with_member`, for many at once, each with its digest."""
    token = PersonalToken.__table__.c
    return list(session().execute(_with_member().add_columns(token.digest).where(token.digest.in_(digests))))


@prepared
def _token_with_member(digest: str) -> AnySelect:
    return _with_member().where(PersonalToken.__table__.c.digest == digest)


def _with_member() -> AnySelect:
    token, member = PersonalToken.__table__.c, Membership.__table__.c
    workspace, person = Workspace.__table__.c, User.__table__.c
    return (
        select(
            token.id,
            token.scopes,
            token.expires_at,
            token.revoked_at,
            token.workspace_id,
            member.id.label("membership_id"),
            member.employee_id,
            member.user_id,
            role_column(),
            member.ended_at,
            workspace.two_factor,
            person.two_factor_at,
        )
        .join(Membership.__table__, member.id == token.membership_id)
        .join(Workspace.__table__, workspace.id == token.workspace_id)
        .join(User.__table__, person.id == member.user_id)
    )


def token_with_member(digest: str) -> AnyRow | None:
    """A personal token with all that authentication asks of it, in one statement."""
    return _token_with_member(digest).one_or_none()


def tokens_of(actor: Actor) -> list[AnyRow]:
    """The person's own tokens, newest first, without the revoked."""
    table = PersonalToken.__table__
    return list(
        session().execute(
            select(table)
            .where(table.c.membership_id == actor.membership_id, table.c.revoked_at.is_(None))
            .order_by(table.c.id.desc())
        )
    )


def sessions_of(user_id: str) -> list[AnyRow]:
    table = Session.__table__
    return list(
        session().execute(
            select(table)
            .where(table.c.user_id == user_id, table.c.expires_at > clock.now())
            .order_by(table.c.last_seen_at.desc())
        )
    )


def open_reset(digest: str) -> AnyRow | None:
    """A password link that can still be used."""
    return (
        session()
        .execute(
            select(PasswordReset.__table__).where(
                PasswordReset.digest == digest,
                PasswordReset.used_at.is_(None),
                PasswordReset.expires_at > clock.now(),
            )
        )
        .one_or_none()
    )


def open_resets(user_id: str, besides: str = "") -> int:
    """How many password links of a user can still be used, one left out."""
    return (
        session().scalar(
            select(func.count())
            .select_from(PasswordReset)
            .where(PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
            .where(PasswordReset.expires_at > clock.now(), PasswordReset.id != besides)
        )
        or 0
    )


def second_step(digest: str) -> AnyRow | None:
    """The sign-in behind a token that waits for its second step, with whose it is."""
    return (
        session()
        .execute(
            select(SecondStep.id, SecondStep.user_id, User.email)
            .join(User, User.id == SecondStep.user_id)
            .where(SecondStep.digest == digest, SecondStep.expires_at > clock.now())
        )
        .one_or_none()
    )


@dataclass(frozen=True, slots=True)
class Factors:
    """By what a person can prove who they are besides the password."""

    totp_since: datetime | None
    passkeys: tuple[AnyRow, ...]
    codes_left: int

    @property
    def on(self) -> bool:
        return self.totp_since is not None or bool(self.passkeys)


def factors(user_id: str) -> Factors:
    work = session()
    keys = work.execute(select(Passkey.__table__).where(Passkey.user_id == user_id).order_by(Passkey.id))
    left = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return Factors(
        totp_since=work.scalar(select(Totp.created_at).where(Totp.user_id == user_id)),
        passkeys=tuple(keys),
        codes_left=work.scalar(left.where(RecoveryCode.spent_at.is_(None))) or 0,
    )


def is_asked_of(two_factor: str, role: str) -> bool:
    """Whether a workspace with this policy asks for a second factor of somebody in this role."""
    return two_factor == "everyone" or (two_factor == "admins" and role in ("admin", "owner"))


def errand_is_due() -> bool:
    """Whether the door left something that is to be done now."""
    return session().scalar(select(Errand.id).where(Errand.due_at <= clock.now()).limit(1)) is not None


def failures(subject: str, window: timedelta) -> int:
    """How many sign-ins failed for a subject lately."""
    return (
        session().scalar(
            select(func.count())
            .select_from(SignInFailure)
            .where(SignInFailure.subject == subject, SignInFailure.at > clock.now() - window)
        )
        or 0
    )


def owners_of(workspace_id: str) -> int:
    return (
        session().scalar(
            select(func.count())
            .select_from(Membership)
            .where(
                Membership.workspace_id == workspace_id,
                Membership.role == "owner",
                Membership.ended_at.is_(None),
            )
        )
        or 0
    )


def acts_of_operators(object_id: str | None = None, limit: int = 100) -> list[AnyRow]:
    """What operators did, newest first, with the address of who did it; about one object, or all."""
    act = OperatorAct.__table__.c
    found = (
        select(OperatorAct.__table__, User.email)
        .outerjoin(User, User.id == act.user_id)
        .order_by(act.id.desc())
        .limit(limit)
    )
    return list(session().execute(found if object_id is None else found.where(act.object_id == object_id)))
