"""Logs hold no credential, wherever in a record it stands."""

from __future__ import annotations

import base64
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from portico.kernel import logs, secrets

PREFIXES = ("ptp_", "pti_", "ptu_", "ptr_", "pts_", "ptl_", "ptc_", "ptd_", "pcs_")
TOKENS = {prefix: secrets.new_token(prefix) for prefix in PREFIXES}
TOKENS["whsec_"] = "whsec_" + base64.b64encode(bytes(range(32))).decode()
TOKENS["whsec_ with / and +"] = "whsec_" + base64.b64encode(b"\xff\xef\xbe" * 11).decode()
TOKENS["a signed token"] = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b'{"alg":"ES256","typ":"portico-session+jwt"}', b'{"sub":"emp_1"}' * 3, bytes(range(64)))
)
TOKENS["basic"] = "Basic " + base64.b64encode(b"app_1:a-secret-of-an-app").decode()
PLACES = (
    "{}",
    "Authorization: Bearer {}",
    "https://x.example/a?token={}&b=1",
    "('{}',)",
    '{{"token": "{}"}}',
    "\n{}\n",
)


def rest(token: str) -> str:
    """The part that must not be readable."""
    return token[-20:]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", TOKENS)
def test_a_credential_in_a_text_is_cut(kind: str, place: str) -> None:
    redacted = logs.redact(place.format(TOKENS[kind]))
    assert rest(TOKENS[kind]) not in redacted
    assert "…" in redacted


def test_what_is_no_credential_stays() -> None:
    for text in ("con_01k8178gi2epf9u1hsdmtav4bf", "the basics of it", "a bearer", "https://x.example/?q=1"):
        assert logs.redact(text) == text


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the process writes to stderr, with the logs as the platform sets them up."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.configure("DEBUG")
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("kind", TOKENS)
def test_a_log_line_holds_no_credential_wherever_it_came_from(written: io.StringIO, kind: str) -> None:
    token = TOKENS[kind]
    log = logging.getLogger("portico.test")
    log.warning("message %s", token)
    log.warning("extra", extra={"answer": {"list": [token, {"deep": token}]}, "header": f"Bearer {token}"})
    log.debug("in a tuple", extra={"parts": (token,)})
    try:
        raise ValueError(token)
    except ValueError:
        log.exception("crash")
    assert rest(token) not in written.getvalue()
    assert len(lines(written)) == 4


@pytest.mark.parametrize(
    "name",
    ["password", "client_secret", "code", "token", "Authorization", "Cookie", "code_verifier", "user_code", "id_token"],
)
def test_fields_with_a_telling_name_are_left_out(written: io.StringIO, name: str) -> None:
    logging.getLogger("portico.test").info("x", extra={"form": {name: "swordfish"}})
    assert "swordfish" not in written.getvalue()


def test_a_line_is_one_json_object_with_the_request(written: io.StringIO) -> None:
    mark = logs.request_id.set("req_1")
    logging.getLogger("portico.test").info("two\nlines")
    logs.request_id.reset(mark)
    (line,) = lines(written)
    assert line["event"] == "two\nlines"
    assert (line["level"], line["logger"], line["request_id"]) == ("info", "portico.test", "req_1")


def test_the_line_of_a_request_is_what_a_record_would_have_been(written: io.StringIO) -> None:
    log, token = logging.getLogger("portico.test"), TOKENS["ptp_"]
    about = {"path": f"/a/{token}", "status": 200, "ms": 1.5, "password": "swordfish"}
    logs.note(log, logging.INFO, "request", about)
    log.info("request", extra=about)
    short, long = lines(written)
    assert short.pop("timestamp")[:16] <= long.pop("timestamp")[:16]
    assert short == long
    assert rest(token) not in written.getvalue()
    log.setLevel(logging.WARNING)
    logs.note(log, logging.INFO, "request", about)
    log.setLevel(logging.NOTSET)
    assert len(lines(written)) == 2


def test_the_line_of_a_request_reaches_whoever_else_listens(written: io.StringIO) -> None:
    other = io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(other))
    logs.note(logging.getLogger("portico.test"), logging.INFO, "request", {"status": 200})
    assert other.getvalue() == "request\n"
    assert len(lines(written)) == 1


def test_authlib_does_not_print_at_debug(written: io.StringIO) -> None:
    logging.getLogger("authlib.oauth2").debug("code: %s", "swordfish")
    assert written.getvalue() == ""
