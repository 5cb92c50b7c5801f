"""Rows R: families of refresh tokens, the benefit of the doubt, and what ends them."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portico.domains.directory import service as directory
from portico.domains.identity import service as identity
from portico.domains.installations import service as installations
from portico.domains.oauth import queries, service
from portico.domains.oauth.models import OAuthGrant, RefreshToken
from portico.domains.oauth.service import GrantRefused, IssuedTokens
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from tests.domains.oauth.test_code_rows import events, refused
from tests.support import apps, grants
from tests.support.cast import Cast
from tests.support.grants import Client, refresh
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


@pytest.fixture
def client(cast: Cast) -> Client:
    return grants.client(cast)


def alive(api: Api, tokens: IssuedTokens) -> bool:
    return api.bearer(tokens.access_token).get("/me").status_code == 200


def living() -> int:
    """How many refresh tokens of living grants can still be spent."""
    with system_unit("tests: living children") as work:
        found = work.scalar(
            select(func.count())
            .select_from(RefreshToken)
            .join(OAuthGrant, OAuthGrant.id == RefreshToken.grant_id)
            .where(OAuthGrant.ended_at.is_(None), RefreshToken.spent_at.is_(None), RefreshToken.revoked_at.is_(None))
        )
    return int(found or 0)


def test_R1_a_new_pair(api: Api, client: Client) -> None:
    first = client.tokens()
    second = refresh(first.refresh_token, client.client_id)
    assert alive(api, second)
    assert second.refresh_token != first.refresh_token
    assert living() == 1


def test_R2_a_spent_one_ends_the_family(api: Api, client: Client) -> None:
    first = client.tokens()
    second = refresh(first.refresh_token, client.client_id)
    third = refresh(second.refresh_token, client.client_id)
    assert refused(refresh(first.refresh_token, client.client_id))
    assert not any(alive(api, tokens) for tokens in (first, second, third))
    assert refused(refresh(third.refresh_token, client.client_id))
    assert [one["end_reason"] for one in events("oauth_grant.replayed")] == ["replay"]


def test_R2_after_half_a_minute_there_is_no_grace(client: Client, held_clock: None) -> None:
    first = client.tokens()
    refresh(first.refresh_token, client.client_id)
    clock.advance(timedelta(seconds=30))
    assert refused(refresh(first.refresh_token, client.client_id))
    assert living() == 0


def test_R2_a_public_client_has_no_grace(cast: Cast) -> None:
    client = grants.client(cast, public=True)
    first = client.tokens()
    assert first.expires_in == 900
    refresh(first.refresh_token, client.client_id)
    assert refused(refresh(first.refresh_token, client.client_id))
    assert living() == 0


def test_R3_a_lost_answer_is_given_again_twice(api: Api, client: Client, held_clock: None) -> None:
    first = client.tokens()
    lost = [refresh(first.refresh_token, client.client_id) for _ in range(2)]
    kept = refresh(first.refresh_token, client.client_id)
    assert all(isinstance(answer, IssuedTokens) for answer in (*lost, kept))
    assert living() == 1
    assert not any(alive(api, tokens) for tokens in lost)
    assert alive(api, kept)
    assert refused(refresh(first.refresh_token, client.client_id))
    assert living() == 0
    assert not alive(api, kept)


@pytest.mark.parametrize("public", [False, True])
def test_R3_many_at_once_leave_one_child_at_most(cast: Cast, public: bool) -> None:
    client = grants.client(cast, public=public)
    token, start, answers = client.tokens().refresh_token, threading.Barrier(6), []

    def go() -> None:
        start.wait()
        answers.append(refresh(token, client.client_id))

    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    won = sum(isinstance(answer, IssuedTokens) for answer in answers)
    assert won == 1 if public else 1 <= won <= 3
    assert all(isinstance(answer, IssuedTokens | GrantRefused) for answer in answers)
    assert living() <= 1


def test_R4_more_than_was_granted_spends_nothing(client: Client) -> None:
    first = client.tokens()
    assert refused(refresh(first.refresh_token, client.client_id, scopes=["tickets:write"]), "invalid_scope")
    assert isinstance(refresh(first.refresh_token, client.client_id), IssuedTokens)


def test_R5_a_narrower_token_leaves_the_grant_as_it_was(api: Api, client: Client) -> None:
    first = client.tokens()
    narrow = refresh(first.refresh_token, client.client_id, scopes=["directory:read"])
    assert narrow.scopes == ("directory:read",)
    assert api.bearer(narrow.access_token).get("/contacts").status_code == 403
    whole = refresh(narrow.refresh_token, client.client_id)
    assert whole.scopes == first.scopes
    assert api.bearer(whole.access_token).get("/contacts").status_code == 200


def test_R6_another_client_gets_nothing(api: Api, client: Client) -> None:
    stranger = apps.register(client.cast, grants.manifest(key="second"))
    first = client.tokens()
    assert refused(refresh(first.refresh_token, stranger["client_id"]))
    assert isinstance(refresh(first.refresh_token, client.client_id), IssuedTokens)


def test_R7_thirty_days_idle(client: Client, held_clock: None) -> None:
    first = client.tokens()
    clock.advance(timedelta(days=29))
    second = refresh(first.refresh_token, client.client_id)
    clock.advance(timedelta(days=30))
    assert refused(refresh(second.refresh_token, client.client_id))


@pytest.mark.parametrize(("public", "days"), [(False, 180), (True, 30)])
def test_R7_at_the_latest(cast: Cast, held_clock: None, public: bool, days: int) -> None:
    client = grants.client(cast, public=public)
    tokens = client.tokens()
    for _ in range(days // 10 - 1):
        clock.advance(timedelta(days=10))
        tokens = refresh(tokens.refresh_token, client.client_id)
        assert isinstance(tokens, IssuedTokens)
    clock.advance(timedelta(days=10))
    assert refused(refresh(tokens.refresh_token, client.client_id))


def _departs(client: Client) -> None:
    directory.suspend(client.cast.actor("owner"), client.cast.employee_id("agent"))


def _uninstalled(client: Client) -> None:
    installations.uninstall(client.cast.actor("admin"), client.installation["id"])


def _password(client: Client) -> None:
    identity.change_password(client.cast.users["agent"], "another hash")


def _own_wish(client: Client) -> None:
    service.revoke_client(client.cast.actor("agent"), client.client_id)


def _admins_wish(client: Client) -> None:
    admin = client.cast.actor("admin")
    for row in queries.grants_of_installation(admin, client.installation["id"]):
        service.revoke_grant(admin, row.id)


@pytest.mark.parametrize("change", [_departs, _uninstalled, _password, _own_wish, _admins_wish])
def test_R8_what_ends_all_of_it_at_once(api: Api, client: Client, change: Any) -> None:
    first, others = client.tokens(), client.tokens("owner")
    with client.cast.writing():
        change(client)
    assert api.bearer(first.access_token).get("/me").json["code"] == "token_revoked"
    assert refused(refresh(first.refresh_token, client.client_id))
    if change in (_departs, _password, _own_wish):
        assert alive(api, others)


def test_R8_an_app_that_is_not_for_them_any_more(api: Api, client: Client) -> None:
    first, others = client.tokens(), client.tokens("owner")
    only = {"kind": "only", "include": [{"kind": "employee", "id": client.cast.employee_id("owner")}]}
    with client.cast.writing():
        installations.update_installation(client.cast.actor("admin"), client.installation["id"], {"availability": only})
    assert api.bearer(first.access_token).get("/me").json["code"] == "token_revoked"
    assert refused(refresh(first.refresh_token, client.client_id))
    assert alive(api, others)


def test_R8_coming_back_brings_no_token_back(api: Api, client: Client) -> None:
    first = client.tokens()
    with client.cast.writing():
        _departs(client)
    with client.cast.writing():
        directory.reactivate(client.cast.actor("owner"), client.cast.employee_id("agent"))
    assert not alive(api, first)


def test_R8_suspended_it_waits(api: Api, client: Client) -> None:
    first = client.tokens()
    with client.cast.writing():
        installations.suspend(client.cast.actor("admin"), client.installation["id"])
    assert api.bearer(first.access_token).get("/me").json["code"] == "installation_suspended"
    assert refused(refresh(first.refresh_token, client.client_id))
    with client.cast.writing():
        installations.resume(client.cast.actor("admin"), client.installation["id"])
    assert alive(api, first)
    assert isinstance(refresh(first.refresh_token, client.client_id), IssuedTokens)
