"""Row G3 with real processes: one life in which each kind of credential is issued, used, exchanged and ended, all
logging at debug, jobs carried by RQ; then nothing of it is found in the database, in Redis, in jobs or in logs."""

from __future__ import annotations

import base64
import re
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pyotp
import pytest

from portico.domains.contacts import service as contacts
from portico.domains.identity import service as identity
from portico.domains.identity.service.workspaces import setup_token
from portico.domains.oauth.token_exchange import JWT_TYPE, ExchangeGrant
from portico.kernel.unit_of_work import system_unit
from portico_sdk import webhooks
from tests.support import apps, grants, leaks
from tests.support.assertions import claims, form, key_pair, public, sign
from tests.support.cast import PASSWORD, Cast, make_cast
from tests.support.loopback_servers import LoopbackServer
from tests.support.person import Person
from tests.support.running import STARTED_WITHIN, Portico
from tests.support.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.redis]
BOTH = pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
AT_DEBUG = (sys.executable, "-m", "tests.support.at_debug")
VERIFIER, STATE, KEY = "a-verifier-of-one-try-" + "v" * 30, "the-state-of-one-try", "the-key-of-one-try"
AFTER = "https://helper.example/signed-out"
LINK = re.compile(r"/account/(?:reset|invitation)/(ptl_\w+)")


@dataclass
class Life:
    """What was issued, by name, and the calls that issue it."""

    portico: Portico
    cast: Cast
    hears: LoopbackServer
    issued: dict[str, str] = field(default_factory=dict)

    def keep(self, **secrets: Any) -> None:
        """Each must be one that was not there before."""
        for name, value in secrets.items():
            assert isinstance(value, str), name
            assert value not in self.issued.values(), name
            self.issued[name.replace("_", " ")] = value

    def call(self, method: str, path: str, token: str | None = None, **options: Any) -> httpx.Response:
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **options.pop("headers", {})}
        return httpx.request(method, f"{self.portico.base_url}{path}", headers=headers, timeout=60, **options)

    def api(self, by: str, method: str, path: str, **options: Any) -> Any:
        answer = self.call(method, f"/api/v1{path}", self.cast.token(by), **options)
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def form(self, path: str, app: dict[str, Any] | None, expected: int = 200, **values: Any) -> Any:
        headers = apps.basic(app["client_id"], app["client_secret"]) if app else {}
        answer = self.call("POST", path, data=values, headers=headers)
        assert answer.status_code == expected, (path, values, answer.text)
        return answer.json()

    def me(self, token: str, expected: int = 200) -> None:
        assert self.call("GET", "/api/v1/me", token).status_code == expected

    # --- what one after another does ----------------------------------------------------------------------------------

    def register_app(self) -> tuple[dict[str, Any], dict[str, Any]]:
        content = grants.manifest("openid", "profile", "directory:read")
        content["runtime"]["base_url"] = f"http://localhost:{self.hears.port}"
        content["lifecycle"] = {"url": "/life"}
        content["oauth"] |= {"post_logout_redirect_uris": [AFTER], "backchannel_logout_url": "/signed-out"}
        body, headers = {"manifest": content}, {"Idempotency-Key": KEY}
        app = self.api("developer", "POST", "/apps", json=body, headers=headers)
        assert self.api("developer", "POST", "/apps", json=body, headers=headers) == app, "the answer that was kept"
        self.keep(client_secret=app["client_secret"], signing_secret=app["signing_secret"], idempotency_key=KEY)
        second = self.api("developer", "POST", f"/apps/{app['id']}/secrets")
        self.keep(second_client_secret=second["client_secret"])
        self.api("developer", "DELETE", f"/apps/{app['id']}/secrets/{second['id']}")
        return app, self.api("app_manager", "POST", "/installations", json={"app_key": app["key"]})

    def act_as_the_app(self, app: dict[str, Any], installation: dict[str, Any]) -> None:
        asked = {"grant_type": "client_credentials", "installation_id": installation["id"]}
        minted = self.form("/oauth/token", app, **asked)["access_token"]
        key = key_pair()
        self.api("developer", "POST", f"/apps/{app['id']}/keys", json={"jwk": public(key)})
        assertion = sign(key, claims(app["id"], aud=self.portico.base_url))
        other = self.form("/oauth/token", None, **asked, **form(assertion))["access_token"]
        self.form("/oauth/token", None, 401, **asked, **form(assertion))
        self.keep(pti=minted, assertion=assertion, pti_by_assertion=other)
        self.me(minted)
        assert self.call("GET", f"/api/v1/me?access_token={minted}").status_code == 401
        assert self.form("/oauth/introspect", app, token=other)["active"] is True
        self.form("/oauth/revoke", app, token=other)
        self.me(other, 401)

    def act_for_a_person(self, app: dict[str, Any], person: Person) -> str:
        asked = {
            "response_type": "code",
            "client_id": app["client_id"],
            "redirect_uri": grants.CALLBACK,
            "scope": "openid profile directory:read",
            "state": STATE,
            "code_challenge": grants.service.challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        url = f"{self.portico.base_url}/oauth/authorize?{httpx.QueryParams(asked)}"
        [code] = parse_qs(urlsplit(person.authorize(url)).query)["code"]
        redeemed = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
        first = self.form("/oauth/token", app, **redeemed)
        self.keep(password=PASSWORD, code=code, verifier=VERIFIER, state=STATE)
        self.keep(session_cookie=person.cookies["portico_session"], id_token=first["id_token"])
        self.keep(ptu=first["access_token"], ptr=first["refresh_token"])
        self.me(first["access_token"])
        assert self.call("GET", "/oauth/userinfo", first["access_token"]).is_success
        renewed = self.form("/oauth/token", app, grant_type="refresh_token", refresh_token=first["refresh_token"])
        self.keep(second_ptu=renewed["access_token"], second_ptr=renewed["refresh_token"])
        assert self.form("/oauth/introspect", app, token=renewed["refresh_token"])["active"] is True
        # The code comes again, and the family ends.
        self.form("/oauth/token", app, 400, **redeemed)
        self.me(renewed["access_token"], 401)
        [code] = parse_qs(urlsplit(person.authorize(url)).query)["code"]
        again = self.form("/oauth/token", app, **{**redeemed, "code": code})
        self.keep(second_code=code, third_ptu=again["access_token"], third_ptr=again["refresh_token"])
        self.keep(second_id_token=again["id_token"])
        self.form("/oauth/revoke", app, token=again["refresh_token"])
        return str(again["id_token"])

    def connect_a_device(self, app: dict[str, Any], person: Person) -> None:
        shown = self.form("/oauth/device", app, scope="openid directory:read")
        person.connect_device(shown["verification_uri_complete"], shown["user_code"])
        grant = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": shown["device_code"]}
        tokens = self.form("/oauth/token", app, **grant)
        self.keep(device_code=shown["device_code"], user_code=shown["user_code"])
        self.keep(user_code_in_one=shown["user_code"].replace("-", ""))
        self.keep(device_ptu=tokens["access_token"], device_ptr=tokens["refresh_token"])

    def open_a_panel(self, app: dict[str, Any], installation: dict[str, Any], person: Person) -> None:
        page = person.open(f"{self.portico.base_url}/w/acme/apps/{installation['id']}/home")
        path = f"{self.portico.base_url}/w/acme/surfaces/{installation['id']}/home/token"
        token = person.call_as_page(page, path, {})["token"]
        asked = {"grant_type": ExchangeGrant.GRANT_TYPE, "subject_token": token, "subject_token_type": JWT_TYPE}
        exchanged = self.form("/oauth/token", app, **asked)
        self.form("/oauth/token", app, 400, **asked)
        self.keep(session_jwt=token, exchanged_ptu=exchanged["access_token"])

    def listen(self) -> None:
        body = {"url": self.hears.url("/events"), "types": ["contact.*"]}
        endpoint = self.api("admin", "POST", "/webhook-endpoints", json=body)
        rotated = self.api("admin", "POST", f"/webhook-endpoints/{endpoint['id']}/secrets/rotate")
        self.keep(endpoint_secret=endpoint["secret"], rotated_endpoint_secret=rotated["secret"])
        self.api("agent", "POST", "/contacts", json={"display_name": "Zoë"})
        until(lambda: self.heard("POST /events"), 30, "a delivery")

    def heard(self, line: str) -> list[bytes]:
        return [one.body for one in list(self.hears.received) if one.line.startswith(line)]

    def invite_and_reset(self) -> None:
        """The mails go through RQ: until a worker is there they wait in Redis."""
        self.api("admin", "POST", "/invitations", json={"email": "guest@acme.example", "display_name": "Guest"})
        with Person(self.portico.base_url, "") as forgetful:
            page = forgetful.open(f"{self.portico.base_url}/account/forgot")
            form = next(form for form in page.forms if "email" in form.values)
            assert forgetful.send(page, form, email=self.cast.email("employee")).status == 200

    def follow_links(self) -> None:
        until(lambda: len(self.mailed()) == 2, STARTED_WITHIN, "two links by mail")
        links = self.mailed()
        for what, link in links.items():
            with Person(self.portico.base_url, "") as anybody:
                page = anybody.open(f"{self.portico.base_url}/account/{what}/{link}")
                password = f"a horse that does {what}"
                left = anybody.send(page, next(f for f in page.forms if "password" in f.values), password=password)
                assert left.status == 200, left.text[:500]
                self.keep(**{f"{what}_link": link, f"{what}_password": password})
                if what == "invitation":
                    self.keep(guests_session=anybody.cookies["portico_session"])
        with system_unit("tests: a workspace", write=True):
            fresh = identity.create_workspace("Fresh", "fresh")
        self.keep(set_up_link=setup_token(fresh))
        assert self.call("GET", f"/account/setup/{self.issued['set up link']}").is_success

    def mailed(self) -> dict[str, str]:
        mails = (mail.read_text().replace("=\n", "") for mail in (self.portico.home / "mail").glob("*.eml"))
        return {found[0].split("/")[2]: found[1] for text in mails if (found := LINK.search(text))}

    def sign_out(self, person: Person, id_token: str) -> None:
        asked = httpx.QueryParams({"id_token_hint": id_token, "post_logout_redirect_uri": AFTER})
        assert person.open(f"{self.portico.base_url}/oauth/logout?{asked}").url == AFTER
        [told] = until(lambda: self.heard("POST /signed-out"), 30, "a logout token")
        self.keep(logout_token=parse_qs(told.decode())["logout_token"][0])

    def use_a_second_factor(self) -> None:
        """An authenticator app is set up, and later a recovery code opens the door in its place."""
        account = f"{self.portico.base_url}/account"
        with Person(self.portico.base_url, self.cast.email("hr_admin")) as careful:
            page = careful.open(f"{account}/two-factor/app")
            shown = re.search(r'id="totp-secret".*?([A-Z2-7]{4}(?: [A-Z2-7]{4})+)', page.text, re.DOTALL)
            assert shown, page.text[:2000]
            secret = shown[1].replace(" ", "")
            form = next(form for form in page.forms if "offered" in form.values)
            page = careful.send(page, form, code=pyotp.TOTP(secret).now())
            codes = re.findall(r"<li><code>([^<]+)</code>", page.text)
            assert len(codes) == 10, page.text[:2000]
            self.keep(totp_secret=secret, totp_secret_as_shown=shown[1])
            self.keep(**{f"recovery_code_{number}": code for number, code in enumerate(codes)})
            self.keep(**{f"recovery_code_{number}_in_one": code.replace("-", "") for number, code in enumerate(codes)})
            self.keep(session_that_turned_it_on=careful.cookies["portico_session"])
        with Person(self.portico.base_url, self.cast.email("hr_admin")) as careful:
            page = careful.open(f"{account}/settings")
            waiting = {cookie.name: cookie.value or "" for cookie in careful.cookies.jar}
            self.keep(**{f"waiting {name}": value for name, value in waiting.items() if "second" in name})
            form = next(form for form in page.forms if "code" in form.values)
            assert careful.send(page, form, code=codes[3]).status == 200
            self.keep(session_by_recovery_code=careful.cookies["portico_session"])

    def uninstall(self, app: dict[str, Any], installation: dict[str, Any]) -> None:
        where = f"/installations/{installation['id']}"
        with self.cast.writing():
            rotated = apps.catalogue.rotate_signing_secret(self.cast.actor("developer"), app["id"])
        self.keep(rotated_signing_secret=rotated)
        self.api("app_manager", "POST", f"{where}/uninstall")
        erasure = self.api("app_manager", "POST", f"{where}/erase")
        body = orjson.dumps({"erasure_id": erasure["id"], "erased": True})
        headers = webhooks.sign(body, secrets=rotated, webhook_id=erasure["id"])
        assert httpx.post(erasure["receipt_url"], content=body, headers=headers).status_code == 204

    def make_personal_tokens(self) -> None:
        for name in ("agent", "developer", "admin", "app_manager"):
            self.keep(**{f"ptp_of_{name}": self.cast.token(name)})
        with self.cast.writing():
            actor = self.cast.actor("employee")
            short = identity.create_token(actor, name="x", scopes=["directory:read"], life=timedelta(days=1))
        self.keep(short_ptp=short)
        self.me(short)


def live(life: Life) -> dict[str, bytes]:
    """All of it; answers what stood in Redis while jobs waited there."""
    life.make_personal_tokens()
    app, installation = life.register_app()
    life.act_as_the_app(app, installation)
    with Person(life.portico.base_url, life.cast.email("agent")) as person:
        id_token = life.act_for_a_person(app, person)
        life.connect_a_device(app, person)
        life.open_a_panel(app, installation, person)
        life.listen()
        life.invite_and_reset()
        waiting = leaks.in_redis(life.portico)
        assert any(b"rq:job:" in key for key in waiting.values()), "jobs are carried by RQ"
        life.portico.start("worker", (*AT_DEBUG, "worker"))
        life.follow_links()
        life.sign_out(person, id_token)
    life.use_a_second_factor()
    life.uninstall(app, installation)
    return waiting


def check_that_it_was_looked_at(found: dict[str, bytes]) -> None:
    """What is innocent and must stand there does."""
    rows = b"".join(content for place, content in found.items() if place.startswith(("table ", "the tables")))
    for innocent in (
        b"agent@acme.example",
        b"guest@acme.example",
        b"directory.send_invitation",
        b"oauth.backchannel_logout",
    ):
        assert innocent in rows, innocent
    for process, said in {"web": b"UPDATE", "pump": b"UPDATE", "worker": b"UPDATE", "monitor": b"rq:job:"}.items():
        assert said in found[f"file log/{process}.log"], process


def plant(life: Life) -> set[str]:
    """Write a secret down where none may be, each time in another form; answers where."""
    secret = life.issued["ptu"]
    with life.cast.writing():
        contacts.create_contact(life.cast.actor("agent"), {"display_name": secret.encode().hex()})
    with life.portico.redis() as client:
        client.set("planted", base64.b64encode(b"Bearer " + secret.encode()))
    (life.portico.home / "log" / "planted.log").write_text(f"GET /?token={secret} 200")
    return {
        "table contact" if life.portico.kind == "postgres" else "the tables",
        "Redis key b'planted'",
        "file log/planted.log",
    }


@BOTH
def test_G3_after_a_whole_life_no_secret_is_found_anywhere(kind: str) -> None:
    with Portico(kind, with_redis=True) as portico, LoopbackServer() as hears:
        life = Life(portico, make_cast(kind), hears)
        portico.start("monitor", ("redis-cli", "-p", str(portico.redis_port), "monitor"))
        portico.start_web(argv=(*AT_DEBUG, "web"))
        portico.start("pump", (*AT_DEBUG, "pump"))
        waiting = live(life)
        assert len(life.issued) >= 60
        found = {**waiting, **leaks.everywhere(portico)}
        check_that_it_was_looked_at(found)
        assert leaks.find(life.issued, found) == []
        planted = plant(life)
        told = {one.partition(" in ")[2] for one in leaks.find(life.issued, leaks.everywhere(portico))}
        assert told >= planted, "a secret that is there is found"
