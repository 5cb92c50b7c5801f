"""Rows A: what is answered to an authorization request before anybody says yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portico import settings as process
from portico.domains.catalogue import service as publishing
from portico.domains.identity import service as identity
from portico.domains.installations import service as installations
from portico.domains.oauth import queries
from portico.domains.oauth.registered import find_client
from portico.kernel import clock, secrets
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support import apps, grants
from tests.support.authorizing import ISSUER, PATH, address, decide, fields, parameters, sent_back
from tests.support.cast import PASSWORD, Cast
from tests.support.faces import Browser, Faces, words
from tests.support.grants import CALLBACK, Client

STATE = "s t&a=te/ü"


@pytest.fixture
def faces(app: Flask, cast: Cast) -> Faces:
    return Faces(app, cast)


@pytest.fixture
def client(cast: Cast) -> Client:
    return grants.client(cast)


@pytest.fixture
def agent(faces: Faces) -> Browser:
    return faces("agent")


def stays(answer: TestResponse) -> bool:
    """A page of ours that sends nobody anywhere."""
    return answer.status_code == 400 and "Location" not in answer.headers and answer.mimetype == "text/html"


def test_in_development_redirect_addresses_follow_the_app(cast: Cast, settings: Settings) -> None:
    made = apps.register(cast, grants.manifest(callbacks=("http://localhost:9001/back", CALLBACK)))
    with cast.writing():
        publishing.override_base_url(cast.actor("developer"), made["id"], "http://localhost:9555")
    moved = find_client(made["client_id"])
    assert moved is not None
    assert moved.redirect_uris == ("http://localhost:9555/back", CALLBACK)
    process.configure(replace(settings, mode="production"))
    frozen = find_client(made["client_id"])
    assert frozen is not None
    assert frozen.redirect_uris == ("http://localhost:9001/back", CALLBACK)


def test_A1_unknown_client(client: Client, agent: Browser) -> None:
    for unknown in ("app_01jd0000000000000000000000", "nonsense", "", "\x00", None):
        assert stays(agent.get(address(client, client_id=unknown)))


@pytest.mark.parametrize(
    "wrong",
    [
        CALLBACK + "/",
        CALLBACK.upper(),
        CALLBACK + "?a=b",
        CALLBACK + "#a",
        "https://helper.example:444/callback",
        "https://helper.example:443/callback",
        "http://helper.example/callback",
        "https://helper.example/%63allback",
        "https://helper.example/x/../callback",
        "https://helper.example.evil.example/callback",
        "https://helper.example@evil.example/callback",
        "https://helper.example/callback\r\nX: y",
        "javascript:alert(1)",
        "//helper.example/callback",
    ],
)
def test_A2_another_redirect_uri(client: Client, agent: Browser, wrong: str) -> None:
    assert stays(agent.get(address(client, redirect_uri=wrong)))


def test_A3_no_redirect_uri(client: Client, agent: Browser) -> None:
    assert stays(agent.get(address(client, redirect_uri=None)))
    assert stays(agent.get(address(client, redirect_uri="")))


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_A4_the_port_of_a_native_app_is_its_own(cast: Cast, faces: Faces, host: str) -> None:
    native = grants.client(cast, public=True, callbacks=(f"http://{host}/cb",))
    agent = faces("agent")
    for good in (f"http://{host}:53124/cb", f"http://{host}/cb"):
        assert agent.get(address(native, redirect_uri=good)).status_code == 200
    for wrong in (
        f"http://{host}:53124/other",
        f"http://{host}:53124/cb/",
        f"http://{host}:53124/cb?x=y",
        f"http://{host}:99999/cb",
        f"http://{host}:/cb",
        f"http://{host}:80@evil.example/cb",
        f"https://{host}:53124/cb",
        "http://localhost:53124/cb",
        "http://127.0.0.2:53124/cb",
        "http://[::1]:53124/cb" if host == "127.0.0.1" else "http://127.0.0.1:53124/cb",
    ):
        assert stays(agent.get(address(native, redirect_uri=wrong))), wrong


def test_A4_not_of_a_confidential_one(cast: Cast, faces: Faces) -> None:
    server = grants.client(cast, callbacks=("http://127.0.0.1/cb",))
    assert stays(faces("agent").get(address(server, redirect_uri="http://127.0.0.1:53124/cb")))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"code_challenge": None, "code_challenge_method": None}, "invalid_request", id="A5-none"),
        pytest.param({"code_challenge": None}, "invalid_request", id="A5-no-challenge"),
        pytest.param({"code_challenge_method": None}, "invalid_request", id="A6-no-method"),
        pytest.param({"code_challenge_method": "plain"}, "invalid_request", id="A6-plain"),
        pytest.param({"code_challenge_method": "S512"}, "invalid_request", id="A6-unknown"),
        pytest.param({"code_challenge": "a" * 42}, "invalid_request", id="A7-short"),
        pytest.param({"code_challenge": "a" * 60}, "invalid_request", id="A7-long"),
        pytest.param({"code_challenge": "+" * 43}, "invalid_request", id="A7-alphabet"),
        pytest.param({"response_type": "token"}, "unsupported_response_type", id="A8-token"),
        pytest.param({"response_type": "id_token"}, "unsupported_response_type", id="A8-id_token"),
        pytest.param({"response_type": "code token"}, "unsupported_response_type", id="A8-hybrid"),
        pytest.param({"response_type": None}, "invalid_request", id="A8-none"),
        pytest.param({"scope": "openid nonsense"}, "invalid_scope", id="A10-unknown"),
        pytest.param({"scope": "openid contacts:write"}, "invalid_scope", id="A10-not-registered"),
        pytest.param({"scope": "openid,directory:read"}, "invalid_scope", id="A10-commas"),
        pytest.param({"request": "x.y.z"}, "request_not_supported", id="A18-request"),
        pytest.param({"request_uri": "https://x.example"}, "request_uri_not_supported", id="A18-request_uri"),
        pytest.param({"response_mode": "fragment"}, "invalid_request", id="A19-fragment"),
        pytest.param({"response_mode": "form_post"}, "invalid_request", id="A19-form_post"),
        pytest.param({"resource": "https://other.example"}, "invalid_target", id="resource"),
        pytest.param({"prompt": "none login"}, "invalid_request", id="prompt"),
        pytest.param({"max_age": "-1"}, "invalid_request", id="max_age"),
        pytest.param({"nonce": "n" * 3000}, "invalid_request", id="long"),
    ],
)
def test_A11_every_error_goes_back_with_state_and_issuer(
    client: Client, faces: Faces, changes: dict[str, str | None], error: str
) -> None:
    for browser in (faces(None), faces("agent")):
        received = sent_back(browser.get(address(client, **changes)))
        assert (received["error"], received["state"]) == (error, STATE)
        assert "code" not in received
    assert "state" not in sent_back(faces(None).get(address(client, **{**changes, "state": None})))


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "scope", "code_challenge", "nonce", "strange"])
def test_A9_a_repeated_parameter(client: Client, agent: Browser, name: str) -> None:
    twice = [*parameters(client).items(), (name, "x"), (name, "y")]
    assert stays(agent.get(f"{PATH}?{urlencode(twice)}"))


def test_A9_but_for_resource(client: Client, agent: Browser) -> None:
    both = [*parameters(client).items(), ("resource", ISSUER), ("resource", ISSUER)]
    assert agent.get(f"{PATH}?{urlencode(both)}").status_code == 200


@pytest.mark.both_databases
def test_A11_a_yes_and_a_no(client: Client, agent: Browser) -> None:
    refused = sent_back(decide(agent, address(client), "deny"))
    assert (refused["error"], refused["state"]) == ("access_denied", STATE)
    received = sent_back(decide(agent, address(client)))
    assert set(received) == {"code", "state"}
    assert received["state"] == STATE
    tokens = grants.redeem(received["code"], client.client_id)
    assert tokens.scopes == ("directory:read", "openid")


def test_A12_after_a_password_a_get_follows(client: Client, faces: Faces, cast: Cast) -> None:
    nobody = faces(None)
    to_sign_in = nobody.get(address(client))
    assert to_sign_in.status_code == 303
    assert to_sign_in.headers["Location"].startswith("/sign-in?next=/oauth/authorize")
    page = nobody.follow(to_sign_in)
    assert page.status_code == 200
    assert "form-action 'self' https://helper.example;" in page.headers["Content-Security-Policy"]
    entered = nobody.post(to_sign_in.headers["Location"], {"email": cast.email("agent"), "password": PASSWORD})
    assert entered.status_code == 303
    assert "Let Helper act for you?" in words(nobody.follow(entered))


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_A13_a_yes_from_another_site(client: Client, agent: Browser, headers: dict[str, str]) -> None:
    url = address(client)
    given = {**fields(agent.get(url)), "decision": "allow"}
    assert agent.post(url, given, headers=headers).status_code == 403
    assert agent.post(url, given, csrf=False).status_code == 400


def test_A14_a_yes_to_something_else(client: Client, faces: Faces) -> None:
    mine, other = faces("agent"), faces("owner")
    url, wider = address(client), address(client, scope="openid directory:read contacts:read")
    theirs = fields(other.get(url))
    assert mine.get(url).status_code == 200
    assert mine.post(url, {**theirs, "decision": "allow"}).status_code == 403
    own = fields(mine.get(url))
    assert mine.post(wider, {**own, "decision": "allow"}).status_code == 403
    assert mine.post(address(client, state="another"), {**own, "decision": "allow"}).status_code == 403
    assert mine.post(url, {"decision": "allow", "scopes": own["scopes"]}).status_code == 403
    assert mine.post(url, {**own, "consent": own["consent"][:-1] + "x", "decision": "allow"}).status_code == 403
    assert "code" in sent_back(mine.post(url, {**own, "decision": "allow"}))


def test_A14_a_yes_that_came_too_late(client: Client, agent: Browser, held_clock: None) -> None:
    url = address(client)
    own = fields(agent.get(url))
    clock.advance(timedelta(hours=1))
    assert agent.post(url, {**own, "decision": "allow"}).status_code == 403


def test_A15_headers(client: Client, faces: Faces) -> None:
    agent = faces("agent")
    pages = [
        faces(None).get("/sign-in"),
        agent.get(address(client)),
        agent.get(address(client, client_id="nonsense")),
    ]
    for page in pages:
        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in page.headers
        assert 'name="referrer"' not in page.text


def test_A16_prompt_none(client: Client, faces: Faces) -> None:
    silent = address(client, prompt="none")
    assert sent_back(faces(None).get(silent))["error"] == "login_required"
    agent = faces("agent")
    assert sent_back(agent.get(silent))["error"] == "consent_required"
    decide(agent, address(client))
    assert "code" in sent_back(agent.get(silent))
    wider = address(client, prompt="none", scope="openid contacts:read")
    assert sent_back(agent.get(wider))["error"] == "consent_required"


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "0"}, {"max_age": "600"}])
def test_A17_signing_in_once_more(
    client: Client, faces: Faces, cast: Cast, held_clock: None, changes: dict[str, str]
) -> None:
    agent, url = faces("agent"), address(client, **changes)
    clock.advance(timedelta(minutes=11))
    again = agent.get(url)
    assert again.status_code == 303
    assert again.headers["Location"].startswith("/sign-in?next=")
    assert agent.follow(again).status_code == 200
    back = agent.post(again.headers["Location"], {"email": cast.email("agent"), "password": PASSWORD})
    signed_in = clock.now()
    clock.advance(timedelta(seconds=5))
    proven = back.headers["Location"].replace(ISSUER, "")
    received = sent_back(decide(agent, proven))
    tokens = grants.redeem(received["code"], client.client_id)
    with system_unit("tests: when they signed in"):
        row = queries.user_token(secrets.digest(tokens.access_token))
    assert row is not None
    assert row.auth_time == signed_in
    # The mark counts for a while, and for a sign-in after it.
    clock.advance(timedelta(minutes=10))
    assert agent.get(proven).status_code == 303
    silent = sent_back(agent.get(address(client, **{"max_age": "0", **changes, "prompt": "none"})))
    assert silent["error"] == "login_required"


def test_A17_a_mark_of_ones_own_making(client: Client, agent: Browser) -> None:
    for mark in ("0.00", "9999999999999.00", "x", "²³.aa", ""):
        assert agent.get(address(client, prompt="login") + f"&again={mark}").status_code == 303


def test_A20_no_script_of_another_origin_reads_it(client: Client, agent: Browser) -> None:
    for url in (address(client), address(client, response_type="token")):
        answer = agent.get(url, headers={"Origin": "https://evil.example"})
        assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]


def test_A21_names_that_would_deceive(cast: Cast, faces: Faces) -> None:
    content = grants.manifest()
    content["app"]["name"] = "<b>Ev\u202eil</b>"
    client = Client(cast, apps.register(cast, content), apps.install(cast))
    page = faces("agent").get(address(client))
    assert "&lt;b&gt;Evil&lt;/b&gt;" in page.text
    assert "\u202e" not in page.text
    assert "<b>Ev" not in page.text


def _in_both(cast: Cast, client: Client) -> str:
    """The agent belongs to the other workspace too, where the app is installed; answers that membership."""
    with cast.writing():
        publishing.update_app(cast.actor("developer"), client.app["id"], visibility="public")
    apps.install(cast, by="outsider")
    with cast.writing(cast.other):
        return identity.join(
            cast.system(cast.other), user_id=cast.users["agent"], employee_id=new_id("emp"), role="employee"
        )


def test_A22_the_code_is_for_the_workspace_that_was_chosen(
    cast: Cast, client: Client, agent: Browser, api: Any
) -> None:
    _in_both(cast, client)
    page = agent.get(address(client))
    assert "For which workspace?" in words(page)
    assert sent_back(agent.get(address(client, prompt="none")))["error"] == "account_selection_required"
    received = sent_back(decide(agent, address(client, workspace="other")))
    tokens = grants.redeem(received["code"], client.client_id)
    assert api.bearer(tokens.access_token).get("/me").json["workspace"]["id"] == cast.other
    by_id = sent_back(decide(agent, address(client, workspace=cast.acme)))
    tokens = grants.redeem(by_id["code"], client.client_id)
    assert api.bearer(tokens.access_token).get("/me").json["workspace"]["id"] == cast.acme


def test_A22_a_hint_selects_nothing_that_is_not_ones_own(client: Client, agent: Browser) -> None:
    for hint in ("other", "nowhere"):
        answer = agent.get(address(client, workspace=hint))
        assert answer.status_code == 403
        assert "Location" not in answer.headers
        assert sent_back(agent.get(address(client, workspace=hint, prompt="none")))["error"] == "access_denied"


def _gone(client: Client) -> None:
    installations.uninstall(client.cast.actor("admin"), client.installation["id"])


def _suspended(client: Client) -> None:
    installations.suspend(client.cast.actor("admin"), client.installation["id"])


def _for_others(client: Client) -> None:
    only = {"kind": "only", "include": [{"kind": "employee", "id": client.cast.employee_id("owner")}]}
    installations.update_installation(client.cast.actor("admin"), client.installation["id"], {"availability": only})


@pytest.mark.both_databases
@pytest.mark.parametrize("change", [_gone, _suspended, _for_others])
def test_A23_where_the_app_is_not_for_them(client: Client, agent: Browser, change: Any) -> None:
    decide(agent, address(client))
    own = fields(agent.get(address(client, prompt="consent")))
    with client.cast.writing():
        change(client)
    for answer in (agent.get(address(client)), agent.post(address(client), {**own, "decision": "allow"})):
        assert answer.status_code == 403
        assert "Location" not in answer.headers
    assert sent_back(agent.get(address(client, prompt="none")))["error"] == "access_denied"


def test_A24_a_public_client_is_always_asked(cast: Cast, faces: Faces, client: Client) -> None:
    agent = faces("agent")
    decide(agent, address(client))
    assert "code" in sent_back(agent.get(address(client)))
    assert agent.get(address(client, prompt="consent")).status_code == 200
    native = grants.client(cast, public=True, key="native", callbacks=("http://127.0.0.1/cb",))
    url = address(native, redirect_uri="http://127.0.0.1:5000/cb")
    for _ in range(2):
        answer = decide(agent, url)
        assert "code" in sent_back(answer, "http://127.0.0.1:5000/cb")


def test_A25_the_page_says_where_the_way_goes(cast: Cast, faces: Faces, client: Client) -> None:
    agent = faces("agent")
    page = agent.get(address(client))
    assert "helper.example" in words(page)
    assert "Any program there could be asking" not in words(page)
    native = grants.client(cast, public=True, key="native", callbacks=("http://127.0.0.1/cb",))
    warned = words(agent.get(address(native, redirect_uri="http://127.0.0.1:5000/cb")))
    assert "127.0.0.1:5000" in warned
    assert "Any program there could be asking" in warned


def test_what_the_role_does_not_include_is_not_given(cast: Cast, faces: Faces, client: Client) -> None:
    employee = faces("employee")
    url = address(client, scope="openid contacts:read")
    page = employee.get(url)
    assert "Your role does not include all that it asks for" in words(page)
    received = sent_back(decide(employee, url))
    assert grants.redeem(received["code"], client.client_id).scopes == ("openid",)
    assert employee.get(address(client, scope="contacts:read")).status_code == 403


def test_a_yes_to_less_than_was_shown_is_shown_again(cast: Cast, faces: Faces, client: Client) -> None:
    agent, url = faces("agent"), address(client, scope="openid contacts:read")
    own = fields(agent.get(url))
    with cast.writing():
        identity.change_role(cast.actor("owner"), cast.actor("agent").membership_id or "", "employee")
    answer = agent.post(url, {**own, "decision": "allow"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(PATH)


def test_without_a_scope_all_that_was_registered_is_asked(client: Client, agent: Browser) -> None:
    received = sent_back(decide(agent, address(client, scope=None)))
    tokens = grants.redeem(received["code"], client.client_id)
    assert tokens.scopes == ("contacts:read", "directory:read", "openid", "profile")


def test_every_client_may_ask_to_stay_connected(client: Client, agent: Browser) -> None:
    received = sent_back(decide(agent, address(client, scope="openid offline_access")))
    assert grants.redeem(received["code"], client.client_id).scopes == ("offline_access", "openid")


def test_only_what_is_new_is_asked(client: Client, agent: Browser) -> None:
    decide(agent, address(client, scope="openid contacts:read"))
    page = agent.get(address(client, scope="openid directory:read contacts:read"))
    asked, _, before = page.text.partition("What you allowed before")
    assert ">directory:read<" in asked
    assert ">contacts:read<" not in asked
    assert "Read contacts" in before
    assert words(page).count("Added") == 1


def test_the_same_again_shows_all_of_it(client: Client, agent: Browser) -> None:
    decide(agent, address(client, scope="openid contacts:read"))
    page = agent.get(address(client, scope="openid contacts:read", prompt="consent")).text
    assert ">contacts:read<" in page
    assert "What you allowed before" not in page
