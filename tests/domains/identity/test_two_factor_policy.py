"""A workspace that requires a second factor, who may take one away, and that other workspaces are not touched."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from portico.cli.operator import reset_two_factor, verify_email
from portico.domains.identity import doors, queries, second_steps, service
from portico.domains.identity.errands import run_errands
from portico.domains.identity.errors import OtherWorkspaces, OwnFactorFirst
from portico.kernel import authn
from portico.kernel.errors import Forbidden, Invalid, NotFound
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support import grants
from tests.support.cast import PASSWORD, Cast
from tests.support.factors import HERE, login_of, second_step, signed_in, with_phone
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


def require(cast: Cast, of_whom: str) -> None:
    """As the owner decides, who turned on their own before."""
    with cast.writing():
        service.require_two_factor(cast.actor("owner"), of_whom)


def may_enter(cast: Cast, name: str, slug: str = "acme") -> bool:
    try:
        return authn.door().membership(signed_in(cast, name), slug) is not None
    except authn.TwoFactorRequired:
        return False


def test_who_has_none_cannot_ask_it_of_others(cast: Cast) -> None:
    with pytest.raises(OwnFactorFirst), cast.writing():
        service.require_two_factor(cast.actor("admin"), "everyone")
    with pytest.raises(Invalid), cast.writing():
        service.require_two_factor(cast.actor("admin"), "some")
    assert may_enter(cast, "employee")


@pytest.mark.parametrize(("of_whom", "admin", "employee"), [("admins", False, True), ("everyone", False, False)])
def test_it_is_asked_of_whom_the_policy_names(cast: Cast, of_whom: str, admin: bool, employee: bool) -> None:
    with_phone(cast, "owner")
    require(cast, of_whom)
    assert (may_enter(cast, "admin"), may_enter(cast, "employee")) == (admin, employee)
    require(cast, "off")
    assert may_enter(cast, "admin")


def test_who_has_one_comes_in_and_who_gets_one_too(cast: Cast) -> None:
    phone = with_phone(cast, "owner")
    require(cast, "everyone")
    assert authn.door().membership(login_of(phone.session_token), "acme") is not None
    login = signed_in(cast, "agent")
    assert authn.door().membership(login, "acme", unproven=True) is not None
    phone = with_phone(cast, "agent")
    assert authn.door().membership(login_of(phone.session_token), "acme") is not None


def test_tokens_are_refused_with_what_to_do_and_work_again(cast: Cast, api: Api) -> None:
    client = grants.client(cast, "openid", "directory:read")
    of_app = client.tokens("agent", ("directory:read",)).access_token
    mine = cast.token("agent")
    with_phone(cast, "owner")
    require(cast, "everyone")
    for token in (mine, of_app):
        refused = api.bearer(token).get("/me")
        assert (refused.status_code, refused.json["code"]) == (403, "two_factor_required")
        assert "Two-factor sign-in" in refused.json["detail"]
    require(cast, "admins")
    assert api.bearer(mine).get("/me").status_code == 200


def test_another_workspace_of_the_person_stays_open(cast: Cast) -> None:
    with system_unit("tests: the agent works there too", write=True):
        service.join(cast.system(cast.other), user_id=cast.users["agent"], employee_id=new_id("emp"), role="agent")
    with_phone(cast, "owner")
    require(cast, "everyone")
    assert not may_enter(cast, "agent")
    assert may_enter(cast, "agent", "other")


# --- resetting --------------------------------------------------------------------------------------------------------


def member_id(cast: Cast, name: str) -> str:
    found = cast.actor(name).membership_id
    assert found is not None
    return found


def test_an_admin_resets_who_lost_it_and_the_person_is_told(cast: Cast, api: Api, settings: Settings) -> None:
    phone = with_phone(cast, "agent")
    path = f"/members/{member_id(cast, 'agent')}"
    assert api("admin").get(path).json["two_factor"] is True
    answer = api("admin").post(f"{path}/reset-two-factor")
    assert (answer.status_code, answer.json["two_factor"]) == (200, False)
    assert authn.door().login(phone.session_token) is None
    assert doors.sign_in(cast.email("agent"), PASSWORD, HERE)
    run_errands()
    mails = [path.read_text() for path in (settings.home / "mail").glob("*.eml")]
    assert any("To: agent@acme.example" in mail and "Your second factor was reset" in mail for mail in mails)


def test_only_an_owner_resets_an_owner_and_nobody_elsewhere(cast: Cast) -> None:
    with_phone(cast, "owner")
    for name, refusal in (("admin", Forbidden), ("outsider", NotFound)):
        with pytest.raises(refusal), cast.writing(cast.workspace_of(name)):
            service.reset_two_factor(cast.actor(name), member_id(cast, "owner"))
    assert second_step(cast, "owner")


def test_an_admin_of_one_company_does_not_open_the_door_of_another(cast: Cast) -> None:
    with_phone(cast, "agent")
    with system_unit("tests: the agent works there too", write=True):
        service.join(cast.system(cast.other), user_id=cast.users["agent"], employee_id=new_id("emp"), role="agent")
    with pytest.raises(OtherWorkspaces), cast.writing():
        service.reset_two_factor(cast.actor("owner"), member_id(cast, "agent"))
    assert second_step(cast, "agent")
    said = CliRunner().invoke(reset_two_factor, [cast.email("agent")], catch_exceptions=False)
    assert "password alone" in said.output
    assert doors.sign_in(cast.email("agent"), PASSWORD, HERE)


def test_an_operator_vouches_for_an_address(cast: Cast) -> None:
    CliRunner().invoke(verify_email, [cast.email("agent")], catch_exceptions=False)
    with system_unit("tests: look"):
        assert queries.user(cast.users["agent"]).email_verified_at is not None
        assert queries.user(cast.users["admin"]).email_verified_at is None
    assert CliRunner().invoke(verify_email, ["nobody@acme.example"]).exit_code == 1


def test_turning_it_off_under_the_policy_shuts_the_workspace_again(cast: Cast) -> None:
    phone = with_phone(cast, "owner")
    require(cast, "everyone")
    changed = second_steps.turn_off(login_of(phone.session_token))
    with pytest.raises(authn.TwoFactorRequired):
        authn.door().membership(login_of(changed.session_token), "acme")
