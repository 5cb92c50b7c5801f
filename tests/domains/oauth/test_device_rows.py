"""The device grant (RFC 8628): rows D1 to D3."""

from __future__ import annotations

import html
import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portico.domains.installations import service as installations
from portico.domains.oauth.device import DeviceGrant
from portico.domains.oauth.models import DeviceCode
from portico.domains.oauth.service import devices
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from tests.support import grants
from tests.support.apps import basic, post_form
from tests.support.cast import Cast
from tests.support.faces import Browser, Faces, words
from tests.support.http import Api

PAGE = "/account/device"
_FIELD = re.compile(r'<input type="hidden" name="(user_code|workspace|consent|scopes)" value="([^"]*)">')


class Device:
    """A device that shows a code and polls."""

    def __init__(self, app: Flask, client: grants.Client, **form: str) -> None:
        self.app, self.client = app, client
        answer = self.ask(app, client, **form)
        assert answer.status_code == 200, answer.json
        self.answer: dict[str, Any] = answer.json
        self.user_code: str = answer.json["user_code"]

    @staticmethod
    def ask(app: Flask, client: grants.Client, **form: str) -> Any:
        form.setdefault("scope", "openid directory:read")
        return post_form(app, "/oauth/device", *Device._who(client, form), **form)

    @staticmethod
    def _who(client: grants.Client, form: dict[str, str]) -> list[dict[str, str]]:
        if client.public:
            form["client_id"] = client.client_id
            return []
        return [basic(client.client_id, client.app["client_secret"])]

    def poll(self, client: grants.Client | None = None) -> Any:
        form = {"grant_type": DeviceGrant.GRANT_TYPE, "device_code": self.answer["device_code"]}
        headers = self._who(client or self.client, form)
        return post_form(self.app, "/oauth/token", *headers, **form)

    def error(self) -> str:
        answer = self.poll()
        assert answer.status_code == 400
        return str(answer.json["error"])


def fields(page: Any) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _FIELD.findall(page.text)}


def decide(browser: Browser, code: str, decision: str = "allow", **changed: str) -> Any:
    page = browser.post(PAGE, {"user_code": code})
    assert page.status_code == 200, words(page)
    return browser.post(PAGE, {**fields(page), "decision": decision, **changed})


@pytest.fixture
def client(cast: Cast) -> grants.Client:
    return grants.client(cast, "openid", "directory:read")


@pytest.fixture
def device(app: Flask, client: grants.Client) -> Device:
    return Device(app, client)


@pytest.mark.both_databases
@pytest.mark.parametrize("public", [True, False])
def test_D1_from_a_code_to_tokens(app: Flask, cast: Cast, faces: Faces, api: Api, public: bool) -> None:
    client = grants.client(cast, "openid", "directory:read", public=public)
    device = Device(app, client, scope="openid directory:read")
    assert device.answer["verification_uri"] == f"http://127.0.0.1:8000{PAGE}"
    assert device.answer["verification_uri_complete"] == f"http://127.0.0.1:8000{PAGE}?user_code={device.user_code}"
    assert (device.answer["expires_in"], device.answer["interval"]) == (600, 5)
    assert device.error() == "authorization_pending"
    done = decide(faces("agent"), device.user_code.lower().replace("-", " "))
    assert "The device is connected" in words(done)
    answer = device.poll()
    assert answer.status_code == 200
    assert answer.json["scope"] == "directory:read openid"
    assert answer.json["id_token"]
    assert answer.json["refresh_token"]
    assert api.bearer(answer.json["access_token"]).get("/me").json["actor"]["kind"] == "app_for_employee"
    assert device.error() == "invalid_grant"


@pytest.mark.both_databases
def test_D1_too_fast_costs_five_seconds_each_time(device: Device, held_clock: None) -> None:
    assert device.error() == "authorization_pending"
    clock.advance(timedelta(seconds=4))
    assert device.error() == "slow_down"
    clock.advance(timedelta(seconds=9))
    assert device.error() == "slow_down"
    clock.advance(timedelta(seconds=15))
    assert device.error() == "authorization_pending"


@pytest.mark.both_databases
def test_D1_denied(device: Device, faces: Faces) -> None:
    assert "The device was refused" in words(decide(faces("agent"), device.user_code, "deny"))
    assert device.error() == "access_denied"


@pytest.mark.both_databases
def test_D1_expired(device: Device, faces: Faces, held_clock: None) -> None:
    clock.advance(timedelta(minutes=10))
    assert device.error() == "expired_token"
    assert faces("agent").post(PAGE, {"user_code": device.user_code}).status_code == 422


@pytest.mark.both_databases
def test_D1_of_polls_that_come_at_once_one_gets_the_tokens(device: Device, faces: Faces) -> None:
    decide(faces("agent"), device.user_code)
    start = threading.Barrier(5)
    seen: list[int] = []

    def go() -> None:
        start.wait()
        seen.append(device.poll().status_code)

    threads = [threading.Thread(target=go) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [200, 400, 400, 400, 400]


@pytest.mark.both_databases
def test_D1_another_client_and_an_unknown_code(device: Device, faces: Faces, cast: Cast) -> None:
    decide(faces("agent"), device.user_code)
    stranger = grants.client(cast, "openid", key="second")
    assert device.poll(stranger).json["error"] == "invalid_grant"
    assert device.poll().status_code == 200
    device.answer["device_code"] = "nonsense"
    assert device.error() == "invalid_grant"


def test_D1_suspended_between_yes_and_poll(device: Device, faces: Faces, cast: Cast, client: grants.Client) -> None:
    decide(faces("agent"), device.user_code)
    with cast.writing():
        installations.suspend(cast.actor("admin"), client.installation["id"])
    assert device.error() == "invalid_grant"


def test_D1_who_asks_and_for_what(app: Flask, client: grants.Client) -> None:
    assert Device.ask(app, client, scope="openid contacts:read").json["error"] == "invalid_scope"
    assert Device.ask(app, client, scope="nonsense").json["error"] == "invalid_scope"
    assert Device.ask(app, client, resource="https://elsewhere.example").json["error"] == "invalid_target"
    assert post_form(app, "/oauth/device", client_id=client.client_id).status_code == 401
    assert post_form(app, "/oauth/device", basic(client.client_id, "wrong"), scope="openid").status_code == 401
    assert app.test_client().get("/oauth/device").status_code == 405
    app.extensions["portico_limits"]._factor = 0.1
    assert [Device.ask(app, client).status_code for _ in range(3)] == [200, 200, 429]


def test_D2_the_alphabet_and_what_is_kept(app: Flask, client: grants.Client) -> None:
    codes = [Device(app, client).user_code for _ in range(20)]
    assert len(set(codes)) == 20
    assert len(devices.ALPHABET) ** devices.LENGTH >= 20**8
    assert not set("AEIOU") & set(devices.ALPHABET)
    for code in codes:
        assert re.fullmatch(f"[{devices.ALPHABET}]{{4}}-[{devices.ALPHABET}]{{4}}", code)
    with system_unit("tests: look") as work:
        kept = " ".join(str(row) for row in work.execute(select(DeviceCode.__table__)).all())
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


@pytest.mark.both_databases
def test_D2_five_tries(device: Device, faces: Faces, held_clock: None) -> None:
    guesser, owner = faces("agent"), faces("agent")
    for wrong in ("BCDF-GHJK", "AEIO-UAEI", "", "x" * 60, "ＢＣＤＦ-ＧＨＪＫ"):
        assert guesser.post(PAGE, {"user_code": wrong}).status_code == 422
    refused = guesser.post(PAGE, {"user_code": device.user_code})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
    assert owner.post(PAGE, {"user_code": device.user_code}).status_code == 200
    clock.advance(timedelta(minutes=10))
    assert guesser.post(PAGE, {"user_code": "BCDF-GHJK"}).status_code == 422


def test_D2_tries_at_once_do_not_share_one(device: Device, faces: Faces) -> None:
    browser = faces("agent")
    browser.get(PAGE)
    start = threading.Barrier(8)
    seen: list[int] = []

    def go() -> None:
        start.wait()
        seen.append(browser.post(PAGE, {"user_code": "BCDF-GHJK"}).status_code)

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [422] * 5 + [429] * 3


def test_D2_the_right_code_clears_the_tries(device: Device, faces: Faces) -> None:
    browser = faces("agent")
    for _ in range(3):
        for _ in range(4):
            browser.post(PAGE, {"user_code": "BCDF-GHJK"})
        assert browser.post(PAGE, {"user_code": device.user_code}).status_code == 200


def test_D3_a_link_fills_in_the_code_and_nothing_more(device: Device, faces: Faces) -> None:
    browser = faces("agent")
    page = browser.get(f"{PAGE}?user_code={device.user_code}")
    assert f'value="{device.user_code}"' in page.text
    assert "Helper" not in words(page)
    assert device.error() == "authorization_pending"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_D3_it_shows_app_workspace_and_code_before_anything(device: Device, faces: Faces) -> None:
    page = faces("agent").post(PAGE, {"user_code": device.user_code})
    shown = words(page)
    for text in ("Helper", "Acme", device.user_code, "Allow", "Do not allow"):
        assert text in shown
    assert device.error() == "authorization_pending"


def test_D3_the_answer_is_bound_to_what_was_shown(device: Device, faces: Faces, app: Flask) -> None:
    agent, admin = faces("agent"), faces("admin")
    other = Device(app, device.client)
    shown = fields(agent.post(PAGE, {"user_code": device.user_code}))
    for changed in ({"consent": "1.x"}, {"user_code": other.user_code}):
        assert agent.post(PAGE, {**shown, "decision": "allow", **changed}).status_code == 403
    assert admin.post(PAGE, {**shown, "decision": "allow"}).status_code == 403
    assert agent.post(PAGE, {**shown, "decision": "allow"}, csrf=False).status_code == 400
    more = agent.post(PAGE, {**shown, "decision": "allow", "scopes": "openid"})
    assert "Does the device show" in words(more)
    assert device.error() == "authorization_pending"
    assert agent.post(PAGE, {**shown, "decision": "allow"}).status_code == 200
    again = agent.post(PAGE, {**shown, "decision": "deny"})
    assert again.status_code == 422


def test_D3_only_for_those_who_are_signed_in(faces: Faces) -> None:
    answer = faces(None).get(f"{PAGE}?user_code=BCDF-GHJK")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=/account/device")


def test_D3_where_the_app_is_not(device: Device, faces: Faces) -> None:
    refused = faces("outsider").post(PAGE, {"user_code": device.user_code})
    assert refused.status_code == 403
    assert "cannot act for you here" in words(refused)


@pytest.mark.both_databases
def test_the_command_line_acts_as_the_person_within_their_role(app: Flask, cast: Cast, faces: Faces, api: Api) -> None:
    def ask(**form: str) -> Any:
        return post_form(app, "/oauth/device", client_id="portico-cli", **form)

    begun = ask(scope="apps:read apps:write installations:read offline_access")
    assert begun.status_code == 200, begun.json
    assert ask(scope="contacts:read").json["error"] == "invalid_scope"
    page = faces("developer").post(PAGE, {"user_code": begun.json["user_code"]})
    assert "Let Portico command line act for you?" in words(page)
    assert "see which apps are installed" not in words(page).lower()
    decide(faces("developer"), begun.json["user_code"])
    tokens = post_form(
        app,
        "/oauth/token",
        client_id="portico-cli",
        grant_type=DeviceGrant.GRANT_TYPE,
        device_code=begun.json["device_code"],
    )
    assert tokens.status_code == 200, tokens.json
    assert tokens.json["scope"] == "apps:read apps:write offline_access"
    person = api.bearer(tokens.json["access_token"])
    me = person.get("/me").json
    assert (me["actor"]["kind"], me["role"]) == ("employee", "developer")
    assert person.get("/apps").status_code == 200
    assert person.get("/deliveries").json["code"] == "insufficient_scope"
    assert "Portico command line" in words(faces("developer").get("/account/apps"))
    faces("developer").post("/account/apps/revoke", {"client_id": "portico-cli"})
    assert person.get("/apps").json["code"] == "token_revoked"


def test_the_command_line_has_no_other_door_than_the_device_grant(faces: Faces) -> None:
    page = faces("developer").get(
        "/oauth/authorize?client_id=portico-cli&response_type=code&redirect_uri=https://a.example/"
    )
    assert page.status_code == 400
