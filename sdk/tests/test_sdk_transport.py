import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest

from portico_sdk import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ConnectionFailed,
    NotFoundError,
    PermissionDeniedError,
    Portico,
    RateLimitedError,
    ServerError,
    StaleError,
    TimedOut,
    ValidationFailed,
)
from portico_sdk._tokens import InstallationToken
from portico_sdk._transport import StaticToken, Transport, retry_after


class Server:
    """Canned answers, the requests seen, and the waits asked for; nothing sleeps."""

    def __init__(self, *answers):
        self.answers, self.requests, self.waits = list(answers), [], []
        self.http = httpx.Client(transport=httpx.MockTransport(self._handle))

    def _handle(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def transport(self, **options):
        options = {"credentials": StaticToken("ptp_x"), **options}
        return Transport("https://work.example", self.http, sleep=self.waits.append, **options)


def problem(status, code="x", headers=None, **body):
    return httpx.Response(status, json={"status": status, "code": code, **body}, headers=headers)


def done(body=None):
    return httpx.Response(200, json=body or {})


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        problem(408),
        problem(409, "idempotency_in_progress"),
        problem(429),
        problem(500),
        problem(503),
    ],
)
def test_what_may_pass_is_tried_again_with_the_same_key(failure):
    server = Server(failure, failure, done())
    assert server.transport().request("POST", "/contacts", json={}).status == 200
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1
    assert [0.375 <= server.waits[0] <= 0.5, 0.75 <= server.waits[1] <= 1] == [True, True]


@pytest.mark.parametrize("failure", [problem(400), problem(409, "already_assigned"), problem(404), problem(422)])
def test_a_refusal_is_final(failure):
    server = Server(failure)
    with pytest.raises(APIError):
        server.transport().request("GET", "/x")
    assert server.waits == []


def test_two_calls_have_two_keys():
    server = Server(done(), done())
    for _ in range(2):
        server.transport().request("POST", "/contacts", json={})
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 2


def test_retries_end():
    server = Server(*[httpx.ConnectError("refused")] * 3)
    with pytest.raises(ConnectionFailed, match=r"work\.example") as caught:
        server.transport().request("GET", "/x")
    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert len(server.requests) == 3
    with pytest.raises(TimedOut, match="30 s"):
        Server(httpx.ReadTimeout("slow")).transport(max_retries=0).request("GET", "/x")


def test_the_server_says_how_long_to_wait():
    server = Server(problem(429, headers={"retry-after": "7"}), done())
    server.transport().request("GET", "/x")
    assert server.waits == [7.0]


def test_who_should_wait_too_long_is_told_instead():
    server = Server(problem(429, "rate_limited", headers={"retry-after": "3600"}))
    with pytest.raises(RateLimitedError) as caught:
        server.transport().request("GET", "/x")
    assert caught.value.retry_after == 3600
    assert server.waits == []


def test_retry_after_may_be_a_date():
    now = datetime(2026, 1, 5, 9, 0, 0, tzinfo=UTC)
    assert retry_after("Mon, 05 Jan 2026 09:00:30 GMT", lambda: now) == 30
    assert retry_after("Mon, 05 Jan 2026 08:00:00 GMT", lambda: now) == 0
    assert [retry_after(value) for value in (None, "soon", "-5", "")] == [None] * 4


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (401, AuthenticationError),
        (402, PermissionDeniedError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (409, ConflictError),
        (410, NotFoundError),
        (412, StaleError),
        (413, BadRequestError),
        (415, BadRequestError),
        (418, APIError),
        (422, ValidationFailed),
        (428, StaleError),
        (429, RateLimitedError),
        (500, ServerError),
        (599, ServerError),
    ],
)
def test_each_status_has_its_error(status, kind):
    with pytest.raises(APIError) as caught:
        Server(problem(status, "some_code")).transport(max_retries=0).request("GET", "/x")
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.code) == (status, "some_code")


def test_an_error_says_where_what_to_do_and_which_request():
    errors = [{"pointer": "/display_name", "code": "required", "message": "Missing."}]
    answer = problem(412, "stale", detail="The contact changed.", errors=errors, request_id="req_9")
    with pytest.raises(StaleError) as caught:
        Server(answer).transport().request("PATCH", "/x", json={})
    text = str(caught.value)
    for part in (
        "The contact changed.",
        "/display_name: Missing.",
        "Read the object again",
        "req_9",
        "412 stale",
    ):
        assert part in text
    assert caught.value.errors[0].code == "required"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, text="<html>bad gateway</html>", headers={"x-request-id": "req_1"}),
        httpx.Response(404, json=["no", "problem"]),
        httpx.Response(302, headers={"location": "https://elsewhere.example"}),
        httpx.Response(200, text="<html>a page</html>"),
    ],
)
def test_an_answer_from_something_else_is_an_api_error(answer):
    with pytest.raises(APIError, match="base_url"):
        Server(answer).transport(max_retries=0).request("GET", "/x")


def minted(token, life=3600):
    return done({"access_token": token, "expires_in": life, "token_type": "Bearer"})


def installation(server, now=lambda: 0.0):
    transport = server.transport(credentials=None)
    token = InstallationToken(
        transport, "ins_1", client_id="a b", client_secret="s:ü", scopes=["tickets:read"], now=now
    )
    return server.transport(credentials=token)


def test_an_installation_mints_by_client_credentials_and_keeps_the_token():
    server = Server(minted("pti_1"), done(), done())
    transport = installation(server)
    for _ in range(2):
        transport.request("GET", "/me")
    mint, *calls = server.requests
    assert mint.url == "https://work.example/oauth/token"
    assert mint.content == b"grant_type=client_credentials&installation_id=ins_1&scope=tickets%3Aread"
    assert base64.b64decode(mint.headers["authorization"].removeprefix("Basic ")) == b"a%20b:s%3A%C3%BC"
    assert [call.headers["authorization"] for call in calls] == ["Bearer pti_1"] * 2


def test_a_token_is_replaced_shortly_before_its_end():
    clock = [0.0]
    server = Server(minted("pti_1"), done(), done(), minted("pti_2"), done())
    transport = installation(server, lambda: clock[0])
    for moment in (0.0, 3539.0, 3540.0):
        clock[0] = moment
        transport.request("GET", "/me")
    used = [request.headers["authorization"] for request in server.requests if request.url.path == "/api/v1/me"]
    assert used == ["Bearer pti_1", "Bearer pti_1", "Bearer pti_2"]


@pytest.mark.parametrize("code", ["token_expired", "token_revoked"])
def test_a_dead_token_is_renewed_once(code):
    server = Server(minted("pti_1"), problem(401, code), minted("pti_2"), done())
    assert installation(server).request("POST", "/tickets", json={}).status == 200
    tries = [request for request in server.requests if request.url.path == "/api/v1/tickets"]
    assert tries[0].headers["idempotency-key"] == tries[1].headers["idempotency-key"]

    server = Server(minted("pti_1"), problem(401, code), minted("pti_2"), problem(401, code))
    with pytest.raises(AuthenticationError):
        installation(server).request("GET", "/me")


@pytest.mark.parametrize("code", ["installation_suspended", "token_invalid"])
def test_other_refusals_of_a_token_are_final(code):
    server = Server(minted("pti_1"), problem(401, code))
    with pytest.raises(AuthenticationError):
        installation(server).request("GET", "/me")


def test_a_refused_mint_says_why():
    server = Server(httpx.Response(400, json={"error": "invalid_grant", "error_description": "No such."}))
    with pytest.raises(BadRequestError, match="installation id") as caught:
        installation(server).request("GET", "/me")
    assert caught.value.code == "invalid_grant"


def test_many_threads_share_one_mint():
    mints, gate = [], threading.Barrier(8)

    def handle(request):
        if request.url.path == "/oauth/token":
            mints.append(request)
            return minted("pti_1")
        return done()

    http = httpx.Client(transport=httpx.MockTransport(handle))
    client = Portico(base_url="https://work.example", http_client=http).installation(
        "ins_1", client_id="a", client_secret="b"
    )

    def call(_):
        gate.wait(10)
        client.me()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(8)))
    assert len(mints) == 1
