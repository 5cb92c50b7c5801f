import asyncio
import base64
import hashlib
import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from portico_sdk import AuthenticationError, AuthorizationError, PorticoError
from portico_sdk.oauth import Begun, FileStore, Grant, MemoryStore, OAuth, SQLStore, install_link
from portico_sdk.oauth._sql import LEASE

BASE = "https://work.example"
BACK = "https://app.example/back"


class Platform:
    """A token endpoint that rotates, ends the family of who shows a spent token, and knows which tokens live."""

    def __init__(self):
        self.made, self.refreshes, self.forms, self.headers, self.calls = 0, [], [], [], []
        self.alive, self.now = set(), 1000.0

    def http(self):
        return httpx.Client(transport=httpx.MockTransport(self.answer))

    async def answer_later(self, request):
        return self.answer(request)

    def answer(self, request):
        if request.url.path == "/oauth/token":
            return self._token(request)
        if request.url.path == "/oauth/revoke":
            self.forms.append(form(request))
            return httpx.Response(200)
        token = request.headers["authorization"].removeprefix("Bearer ")
        self.calls.append(token)
        if token not in self.alive:
            return httpx.Response(401, json={"code": "token_revoked"})
        return httpx.Response(200, json={"id": "con_1"})

    def _token(self, request):
        asked = form(request)
        self.forms.append(asked)
        self.headers.append(request.headers)
        if asked["grant_type"] == "refresh_token":
            self.refreshes.append(asked["refresh_token"])
            if asked["refresh_token"] != f"ptr_{self.made}":
                return httpx.Response(400, json={"error": "invalid_grant"})
        self.made += 1
        self.alive = {f"ptu_{self.made}"}
        body = {"access_token": f"ptu_{self.made}", "refresh_token": f"ptr_{self.made}", "expires_in": 3600}
        return httpx.Response(200, json={**body, "scope": "openid tickets:read"})

    def oauth(self, store=None, secret="s:1", **options):
        return OAuth(
            "app/1",
            secret,
            base_url=BASE,
            redirect_uri=BACK,
            store=store or MemoryStore(),
            http_client=self.http(),
            now=lambda: self.now,
            **options,
        )


def form(request):
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture(params=["memory", "file", "sql"])
def stores(request, tmp_path):
    """Makes what two processes would have: stores over the same place. In memory there is one alone."""
    one = MemoryStore()

    def make():
        if request.param == "memory":
            return one
        if request.param == "file":
            return FileStore(tmp_path / "grants")
        made = SQLStore(lambda: sqlite3.connect(tmp_path / "grants.db"))
        made.create_tables()
        return made

    return make


def back(begun, **changes):
    answer = {"code": "c1", "state": begun.state, "iss": BASE, **changes}
    return f"{BACK}?{urlencode({name: value for name, value in answer.items() if value is not None})}"


def allowed(oauth, key="zoë/17"):
    begun = oauth.begin()
    grant = oauth.exchange(back(begun), begun)
    oauth.keep(key, grant)
    return grant


def test_a_person_is_sent_with_a_challenge_and_a_code_becomes_a_grant(platform):
    oauth = platform.oauth(scopes=["openid", "tickets:read"])
    begun = oauth.begin(workspace="acme")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.url).query).items()}
    assert begun.url.startswith(f"{BASE}/oauth/authorize?")
    assert (asked["scope"], asked["workspace"], asked["redirect_uri"]) == ("openid tickets:read", "acme", BACK)
    assert "prompt" not in asked
    assert "verifier" not in repr(begun)
    restored = Begun(**asdict(begun))
    grant = oauth.exchange(back(begun), restored)
    digest = hashlib.sha256(platform.forms[0]["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
    assert asked["code_challenge_method"] == "S256"
    assert base64.b64decode(platform.headers[0]["authorization"].removeprefix("Basic ")) == b"app%2F1:s%3A1"
    assert grant == Grant("ptu_1", "ptr_1", 4600.0, ("openid", "tickets:read"))
    assert "pt" not in repr(grant)
    assert oauth.begin().state != begun.state


def test_a_public_client_gives_its_name_and_is_not_asked_twice(platform):
    oauth = platform.oauth(secret=None)
    allowed(oauth)
    assert platform.forms[0]["client_id"] == "app/1"
    assert "authorization" not in platform.headers[0]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": "other"}, "state_mismatch"),
        ({"state": None}, "state_mismatch"),
        ({"iss": "https://evil.example"}, "issuer_mismatch"),
        ({"iss": None}, "issuer_mismatch"),
        ({"code": None}, "invalid_response"),
        ({"code": None, "error": "access_denied"}, "access_denied"),
    ],
)
def test_what_is_no_answer_to_the_question_is_refused(platform, changes, code):
    oauth = platform.oauth()
    begun = oauth.begin()
    with pytest.raises(AuthorizationError) as caught:
        oauth.exchange(back(begun, **changes), begun)
    assert caught.value.code == code
    with pytest.raises(AuthorizationError):
        oauth.exchange(back(begun) + "&code=c2", begun)
    assert not platform.forms


def test_a_grant_is_renewed_by_one_for_all_who_share_the_store(platform, stores):
    oauths = [platform.oauth(stores()) for _ in range(3)]
    allowed(oauths[0])
    platform.now += 3590
    start = threading.Barrier(9)

    def call(number):
        start.wait(10)
        return oauths[number % 3].client("zoë/17").contacts.get("con_1").id

    with ThreadPoolExecutor(9) as pool:
        assert list(pool.map(call, range(9))) == ["con_1"] * 9
    assert platform.refreshes == ["ptr_1"]
    assert platform.calls == ["ptu_2"] * 9
    assert stores().get("zoë/17").refresh_token == "ptr_2"


def test_a_token_that_died_early_is_renewed_once_or_taken_from_who_did(platform, stores):
    one, other = platform.oauth(stores()), platform.oauth(stores())
    allowed(one)
    platform.alive.clear()
    assert one.client("zoë/17").contacts.get("con_1").id == "con_1"
    assert other.client("zoë/17").contacts.get("con_1").id == "con_1"
    assert platform.refreshes == ["ptr_1"]


def test_a_grant_that_ended_is_forgotten(platform, stores):
    oauth = platform.oauth(stores())
    allowed(oauth)
    platform.alive, platform.made = set(), 7
    with pytest.raises(AuthenticationError):
        oauth.client("zoë/17").contacts.get("con_1")
    with pytest.raises(AuthorizationError) as caught:
        oauth.client("zoë/17").contacts.get("con_1")
    assert caught.value.code == "no_grant"
    assert stores().get("zoë/17") is None


def test_a_grant_is_revoked(platform, stores):
    oauth = platform.oauth(stores())
    allowed(oauth)
    oauth.revoke("zoë/17")
    oauth.revoke("zoë/17")
    assert [asked.get("token") for asked in platform.forms] == [None, "ptr_1"]
    assert stores().get("zoë/17") is None


def test_async_code_renews_too(platform, stores):
    async def work():
        over = httpx.MockTransport(platform.answer_later)
        async with httpx.AsyncClient(transport=over) as http:
            client = oauth.async_client("zoë/17", http_client=http)
            found = await asyncio.gather(*(client.contacts.get("con_1") for _ in range(4)))
        assert [one.id for one in found] == ["con_1"] * 4

    oauth = platform.oauth(stores())
    allowed(oauth)
    platform.now += 3590
    asyncio.run(work())
    assert platform.refreshes == ["ptr_1"]


def test_files_are_for_their_owner_and_whole(tmp_path, monkeypatch):
    folder = tmp_path / "grants"
    store = FileStore(folder)
    old = Grant("ptu_1", "ptr_1", 1.0, ("openid",))
    store.put("../zoë", old)
    [file] = folder.glob("*.json")
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    monkeypatch.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        store.put("../zoë", Grant("ptu_2", None, 2.0, ()))
    assert [one.name for one in folder.iterdir()] == [file.name]
    assert store.get("../zoë") == old
    file.write_text("{")
    with pytest.raises(PorticoError, match="not a grant"):
        store.get("../zoë")


def test_the_lock_of_a_process_that_died_ends(tmp_path):
    def waits(seconds):
        slept.append(seconds)
        clock[0] += LEASE / 4

    slept, clock = [], [1000.0]
    stores = [SQLStore(lambda: sqlite3.connect(tmp_path / "x.db"), now=lambda: clock[0], sleep=waits) for _ in range(2)]
    stores[0].create_tables()
    dead = stores[0].locked("zoë")
    dead.__enter__()
    with stores[1].locked("zoë"):
        assert len(slept) == 5
        dead.__exit__(None, None, None)  # It was not dead, but it has no lock to give back.
        assert not stores[0]._taken("zoë", "third")
    assert stores[0]._taken("zoë", "third")


def test_where_an_admin_installs_it():
    assert install_link(BASE + "/", "acme", "leave") == f"{BASE}/w/acme/admin/catalogue/leave/install"
