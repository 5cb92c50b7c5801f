"""Signing in, setting up and new passwords, on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portico.domains.identity import doors, queries, service
from portico.domains.identity.doors import Origin
from portico.domains.identity.errands import run_errands
from portico.domains.identity.errors import LinkDead, SignInFailed, SignInThrottled
from portico.domains.identity.models import PersonalToken, Session, User, Workspace
from portico.domains.identity.service.workspaces import setup_token
from portico.kernel import authn, clock
from portico.kernel.errors import Invalid
from portico.kernel.unit_of_work import session, system_unit
from portico.settings import Settings
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.both_databases
HERE = Origin("192.0.2.1", "pytest")


def login(token: str) -> authn.Login | None:
    return authn.door().login(token)


def test_the_right_password_opens_a_session(cast: Cast) -> None:
    token = doors.sign_in(" AGENT@acme.example ", PASSWORD, HERE)
    found = login(token)
    assert found is not None
    assert found.user_id == cast.users["agent"]
    with system_unit("tests: look at the row") as work:
        assert token not in work.scalars(select(Session.digest)).all()


@pytest.mark.parametrize("email", ["agent@acme.example", "nobody@acme.example"])
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(cast: Cast, email: str) -> None:
    with pytest.raises(SignInFailed) as refusal:
        doors.sign_in(email, "not the password", HERE)
    assert str(refusal.value) == SignInFailed.title


def test_ten_failures_slow_the_address_down_and_time_heals(cast: Cast, held_clock: None) -> None:
    for _ in range(10):
        with pytest.raises(SignInFailed):
            doors.sign_in("agent@acme.example", "wrong password", HERE)
    with pytest.raises(SignInThrottled):
        doors.sign_in("agent@acme.example", PASSWORD, HERE)
    doors.sign_in("admin@acme.example", PASSWORD, HERE)
    clock.advance(timedelta(minutes=16))
    assert login(doors.sign_in("agent@acme.example", PASSWORD, HERE)) is not None


def test_a_session_ends_when_idle_at_its_age_and_on_sign_out(cast: Cast, held_clock: None) -> None:
    token = doors.sign_in("agent@acme.example", PASSWORD, HERE)
    found = login(token)
    assert found is not None
    clock.advance(timedelta(hours=12, minutes=1))
    assert login(token) is None
    token = doors.sign_in("agent@acme.example", PASSWORD, HERE)
    found = login(token)
    assert found is not None
    with system_unit("tests: sign out", write=True):
        service.end_session(found.session_id, found.user_id)
    assert login(token) is None


@pytest.mark.parametrize("token", ["", "pts_x", "ptp_" + "0" * 49, "pts_" + "0" * 49])
def test_what_is_no_session_token_is_nobody(cast: Cast, token: str) -> None:
    assert login(token) is None


def empty_workspace() -> str:
    with system_unit("tests: a workspace", write=True):
        return service.create_workspace("Fresh & Co", None)


def set_up(workspace_id: str, email: str, password: str) -> str:
    return doors.set_up(
        setup_token(workspace_id),
        workspace_name="Fresh",
        display_name="Olu",
        email=email,
        password=password,
        origin=HERE,
    )


def test_the_set_up_link_makes_one_owner_once(cast: Cast) -> None:
    workspace_id = empty_workspace()
    found = login(set_up(workspace_id, "olu@fresh.example", "a long password"))
    assert found is not None
    places = authn.door().places(found)
    assert [(place.workspace_id, place.role, place.name) for place in places] == [(workspace_id, "owner", "Fresh")]
    with pytest.raises(LinkDead):
        set_up(workspace_id, "second@fresh.example", "a long password")


def test_two_at_once_through_the_set_up_link_leave_one_owner(cast: Cast) -> None:
    workspace_id = empty_workspace()
    start, results = threading.Barrier(2), []

    def go(email: str) -> None:
        start.wait()
        try:
            results.append(bool(set_up(workspace_id, email, "a long password")))
        except LinkDead:
            results.append(False)

    threads = [threading.Thread(target=go, args=(f"{name}@fresh.example",)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]
    with system_unit("tests: owners"):
        assert queries.owners_of(workspace_id) == 1


def test_a_set_up_link_dies_after_a_week(cast: Cast, held_clock: None) -> None:
    workspace_id = empty_workspace()
    clock.advance(timedelta(days=7, seconds=1))
    with pytest.raises(LinkDead):
        set_up(workspace_id, "olu@fresh.example", "a long password")


def test_who_has_a_login_sets_up_with_its_password(cast: Cast) -> None:
    workspace_id = empty_workspace()
    with pytest.raises(SignInFailed):
        set_up(workspace_id, "agent@acme.example", "not their password")
    found = login(set_up(workspace_id, "agent@acme.example", PASSWORD))
    assert found is not None
    assert {place.slug for place in authn.door().places(found)} == {"acme", "fresh-co"}


def test_a_failed_set_up_changes_nothing(cast: Cast) -> None:
    workspace_id = empty_workspace()
    with pytest.raises(Invalid):
        set_up(workspace_id, "olu@fresh.example", "short")
    with system_unit("tests: nothing was made") as work:
        assert work.scalar(select(Workspace.setup_digest).where(Workspace.id == workspace_id)) is not None
        assert work.scalar(select(User.id).where(User.email_key == "olu@fresh.example")) is None


def mailed_token(settings: Settings) -> str:
    (mail,) = Path(settings.home, "mail").glob("*.eml")
    text = mail.read_text().replace("=\n", "")
    return text.partition("/account/reset/")[2].split()[0]


def test_a_reset_link_works_once_and_ends_the_sessions(cast: Cast, settings: Settings) -> None:
    before = doors.sign_in("agent@acme.example", PASSWORD, HERE)
    doors.ask_for_reset("agent@acme.example", HERE)
    run_errands()
    token = mailed_token(settings)
    doors.reset_password(token, "another long password")
    assert login(before) is None
    with pytest.raises(LinkDead):
        doors.reset_password(token, "yet another password")
    with pytest.raises(SignInFailed):
        doors.sign_in("agent@acme.example", PASSWORD, HERE)
    assert login(doors.sign_in("agent@acme.example", "another long password", HERE)) is not None


def test_an_unknown_address_gets_no_mail_and_no_word(cast: Cast, settings: Settings) -> None:
    doors.ask_for_reset("nobody@acme.example", HERE)
    run_errands()
    assert not list(Path(settings.home, "mail").glob("*.eml"))


def test_a_reset_link_dies_after_half_an_hour(cast: Cast, settings: Settings, held_clock: None) -> None:
    doors.ask_for_reset("agent@acme.example", HERE)
    run_errands()
    clock.advance(timedelta(minutes=31))
    with pytest.raises(LinkDead):
        doors.reset_password(mailed_token(settings), "another long password")


def test_a_personal_token_has_only_what_it_was_given_and_the_role_still_holds(cast: Cast) -> None:
    token = cast.token("agent", "contacts:read", "tickets:read")
    assert authn.authenticate(f"Bearer {token}").scopes == {"contacts:read", "tickets:read"}
    membership_id = cast.actor("agent").membership_id or ""
    with cast.writing():
        service.change_role(cast.actor("owner"), membership_id, "employee")
    assert authn.authenticate(f"Bearer {token}").scopes == {"tickets:read"}


def test_a_personal_token_expires_and_can_be_revoked(cast: Cast, held_clock: None) -> None:
    token, other = cast.token("agent"), cast.token("admin")
    with cast.writing():
        row = session().scalar(
            select(PersonalToken.id).where(PersonalToken.membership_id == cast.actor("agent").membership_id)
        )
        service.revoke_token(cast.actor("agent"), row or "")
    with pytest.raises(authn.TokenRevoked):
        authn.authenticate(f"Bearer {token}")
    clock.advance(timedelta(days=31))
    with pytest.raises(authn.TokenExpired):
        authn.authenticate(f"Bearer {other}")


def test_nobody_gives_a_token_more_than_their_role(cast: Cast) -> None:
    with cast.writing(), pytest.raises(Invalid):
        service.create_token(cast.actor("agent"), name="x", scopes=["members:write"], life=timedelta(days=1))


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer", "bearer  "])
def test_no_token_is_told_apart_from_a_wrong_one(cast: Cast, header: str | None) -> None:
    with pytest.raises(authn.TokenMissing):
        authn.authenticate(header)


@pytest.mark.parametrize("token", ["x", "ptp_short", "ptz_" + "0" * 60, "ptp_" + "0" * 49])
def test_a_wrong_token_is_invalid(cast: Cast, token: str) -> None:
    with pytest.raises(authn.TokenInvalid):
        authn.authenticate(f"Bearer {token}")
