"""Rows T: a code becomes tokens once, and what is not quite right burns it."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portico.domains.identity import service as identity
from portico.domains.installations import service as installations
from portico.domains.oauth.models import UserToken
from portico.domains.oauth.service import GrantRefused, IssuedTokens
from portico.kernel import clock
from portico.kernel.events.models import Event
from portico.kernel.unit_of_work import system_unit
from tests.support import apps, grants
from tests.support.cast import Cast
from tests.support.grants import Client, redeem
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


@pytest.fixture
def client(cast: Cast) -> Client:
    return grants.client(cast)


def refused(answer: Any, error: str = "invalid_grant") -> bool:
    return isinstance(answer, GrantRefused) and answer.error == error


def events(kind: str) -> list[Any]:
    with system_unit("tests: what was told") as work:
        return list(work.scalars(select(Event.data).where(Event.type == kind)))


def test_T1_a_code_becomes_tokens(api: Api, client: Client) -> None:
    answer = redeem(client.code(), client.client_id).answer()
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    assert answer["scope"] == "contacts:read directory:read openid profile"
    assert answer["access_token"].startswith("ptu_")
    assert answer["refresh_token"].startswith("ptr_")
    me = api.bearer(answer["access_token"]).get("/me").json
    assert me["actor"] == {
        "kind": "app_for_employee",
        "id": client.installation["id"],
        "on_behalf_of": client.cast.employee_id("agent"),
    }
    assert me["scopes"] == ["contacts:read", "directory:read", "openid", "profile"]


def test_T2_a_code_that_comes_again_ends_the_grant(api: Api, client: Client) -> None:
    code = client.code()
    tokens = redeem(code, client.client_id)
    assert api.bearer(tokens.access_token).get("/me").status_code == 200
    assert refused(redeem(code, client.client_id))
    assert api.bearer(tokens.access_token).get("/me").json["code"] == "token_revoked"
    assert refused(grants.refresh(tokens.refresh_token, client.client_id))
    told = events("oauth_grant.replayed")
    assert [(one["end_reason"], one["employee_id"]) for one in told] == [("replay", client.cast.employee_id("agent"))]


def test_T3_of_many_at_once_one_wins(client: Client) -> None:
    code, start, answers = client.code(), threading.Barrier(6), []

    def go() -> None:
        start.wait()
        answers.append(redeem(code, client.client_id))

    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert sum(isinstance(answer, IssuedTokens) for answer in answers) == 1
    assert sum(refused(answer) for answer in answers) == 5
    with system_unit("tests: how many tokens") as work:
        assert work.scalar(select(func.count()).select_from(UserToken)) == 1


def test_T4_a_code_of_another_client_is_burnt(client: Client) -> None:
    stranger = apps.register(client.cast, grants.manifest(key="second"))
    code = client.code()
    assert refused(redeem(code, stranger["client_id"]))
    assert refused(redeem(code, client.client_id))


def test_T5_the_redirect_uri_is_compared_when_it_is_sent(client: Client) -> None:
    assert refused(redeem(client.code(), client.client_id, redirect_uri="https://helper.example/other"))
    assert isinstance(redeem(client.code(), client.client_id, redirect_uri=None), IssuedTokens)


@pytest.mark.parametrize(
    ("verifier", "error"),
    [
        (None, "invalid_request"),
        ("", "invalid_request"),
        ("w" * 43, "invalid_grant"),
        ("v" * 42, "invalid_grant"),
        ("v" * 129, "invalid_grant"),
        ("ü" * 43, "invalid_grant"),
        (grants.CHALLENGE, "invalid_grant"),
    ],
)
def test_T6_a_wrong_verifier_burns_the_code(client: Client, verifier: str | None, error: str) -> None:
    code = client.code()
    assert refused(redeem(code, client.client_id, verifier=verifier), error)
    assert refused(redeem(code, client.client_id))


def test_T7_a_code_lives_for_a_minute(client: Client, held_clock: None) -> None:
    good, late = client.code(), client.code()
    clock.advance(timedelta(seconds=59))
    assert isinstance(redeem(good, client.client_id), IssuedTokens)
    clock.advance(timedelta(seconds=2))
    assert refused(redeem(late, client.client_id))


def _leaves(client: Client) -> None:
    identity.end_membership(client.cast.actor("owner"), client.cast.employee_id("agent"))


def _uninstalled(client: Client) -> None:
    installations.uninstall(client.cast.actor("admin"), client.installation["id"])


def _suspended(client: Client) -> None:
    installations.suspend(client.cast.actor("admin"), client.installation["id"])


def _not_for_them(client: Client) -> None:
    only = {"kind": "only", "include": [{"kind": "employee", "id": client.cast.employee_id("owner")}]}
    installations.update_installation(client.cast.actor("admin"), client.installation["id"], {"availability": only})


def _lesser_role(client: Client) -> None:
    identity.change_role(client.cast.actor("owner"), client.cast.actor("agent").membership_id or "", "developer")


@pytest.mark.parametrize("change", [_leaves, _uninstalled, _suspended, _not_for_them, _lesser_role])
def test_T8_what_changed_meanwhile_counts(client: Client, change: Any) -> None:
    code = client.code()
    with client.cast.writing():
        change(client)
    assert refused(redeem(code, client.client_id))


def test_T8_a_scope_that_the_manifest_gave_up(client: Client) -> None:
    code = client.code()
    apps.deploy(client.cast, client.app["id"], grants.manifest("openid"))
    assert refused(redeem(code, client.client_id))


def test_the_resource_is_bound_to_the_code(client: Client) -> None:
    issuer = "http://127.0.0.1:8000"
    for wrong in (["https://other.example"], [issuer, "https://other.example"], [f"{issuer}/mcp"]):
        assert refused(redeem(client.code(), client.client_id, resources=wrong), "invalid_target")
    assert isinstance(redeem(client.code(resource=issuer), client.client_id, resources=[issuer]), IssuedTokens)
    assert isinstance(redeem(client.code(), client.client_id, resources=[issuer]), IssuedTokens)
