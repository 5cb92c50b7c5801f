"""Two web processes on one PostgreSQL: what one cuts, the other knows at the next request; no power is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from portico.domains.contacts import service as contacts
from portico.domains.identity import service as identity
from portico.domains.installations import service as installations
from portico.domains.installations.models import ScopeUse
from tests.support import apps, grants
from tests.support.cast import Cast
from tests.support.two_webs import TwoWebs, two_webs

pytestmark = [pytest.mark.fault, pytest.mark.postgres]
REVOKED, SUSPENDED = [(401, "token_revoked")] * 2, [(401, "installation_suspended")] * 2
ALIVE, INACTIVE = [(200, None)] * 2, [{"active": False}] * 2


@pytest.fixture(scope="module")
def webs() -> Iterator[TwoWebs]:
    with two_webs() as running:
        yield running


class Tokens:
    """An installed app with a token of its own and a grant of a person, asked for over HTTP."""

    def __init__(self, webs: TwoWebs, key: str) -> None:
        self.webs = webs
        self.client = grants.client(webs.cast, "openid", "directory:read", key=key)
        self.app, self.installation_id = self.client.app, self.client.installation["id"]
        asked = {"grant_type": "client_credentials", "installation_id": self.installation_id}
        self.pti: str = webs.form(0, "/oauth/token", self.app, **asked).json()["access_token"]
        code = self.client.code(scopes=("openid", "directory:read"))
        redeemed = {"grant_type": "authorization_code", "code": code, "code_verifier": grants.VERIFIER}
        self.take(webs.form(1, "/oauth/token", self.app, **redeemed))

    def take(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        self.ptu, self.ptr = answer.json()["access_token"], answer.json()["refresh_token"]

    def refresh(self, web: int, token: str) -> httpx.Response:
        return self.webs.form(web, "/oauth/token", self.app, grant_type="refresh_token", refresh_token=token)

    def active(self, token: str) -> list[bool]:
        return [one["active"] for one in self.webs.introspected(self.app, token)]


def test_what_is_revoked_at_one_is_dead_at_both(webs: TwoWebs) -> None:
    tokens = Tokens(webs, "revoked")
    for token in (tokens.pti, tokens.ptu, tokens.ptr):
        assert tokens.active(token) == [True, True]
    assert webs.form(0, "/oauth/revoke", tokens.app, token=tokens.pti).status_code == 200
    assert webs.me(tokens.pti) == REVOKED
    assert webs.introspected(tokens.app, tokens.pti) == INACTIVE
    assert webs.form(1, "/oauth/revoke", tokens.app, token=tokens.ptu).status_code == 200
    assert webs.me(tokens.ptu) == REVOKED
    assert tokens.active(tokens.ptr) == [True, True], "an access token goes alone"
    tokens.take(tokens.refresh(0, tokens.ptr))
    assert webs.me(tokens.ptu) == ALIVE
    assert webs.form(1, "/oauth/revoke", tokens.app, token=tokens.ptr).status_code == 200
    assert webs.me(tokens.ptu) == REVOKED
    assert webs.introspected(tokens.app, tokens.ptu) == webs.introspected(tokens.app, tokens.ptr) == INACTIVE


def test_a_family_that_ends_at_one_is_dead_at_both(webs: TwoWebs) -> None:
    tokens = Tokens(webs, "family")
    first = tokens.ptr
    for web in (0, 1):
        tokens.take(tokens.refresh(web, tokens.ptr))
    assert webs.me(tokens.ptu) == ALIVE
    replayed = tokens.refresh(0, first)
    assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_grant")
    assert webs.me(tokens.ptu) == REVOKED
    assert webs.introspected(tokens.app, tokens.ptu) == webs.introspected(tokens.app, tokens.ptr) == INACTIVE
    assert tokens.refresh(1, tokens.ptr).status_code == 400


def test_introspection_shows_a_cut_of_scopes_at_both(webs: TwoWebs) -> None:
    app = apps.register(webs.cast, apps.asking("contacts:read", "directory:read", key="narrowed"))
    row = apps.install(webs.cast, "narrowed")
    token = apps.mint(app, row)

    def scopes() -> list[str]:
        return [one["scope"] for one in webs.introspected(app, token)]

    assert scopes() == ["contacts:read directory:read"] * 2
    changed = httpx.patch(
        f"{webs.addresses[0]}/api/v1/installations/{row['id']}",
        json={"granted_scopes": ["directory:read"]},
        headers={"Authorization": f"Bearer {webs.cast.token('owner')}"},
    )
    assert changed.status_code == 200
    assert scopes() == ["directory:read"] * 2


def _by_the_company(cast: Cast, tokens: Tokens, step: str) -> None:
    with cast.writing():
        getattr(installations, step)(cast.actor("admin"), tokens.installation_id)


def _by_the_publisher(cast: Cast, tokens: Tokens, step: str) -> None:
    getattr(installations, f"{step}_as_publisher")(cast.actor("developer"), tokens.app["id"])


def _by_the_operator(cast: Cast, tokens: Tokens, step: str) -> None:
    getattr(installations, f"{step}_as_operator")(tokens.app["id"])


SIDES = {"company": _by_the_company, "publisher": _by_the_publisher, "operator": _by_the_operator}


@pytest.mark.parametrize("side", SIDES)
def test_a_suspension_by_each_side_is_seen_by_both(webs: TwoWebs, side: str) -> None:
    """Done by a third process: this one."""
    tokens, do = Tokens(webs, f"held{side}"), SIDES[side]
    do(webs.cast, tokens, "suspend")
    for token in (tokens.pti, tokens.ptu):
        assert webs.me(token) == SUSPENDED
        assert webs.introspected(tokens.app, token) == INACTIVE
    assert [tokens.refresh(web, tokens.ptr).status_code for web in (0, 1)] == [400, 400]
    do(webs.cast, tokens, "resume")
    for token in (tokens.pti, tokens.ptu):
        assert webs.me(token) == ALIVE
        assert tokens.active(token) == [True, True]


def _uninstalled(webs: TwoWebs, tokens: Tokens) -> None:
    headers = {"Authorization": f"Bearer {webs.cast.token('owner')}"}
    where = f"{webs.addresses[1]}/api/v1/installations/{tokens.installation_id}/uninstall"
    assert httpx.post(where, headers=headers).status_code == 200


def _another_password(webs: TwoWebs, tokens: Tokens) -> None:
    with webs.cast.writing():
        identity.change_password(webs.cast.users["agent"], "another hash")


@pytest.mark.parametrize(("change", "of_the_app"), [(_uninstalled, True), (_another_password, False)])
def test_what_ends_for_good_is_dead_at_both(
    webs: TwoWebs, change: Callable[[TwoWebs, Tokens], None], of_the_app: bool
) -> None:
    tokens = Tokens(webs, change.__name__.replace("_", ""))
    change(webs, tokens)
    dead = [tokens.ptu, *([tokens.pti] if of_the_app else [])]
    for token in dead:
        assert webs.me(token) == REVOKED
        assert webs.introspected(tokens.app, token) == INACTIVE
    assert webs.introspected(tokens.app, tokens.ptr) == INACTIVE
    assert [tokens.refresh(web, tokens.ptr).status_code for web in (0, 1)] == [400, 400]


def _used(cast: Cast) -> set[str]:
    with cast.reading() as work:
        return set(work.scalars(select(ScopeUse.scope).where(ScopeUse.workspace_id == cast.acme)))


def test_each_cut_bites_at_the_next_request_of_every_process(webs: TwoWebs) -> None:
    """The last one here: it ends one of the two."""
    cast = webs.cast
    with cast.writing():
        values = {"display_name": "Zoë", "owner_employee_id": cast.employee_id("agent")}
        contacts.create_contact(cast.actor("owner"), values)
    app = apps.register(cast, apps.asking("contacts:read", "directory:read"))
    row = apps.install(cast)
    token = apps.mint(app, row)
    admin = {"Authorization": f"Bearer {cast.token('owner', 'installations:write')}"}
    where = f"{webs.addresses[0]}/api/v1/installations/{row['id']}"

    def seen() -> list[tuple[int, Any]]:
        answers = webs.call("GET", "/api/v1/contacts", token)
        return [(answer.status_code, answer.json().get("code") or len(answer.json()["data"])) for answer in answers]

    def change(**changes: Any) -> None:
        assert httpx.patch(where, json=changes, headers=admin).status_code == 200

    assert seen() == [(200, 1)] * 2
    change(data_range={"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id("employee")}]})
    assert seen() == [(200, 0)] * 2
    change(data_range={"kind": "all"})
    assert seen() == [(200, 1)] * 2
    change(granted_scopes=["directory:read"])
    assert seen() == [(403, "scope_pending")] * 2
    change(granted_scopes=["contacts:read", "directory:read"])
    assert httpx.post(f"{where}/suspend", headers=admin).status_code == 200
    assert seen() == [(401, "installation_suspended")] * 2
    assert httpx.post(f"{where}/resume", headers=admin).status_code == 200
    assert seen() == [(200, 1)] * 2
    assert httpx.post(f"{where}/uninstall", headers=admin).status_code == 200
    assert [status for status, _ in seen()] == [401] * 2
    webs.first.stop()
    assert "contacts:read" in _used(cast), "a process that ends writes down what was used"
