"""Second factors: what proves a person, how often, and what it ends."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portico.domains.directory import doors as invitations
from portico.domains.directory import service as directory
from portico.domains.directory.service.inviting import link_token
from portico.domains.identity import doors, second_steps, service
from portico.domains.identity.errands import run_errands
from portico.domains.identity.errors import PasskeyRefused, PasskeysImpossible, SecondStepOver, SignInThrottled
from portico.domains.identity.models import RecoveryCode, Session, Totp
from portico.domains.identity.service.workspaces import setup_token
from portico.kernel import authn, clock
from portico.kernel.errors import Conflict, Forbidden, Invalid
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support.cast import PASSWORD, Cast
from tests.support.factors import (
    HERE,
    Authenticator,
    age_sessions,
    login_of,
    second_step,
    signed_in,
    under_a_name,
    with_phone,
)

pytestmark = pytest.mark.both_databases
STEP = timedelta(seconds=30)


def mails(settings: Settings) -> str:
    run_errands()
    return "".join(path.read_text() for path in (settings.home / "mail").glob("*.eml"))


def test_after_the_password_comes_a_second_step_and_no_session_before_it(cast: Cast, held_clock: None) -> None:
    phone = with_phone(cast, "agent")
    clock.advance(STEP)
    token = second_step(cast, "agent")
    assert authn.door().login(token) is None
    session_token = second_steps.finish_with_code(token, phone.code(), HERE)
    assert login_of(session_token).user_id == cast.users["agent"]
    with system_unit("tests: how it began") as work:
        rows = work.execute(select(Session.methods, Session.address, Session.user_agent)).all()
    assert (["otp", "pwd"], "192.0.2.1", "tests") in [tuple(row) for row in rows]


def test_a_code_is_taken_once_even_by_two_at_once(cast: Cast, held_clock: None) -> None:
    phone = with_phone(cast, "agent")
    with pytest.raises(Invalid):  # it was shown when the app was set up
        second_steps.finish_with_code(second_step(cast, "agent"), phone.code(), HERE)
    clock.advance(STEP)
    tokens = [second_step(cast, "agent") for _ in range(2)]
    code, came_in = phone.code(), []

    def finish(token: str) -> None:
        with suppress(Invalid):
            came_in.append(second_steps.finish_with_code(token, code, HERE))

    threads = [threading.Thread(target=finish, args=[token]) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came_in) == 1


@pytest.mark.parametrize(("late", "good"), [(1, True), (-1, True), (2, False), (-2, False)])
def test_a_clock_may_differ_by_one_step(cast: Cast, held_clock: None, late: int, good: bool) -> None:
    phone = with_phone(cast, "agent")
    clock.advance(STEP * 4)
    token = second_step(cast, "agent")
    if good:
        assert second_steps.finish_with_code(token, phone.code(late), HERE)
        return
    with pytest.raises(Invalid):
        second_steps.finish_with_code(token, phone.code(late), HERE)


def test_ten_recovery_codes_each_once_however_they_are_typed(cast: Cast) -> None:
    phone = with_phone(cast, "agent")
    assert len(set(phone.recovery_codes)) == 10
    with system_unit("tests: what is stored") as work:
        stored = work.scalars(select(RecoveryCode.digest)).all()
        sealed = work.scalars(select(Totp.sealed_secret)).one()
    assert not set(phone.recovery_codes) & set(stored)
    assert phone.secret not in sealed
    typed = phone.recovery_codes[3].upper().replace("-", " ")
    assert second_steps.finish_with_code(second_step(cast, "agent"), typed, HERE)
    with pytest.raises(Invalid):
        second_steps.finish_with_code(second_step(cast, "agent"), typed, HERE)
    with pytest.raises(Invalid):
        second_steps.finish_with_code(second_step(cast, "agent"), "", HERE)


def test_new_recovery_codes_kill_the_old(cast: Cast) -> None:
    phone = with_phone(cast, "agent")
    changed = second_steps.renew_recovery_codes(login_of(phone.session_token))
    with pytest.raises(Invalid):
        second_steps.finish_with_code(second_step(cast, "agent"), phone.recovery_codes[0], HERE)
    assert second_steps.finish_with_code(second_step(cast, "agent"), changed.recovery_codes[0], HERE)


def test_ten_wrong_codes_shut_the_second_step_for_a_while(cast: Cast, held_clock: None) -> None:
    phone = with_phone(cast, "agent")
    clock.advance(STEP)
    for place in range(10):
        elsewhere = doors.Origin(f"198.51.100.{place}", "tests")
        with pytest.raises(Invalid):
            second_steps.finish_with_code(second_step(cast, "agent"), "000000", elsewhere)
    with pytest.raises(SignInThrottled):
        second_steps.finish_with_code(second_step(cast, "agent"), phone.code(), HERE)
    clock.advance(timedelta(minutes=16))
    assert second_steps.finish_with_code(second_step(cast, "agent"), phone.code(), HERE)


def test_a_second_step_works_once_for_ten_minutes_and_dies_with_the_password(cast: Cast, held_clock: None) -> None:
    phone = with_phone(cast, "agent")
    codes = iter(phone.recovery_codes)
    token = second_step(cast, "agent")
    assert second_steps.finish_with_code(token, next(codes), HERE)
    with pytest.raises(SecondStepOver):
        second_steps.finish_with_code(token, next(codes), HERE)
    late = second_step(cast, "agent")
    clock.advance(timedelta(minutes=10, seconds=1))
    with pytest.raises(SecondStepOver):
        second_steps.waiting(late)
    early = second_step(cast, "agent")
    with system_unit("tests: another password", write=True):
        service.change_password(cast.users["agent"], "another hash")
    with pytest.raises(SecondStepOver):
        second_steps.waiting(early)


def test_no_session_slips_in_while_the_factor_is_turned_on(cast: Cast) -> None:
    """Both take the lock of the user's row: what began before is ended, what begins after has a second step."""
    login, begun = signed_in(cast, "agent"), []

    def try_to_enter() -> None:
        for _ in range(5):
            with suppress(doors.SecondStepNeeded):
                begun.append(doors.sign_in(cast.email("agent"), PASSWORD, HERE))

    thread = threading.Thread(target=try_to_enter)
    thread.start()
    secret, _ = second_steps.offered_secret(login)
    code = second_steps.factors.pyotp.TOTP(secret).at(clock.now())
    second_steps.turn_on_totp(login, secret, code)
    thread.join()
    assert [authn.door().login(token) for token in begun] == [None] * len(begun)


def test_what_changes_ends_the_rest_and_is_told(cast: Cast, settings: Settings) -> None:
    elsewhere, mine = doors.sign_in(cast.email("agent"), PASSWORD, HERE), cast.token("agent")
    phone = with_phone(cast, "agent")
    assert authn.door().login(elsewhere) is None
    assert login_of(phone.session_token).two_factor
    with pytest.raises(authn.TokenRevoked):
        authn.authenticate(f"Bearer {mine}")
    assert "Two-factor sign-in is on" in mails(settings)
    second_steps.turn_off(login_of(phone.session_token))
    assert doors.sign_in(cast.email("agent"), PASSWORD, HERE)
    assert "Two-factor sign-in is off" in mails(settings)
    with system_unit("tests: nothing is left") as work:
        assert work.scalar(select(func.count()).select_from(RecoveryCode)) == 0


def test_a_change_wants_a_fresh_proof(cast: Cast) -> None:
    phone = with_phone(cast, "agent")
    age_sessions()
    login = login_of(phone.session_token)
    for change in (second_steps.turn_off, second_steps.turn_off_totp, second_steps.renew_recovery_codes):
        with pytest.raises(Forbidden):
            change(login)
    with pytest.raises(Invalid):
        second_steps.reauthenticate(login, "not the password", HERE)
    for proof in (PASSWORD, phone.recovery_codes[0]):
        age_sessions()
        token = second_steps.reauthenticate(login_of(phone.session_token), proof, HERE)
        assert token is not None
        assert authn.door().login(phone.session_token) is None
        phone.session_token = token
    assert second_steps.reauthenticate(login_of(phone.session_token), "anything", HERE) is None
    assert second_steps.turn_off(login_of(phone.session_token))


def test_a_second_app_is_refused_and_a_wrong_code_turns_nothing_on(cast: Cast) -> None:
    login = signed_in(cast, "agent")
    secret, sealed = second_steps.offered_secret(login)
    assert second_steps.opened_secret(login, sealed) == secret
    assert second_steps.opened_secret(signed_in(cast, "agent"), sealed) is None
    with pytest.raises(Invalid):
        second_steps.turn_on_totp(login, secret, "000000")
    assert doors.sign_in(cast.email("agent"), PASSWORD, HERE)
    phone = with_phone(cast, "admin")
    with pytest.raises(Conflict):
        second_steps.turn_on_totp(login_of(phone.session_token), phone.secret, phone.code())


# --- the other doors --------------------------------------------------------------------------------------------------


def test_a_link_is_not_spent_before_the_second_step(cast: Cast) -> None:
    phone = with_phone(cast, "agent")
    with system_unit("tests: a workspace", write=True):
        fresh = service.create_workspace("Fresh", "fresh")
    about = {"workspace_name": "Fresh", "display_name": "A", "email": cast.email("agent"), "password": PASSWORD}
    with pytest.raises(doors.SecondStepNeeded) as step:
        doors.set_up(setup_token(fresh), **about, origin=HERE)
    login = login_of(second_steps.finish_with_code(step.value.token, phone.recovery_codes[0], HERE))
    doors.set_up_as(login, setup_token(fresh), workspace_name="Fresh")
    assert [place.name for place in authn.door().places(login)] == ["Acme", "Fresh"]


def test_an_invitation_waits_for_the_second_step_too(cast: Cast) -> None:
    phone = with_phone(cast, "agent")
    with cast.writing(cast.other):
        row = directory.invite(
            cast.actor("outsider"), email=cast.email("agent"), display_name="A", role="agent", department_ids=[]
        )
    link = link_token(row.id, 1)
    with pytest.raises(doors.SecondStepNeeded) as step:
        invitations.accept(link, PASSWORD, HERE)
    login = login_of(second_steps.finish_with_code(step.value.token, phone.recovery_codes[0], HERE))
    assert [place.name for place in authn.door().places(login)] == ["Acme"]
    invitations.accept_as(login, link)
    assert [place.name for place in authn.door().places(login)] == ["Acme", "Other"]


# --- passkeys ---------------------------------------------------------------------------------------------------------


def with_passkey(cast: Cast, name: str) -> Authenticator:
    login, key = signed_in(cast, name), Authenticator()
    second_steps.add_passkey(login, "The key ring", key.register(second_steps.registration_options(login)))
    return key


def test_a_passkey_as_second_step_answers_a_challenge_once(cast: Cast) -> None:
    with under_a_name():
        key = with_passkey(cast, "agent")
        token = second_step(cast, "agent")
        answer = key.sign(second_steps.passkey_options(token), verified=False)
        assert second_steps.finish_with_passkey(token, answer, HERE)
        another = second_step(cast, "agent")
        with pytest.raises(PasskeyRefused):
            second_steps.finish_with_passkey(another, answer, HERE)
        elsewhere = key.sign(second_steps.passkey_options(second_step(cast, "agent")))
        with pytest.raises(PasskeyRefused):  # a challenge for another sign-in
            second_steps.finish_with_passkey(another, elsewhere, HERE)


def test_a_copied_key_and_another_site_are_refused(cast: Cast) -> None:
    with under_a_name():
        key = with_passkey(cast, "agent")
        token = second_step(cast, "agent")
        key.count = 0
        with pytest.raises(PasskeyRefused):
            second_steps.finish_with_passkey(token, key.sign(second_steps.passkey_options(token)), HERE)
        key.count, key.origin = 10, "http://localhost.evil.example"
        with pytest.raises(PasskeyRefused):
            second_steps.finish_with_passkey(token, key.sign(second_steps.passkey_options(token)), HERE)
        with pytest.raises(PasskeyRefused):
            second_steps.finish_with_passkey(token, "no JSON", HERE)


def test_a_passkey_of_somebody_else_is_none(cast: Cast) -> None:
    with under_a_name():
        with_passkey(cast, "agent")
        theirs = with_passkey(cast, "admin")
        token = second_step(cast, "agent")
        with pytest.raises(PasskeyRefused):
            second_steps.finish_with_passkey(token, theirs.sign(second_steps.passkey_options(token)), HERE)


def test_a_passkey_instead_of_the_password_must_have_made_sure_of_the_person(cast: Cast) -> None:
    with under_a_name():
        key = with_passkey(cast, "agent")
        with pytest.raises(PasskeyRefused):
            second_steps.sign_in_with_passkey(key.sign(second_steps.anybody_options(), verified=False), HERE)
        token = second_steps.sign_in_with_passkey(key.sign(second_steps.anybody_options()), HERE)
        assert login_of(token).user_id == cast.users["agent"]
        assert second_steps.factors.amr(["hwk", "mfa"]) == ["hwk", "mfa"]


def test_without_the_last_passkey_the_password_is_enough(cast: Cast) -> None:
    with under_a_name():
        key = with_passkey(cast, "agent")
        login = login_of(second_steps.sign_in_with_passkey(key.sign(second_steps.anybody_options()), HERE))
        (passkey,) = second_steps.of(login).passkeys
        second_steps.rename_passkey(login, passkey.id, "The other key ring")
        assert [one.name for one in second_steps.of(login).passkeys] == ["The other key ring"]
        second_steps.remove_passkey(signed_in(cast, "admin"), passkey.id)
        assert second_steps.of(login).on
        second_steps.remove_passkey(login, passkey.id)
        assert doors.sign_in(cast.email("agent"), PASSWORD, HERE)


def test_passkeys_are_not_offered_under_an_address_of_numbers(cast: Cast) -> None:
    with pytest.raises(PasskeysImpossible):
        second_steps.registration_options(signed_in(cast, "agent"))
