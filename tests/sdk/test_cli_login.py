"""`portico-app login`, `whoami`, `logout` against the platform; the browser that it opens is the person."""

import json
import stat
from functools import partial
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from click.testing import CliRunner

from portico_sdk.cli import main
from tests.domains.oauth.test_device_rows import decide
from tests.support.faces import Faces

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTICO_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("PORTICO_TOKEN", raising=False)
    monkeypatch.delenv("PORTICO_BASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def run(home, app, monkeypatch):
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=httpx.WSGITransport(app=app)))
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.fixture
def person(app, cast, monkeypatch):
    """Says yes as soon as the browser opens."""
    said = {"decision": "allow"}

    def open_(address):
        code = parse_qs(urlsplit(address).query)["user_code"][0]
        decide(Faces(app, cast)("developer"), code, said["decision"])

    monkeypatch.setattr("webbrowser.open", open_)
    return said


def test_from_login_to_logout(run, person, home):
    done = run("login", "--base-url", f"{BASE}/")
    assert done.exit_code == 0, done.output
    assert "Signed in to Acme as" in done.output
    kept = home / "profiles.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    me = json.loads(run("whoami", "--json").output)
    assert (me["role"], me["base_url"]) == ("developer", BASE)
    assert "apps:write" in me["scopes"]
    token = json.loads(kept.read_text())["profiles"][BASE]["access_token"]
    assert run("logout").exit_code == 0
    assert token not in kept.read_text()
    assert run("whoami").exit_code == 3
    assert run("logout").exit_code == 0


def test_who_says_no_is_not_signed_in(run, person, home):
    person["decision"] = "deny"
    refused = run("login", "--base-url", BASE)
    assert refused.exit_code == 1
    assert "not allowed" in refused.output
    assert not (home / "profiles.json").exists()


def test_a_token_that_ran_out_is_renewed_and_kept(run, person, home):
    run("login", "--base-url", BASE)
    kept = home / "profiles.json"
    content = json.loads(kept.read_text())
    content["profiles"][BASE]["expires_at"] = 0
    kept.write_text(json.dumps(content))
    assert run("whoami").exit_code == 0
    renewed = json.loads(kept.read_text())["profiles"][BASE]
    assert renewed["refresh_token"] != content["profiles"][BASE]["refresh_token"]
    assert run("whoami").exit_code == 0


def test_what_needs_a_sign_in_says_so(run):
    nobody = run("whoami", "--base-url", BASE)
    assert nobody.exit_code == 3
    assert "portico-app login" in nobody.output


def test_a_server_that_is_not_there_has_its_own_exit_code(home):
    gone = CliRunner().invoke(main, ["login", "--base-url", "http://127.0.0.1:1", "--no-browser"])
    assert gone.exit_code == 4, gone.output
