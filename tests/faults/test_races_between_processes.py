"""The rows that say `once`, by callers in the same moment at two web processes on PostgreSQL: one wins, nobody hears
500, and who came too late hears why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from portico.domains.oauth import service
from portico.domains.oauth.models import OAuthGrant, RefreshToken, UserToken
from portico.domains.oauth.token_exchange import JWT_TYPE, ExchangeGrant
from portico.kernel.unit_of_work import system_unit
from tests.domains.oauth.test_exchange_rows import allow, sign_in
from tests.support import apps, grants
from tests.support.assertions import claims, form, key_pair, public, sign
from tests.support.person import Person
from tests.support.two_webs import TwoWebs, statuses, two_webs

pytestmark = [pytest.mark.fault, pytest.mark.postgres]
CALLERS = 8
TOKEN = "/oauth/token"


@pytest.fixture(scope="module")
def webs() -> Iterator[TwoWebs]:
    with two_webs() as running:
        yield running


def ask(webs: TwoWebs, app: dict[str, Any] | None, path: str = TOKEN, **values: str) -> list[httpx.Response]:
    """The same request, in the same moment."""
    headers = apps.basic(app["client_id"], app["client_secret"]) if app else {}
    return webs.at_once(lambda _, web: httpx.post(f"{web}{path}", data=values, headers=headers, timeout=60), CALLERS)


def errors(answers: list[httpx.Response]) -> set[str]:
    return {answer.json()["error"] for answer in answers if answer.status_code != 200}


def tokens_of(client: grants.Client) -> int:
    """How many access tokens people's grants to this client have."""
    mine = select(OAuthGrant.id).where(OAuthGrant.client_id == client.client_id)
    with system_unit("tests: how many tokens") as work:
        return work.scalar(select(func.count()).select_from(UserToken).where(UserToken.grant_id.in_(mine))) or 0


def living_children(client: grants.Client) -> int:
    living = (RefreshToken.spent_at.is_(None), RefreshToken.revoked_at.is_(None), OAuthGrant.ended_at.is_(None))
    with system_unit("tests: living children") as work:
        found = select(func.count()).select_from(RefreshToken).join(OAuthGrant, OAuthGrant.id == RefreshToken.grant_id)
        return work.scalar(found.where(OAuthGrant.client_id == client.client_id, *living)) or 0


def test_T3_a_code_at_two_processes(webs: TwoWebs) -> None:
    client = grants.client(webs.cast, key="code")
    redeemed = {"code": client.code(), "code_verifier": grants.VERIFIER}
    answers = ask(webs, client.app, grant_type="authorization_code", **redeemed)
    assert statuses(answers) == [200] + [400] * (CALLERS - 1)
    assert errors(answers) == {"invalid_grant"}
    assert tokens_of(client) == 1
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    assert webs.me(won["access_token"]) == [(401, "token_revoked")] * 2, "it came again, so all of the grant ended"


@pytest.mark.parametrize("public_client", [False, True])
def test_R3_a_refresh_token_at_two_processes(webs: TwoWebs, public_client: bool) -> None:
    client = grants.client(webs.cast, public=public_client, key=f"refresh{public_client}".lower())
    asked = {"grant_type": "refresh_token", "refresh_token": client.tokens().refresh_token or ""}
    who = {"client_id": client.client_id} if public_client else {}
    answers = ask(webs, None if public_client else client.app, **asked, **who)
    assert set(statuses(answers)) <= {200, 400}
    assert errors(answers) <= {"invalid_grant"}
    won = [answer.json() for answer in answers if answer.status_code == 200]
    # A client that authenticates may have lost the answer: twice it gets another one in place of the first.
    assert 1 <= len(won) <= (1 if public_client else 3)
    assert living_children(client) <= 1
    alive = [one for one in won if webs.me(one["access_token"])[0][0] == 200]
    assert len(alive) <= 1


def test_C6_an_assertion_at_two_processes(webs: TwoWebs) -> None:
    client, key = grants.client(webs.cast, key="assertion"), key_pair()
    with webs.cast.writing():
        apps.catalogue.add_public_key(webs.cast.actor("developer"), client.app["id"], public(key))
    assertion = sign(key, claims(client.client_id, aud=webs.portico.base_url))
    own = {"grant_type": "client_credentials", "installation_id": client.installation["id"]}
    answers = ask(webs, None, **own, **form(assertion))
    assert statuses(answers) == [200] + [401] * (CALLERS - 1)
    assert errors(answers) == {"invalid_client"}


def test_D1_a_device_code_at_two_processes(webs: TwoWebs) -> None:
    client = grants.client(webs.cast, "openid", "directory:read", key="device")
    shown = webs.form(0, "/oauth/device", client.app, scope="openid directory:read").json()
    with Person(webs.portico.base_url, webs.cast.email("agent")) as agent:
        agent.connect_device(shown["verification_uri"], shown["user_code"])
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    answers = ask(webs, client.app, grant_type=grant, device_code=shown["device_code"])
    assert statuses(answers) == [200] + [400] * (CALLERS - 1)
    assert errors(answers) <= {"invalid_grant", "slow_down"}
    assert tokens_of(client) == 1


def test_X2_a_session_token_at_two_processes(webs: TwoWebs) -> None:
    client = grants.client(webs.cast, "openid", "directory:read", key="panel")
    allow(webs.cast, client, "openid", "directory:read")
    about: dict[str, Any] = {"surface": "home", "object_": None, "session_id": sign_in(webs.cast)}
    with webs.cast.writing():
        token = service.mint_session_token(
            webs.cast.actor("agent"),
            client_id=client.client_id,
            installation_id=client.installation["id"],
            **about,
        ).value
    asked = {"grant_type": ExchangeGrant.GRANT_TYPE, "subject_token": token, "subject_token_type": JWT_TYPE}
    answers = ask(webs, client.app, **asked)
    assert statuses(answers) == [200] + [400] * (CALLERS - 1)
    assert errors(answers) == {"invalid_grant"}
    assert tokens_of(client) == 1


def test_an_app_is_installed_once_by_two_processes(webs: TwoWebs) -> None:
    app = apps.register(webs.cast, apps.asking("directory:read", key="once"))
    headers = {"Authorization": f"Bearer {webs.cast.token('app_manager')}"}
    body = {"app_key": app["key"]}
    answers = webs.at_once(
        lambda _, web: httpx.post(f"{web}/api/v1/installations", json=body, headers=headers, timeout=60), CALLERS
    )
    assert statuses(answers) == [201] + [409] * (CALLERS - 1)


def test_revoking_and_refreshing_in_the_same_moment(webs: TwoWebs) -> None:
    client = grants.client(webs.cast, key="both")
    tokens = client.tokens()
    token, headers = tokens.refresh_token or "", apps.basic(client.client_id, client.app["client_secret"])

    def say(number: int, web: str) -> httpx.Response:
        refreshing = {"grant_type": "refresh_token", "refresh_token": token}
        path, values = ("/oauth/revoke", {"token": token}) if number < 2 else (TOKEN, refreshing)
        return httpx.post(f"{web}{path}", data=values, headers=headers, timeout=60)

    answers = webs.at_once(say, CALLERS)
    assert set(statuses(answers)) <= {200, 400}
    assert living_children(client) == 0, "whichever came first, the grant has ended"
    for one in (answer.json() for answer in answers if answer.status_code == 200):
        if "access_token" in one:
            assert webs.me(one["access_token"]) == [(401, "token_revoked")] * 2
