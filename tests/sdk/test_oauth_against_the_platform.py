"""The OAuth helpers and the platform: a person allows it in a browser, the app acts for them until they end it."""

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest

from portico_sdk import AuthenticationError, AuthorizationError
from portico_sdk.oauth import MemoryStore, OAuth, install_link
from tests.sdk.test_async_against_the_platform import InProcess
from tests.sdk.test_sdk_against_the_platform import BASE
from tests.support import apps, grants
from tests.support.authorizing import decide
from tests.support.faces import Faces


@pytest.fixture
def client(cast):
    return grants.client(cast)


@pytest.fixture
def helper(app, client):
    def make(secret=client.app["client_secret"], **options):
        return OAuth(
            client.client_id,
            secret,
            base_url=BASE,
            redirect_uri=grants.CALLBACK,
            store=MemoryStore(),
            scopes=["openid", "directory:read"],
            http_client=httpx.Client(transport=httpx.WSGITransport(app=app)),
            **options,
        )

    return make


def path(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def test_from_a_yes_to_its_end(app, cast, client, helper):
    times = [0.0]
    oauth = helper(now=lambda: times[0])
    agent = Faces(app, cast)("agent")
    begun = oauth.begin()
    callback = decide(agent, path(begun.url)).headers["Location"]
    oauth.keep("agent", oauth.exchange(callback, begun))
    me = oauth.client("agent").me()
    assert (me.employee.id, bool(me.employee.display_name)) == (cast.employee_id("agent"), True)
    assert [one.id for one in oauth.client("agent").employees.list()]

    first = oauth.grant("agent")
    assert first.scopes == ("directory:read", "openid")
    times[0] = first.expires_at
    second = oauth.grant("agent")
    assert second.refresh_token != first.refresh_token

    async def later():
        async with httpx.AsyncClient(transport=InProcess(app)) as http:
            return await oauth.async_client("agent", http_client=http).me()

    assert asyncio.run(later()).employee.id == me.employee.id

    with pytest.raises(AuthorizationError, match="invalid_grant"):
        oauth.exchange(callback, begun)
    person = oauth.client("agent")
    with pytest.raises(AuthenticationError):
        person.me()  # A code that was shown twice ended what came of it.


def test_a_no_and_a_revocation(app, cast, helper):
    oauth = helper()
    agent = Faces(app, cast)("agent")
    begun = oauth.begin()
    with pytest.raises(AuthorizationError) as caught:
        oauth.exchange(decide(agent, path(begun.url), "deny").headers["Location"], begun)
    assert caught.value.code == "access_denied"
    oauth.keep("agent", oauth.exchange(decide(agent, path(begun.url)).headers["Location"], begun))
    held = oauth.grant("agent")
    oauth.revoke("agent")
    oauth.keep("agent", held)
    with pytest.raises(AuthenticationError):
        oauth.client("agent").me()


def test_the_install_link_shows_an_admin_what_to_allow(app, cast):
    apps.register(cast)
    page = Faces(app, cast)("admin").get(path(install_link(BASE, "acme", "helper")))
    assert (page.status_code, "to greet people by name" in page.text) == (200, True)
