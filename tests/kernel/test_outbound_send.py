"""One request at a time: what goes out, what may come back, and what is refused where the socket opens."""

from __future__ import annotations

import gzip
import logging
import socket
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pycurl
import pytest

from portico.kernel.outbound import Answer, EgressPolicy, Request, send
from portico.kernel.outbound.messages import READ_CAP
from portico.kernel.outbound.policy import BLOCKED
from portico.kernel.outbound.transfer import Transfer
from tests.support.loopback_servers import LoopbackServer, Received, answer

DEMO = EgressPolicy.for_mode("demo")
PRODUCTION = EgressPolicy.for_mode("production")


def get(url: str, **options: float) -> Request:
    return Request("GET", url, **options)  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


class Names:
    """A resolver whose answers are written down; counts its lookups."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.lookups = 0

    def __call__(self, host: str) -> list[str]:
        self.lookups += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


# --- what goes out ---


def test_a_post_arrives_as_it_was_given(server: LoopbackServer) -> None:
    headers = {"Content-Type": "application/json", "webhook-id": "evt_1", "X-Empty": ""}
    got = send(Request("POST", server.url("/a/../b?x=%2e#part"), headers, b'{"a": 1}'), DEMO)
    assert (got.ok, got.status, got.error, got.detail) == (True, 200, None, "")
    (received,) = server.received
    assert received.line == "POST /a/../b?x=%2e HTTP/1.1"
    assert received.body == b'{"a": 1}'
    assert received.headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": "Portico/1",
        "accept": "*/*",
        "content-type": "application/json",
        "content-length": "8",
        "webhook-id": "evt_1",
        "x-empty": "",
    }
    assert got.connect_ms <= got.total_ms
    assert got.started_at.tzinfo is not None


def test_a_large_body_goes_out_without_being_announced(server: LoopbackServer) -> None:
    got = send(Request("PUT", server.url(), {}, b"x" * 2_000_000), DEMO)
    assert got.ok
    assert "expect" not in server.received[0].headers
    assert "content-type" not in server.received[0].headers
    assert len(server.received[0].body) == 2_000_000


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
def test_requests_without_a_body_say_so(server: LoopbackServer, method: str) -> None:
    assert send(Request(method, server.url()), DEMO).ok
    assert server.received[0].line == f"{method} / HTTP/1.1"
    assert "content-length" not in server.received[0].headers


def test_an_empty_post_has_length_zero(server: LoopbackServer) -> None:
    assert send(Request("POST", server.url()), DEMO).ok
    assert server.received[0].headers["content-length"] == "0"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1\r\nX-B: 2"},
        {"X-A": "1\n"},
        {"X-A\r\nX-B": "1"},
        {"X A": "1"},
        {"": "1"},
        {"X-A": "\x00"},
        {"X-A": "ü"},
        {"Host": "internal"},
        {"content-length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"User-Agent": "x"},
        {"Expect": "100-continue"},
    ],
)
def test_headers_that_could_smuggle_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="header"):
        Request("POST", "https://hooks.example.com/", headers)


def test_methods_and_deadlines_are_checked() -> None:
    with pytest.raises(ValueError, match="method"):
        Request("GET / HTTP/1.1\r\nX:", "https://hooks.example.com/")
    for wrong in (0, -1, 31):
        with pytest.raises(ValueError, match="deadline"):
            get("https://hooks.example.com/", deadline_s=wrong)


@pytest.mark.parametrize("name", ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_not_used(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with LoopbackServer() as proxy:
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert send(get(server.url()), DEMO).ok
        assert (proxy.connections, server.connections) == (0, 1)


def test_no_netrc_is_read(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password something\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert send(get(server.url()), DEMO).ok
    assert "authorization" not in server.received[0].headers


# --- what may come back ---


def answered(pieces: Iterable[bytes], **options: float) -> Answer:
    with LoopbackServer(lambda received: pieces) as server:
        return send(get(server.url(), **options), DEMO)


def test_headers_and_body_come_back() -> None:
    raw = b"HTTP/1.1 404 Gone\r\nX-A: 1\r\nx-a:  2 \r\nRetry-After: 5\r\nContent-Length: 3\r\n\r\nabc"
    got = answered([raw])
    assert (got.status, got.ok, got.error, got.body) == (404, False, None, b"abc")
    assert got.headers == {"x-a": "1, 2", "retry-after": "5", "content-length": "3"}


def test_interim_answers_are_passed_over() -> None:
    got = answered([b"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n", *answer("204 No Content", X_Late="1")])
    assert got.status == 204
    assert "x-early" not in got.headers
    assert got.headers["x-late"] == "1"


def test_trailers_do_not_pass_for_headers() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nRetry-After: 99\r\n\r\n"
    got = answered([chunked])
    assert (got.body, "retry-after" in got.headers) == (b"ok", False)


def test_redirects_are_answers_and_not_followed() -> None:
    with (
        LoopbackServer() as inside,
        LoopbackServer(lambda received: answer("302 Found", Location=inside.url("/secret"))) as server,
    ):
        got = send(get(server.url()), DEMO)
        assert (got.status, got.ok, got.error, inside.connections) == (302, False, None, 0)
        assert got.headers["location"] == inside.url("/secret")


def test_nothing_is_decompressed() -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    got = answered(answer(body=bomb, Content_Encoding="gzip"))
    assert got.body == bomb[:READ_CAP]


def test_a_body_of_five_gigabytes_is_cut_at_the_cap_and_still_a_success() -> None:
    def flood() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n"
        for _ in range(5000):
            yield b"x" * 1_000_000

    began = time.monotonic()
    got = answered(flood())
    assert (got.status, got.ok, got.truncated, len(got.body)) == (200, True, True, READ_CAP)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(("length", "truncated"), [(READ_CAP - 1, False), (READ_CAP, False), (READ_CAP + 1, True)])
def test_the_cap_is_exact(length: int, truncated: bool) -> None:
    got = answered(answer(body=b"x" * length))
    assert (got.ok, got.truncated, len(got.body)) == (True, truncated, min(length, READ_CAP))


def test_the_cap_is_the_request_s_own() -> None:
    got = answered(answer(body=b"x" * 100), read_cap=10)
    assert (got.body, got.truncated) == (b"x" * 10, True)


def test_a_dripping_body_ends_at_the_deadline() -> None:
    with LoopbackServer() as server:

        def drip(received: Received) -> Iterator[bytes]:
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
            while not server.stopping.wait(0.02):
                yield b"."

        server.respond = drip
        began = time.monotonic()
        got = send(get(server.url(), deadline_s=0.4), DEMO)
        assert (got.error, got.ok, got.status) == ("timeout", False, 200)
        assert 0.35 < time.monotonic() - began < 2


def test_dripping_headers_end_at_the_deadline() -> None:
    with LoopbackServer() as server:

        def drip(received: Received) -> Iterator[bytes]:
            yield b"HTTP/1.1 200 OK\r\n"
            while not server.stopping.wait(0.02):
                yield b"X-A: 1\r\n"

        server.respond = drip
        assert send(get(server.url(), deadline_s=0.4), DEMO).error == "timeout"


def test_a_server_that_never_answers_is_left_at_the_deadline() -> None:
    with LoopbackServer() as server:
        server.respond = lambda received: iter([b""] if server.stopping.wait(20) else [])
        got = send(get(server.url(), deadline_s=0.3), DEMO)
    assert (got.error, got.status) == ("timeout", None)
    assert got.total_ms >= 290


def test_a_connection_that_is_never_accepted_ends_at_the_connect_deadline() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = []
        for _ in range(4):  # the queue is full after these; a further SYN is dropped
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            fillers.append(filler)
        got = send(get(f"http://127.0.0.1:{port}/", connect_s=0.3), DEMO)
        for filler in fillers:
            filler.close()
    assert (got.error, got.detail) == ("connect", "No connection was opened before the deadline.")
    assert got.total_ms < 2000


def test_a_refused_connection_is_a_fault_of_connecting(server: LoopbackServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    got = send(get(f"http://127.0.0.1:{port}/"), DEMO)
    assert (got.error, got.detail) == ("connect", "No connection could be opened.")


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ([], "connect"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", b""], "connect"),
        ([b"SSH-2.0-OpenSSH_9\r\n\r\n"], "protocol"),
        ([b"<html>no status line</html>"], "protocol"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"], "protocol"),
        ([b"HTTP/1.1 200 OK\r\n", *[b"X-A: " + b"a" * 8000 + b"\r\n"] * 20, b"\r\n"], "too_large"),
        ([b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 400_000 + b"\r\n\r\n"], "too_large"),
        ([b"HTTP/1.1 103 Early\r\nX-A: " + b"a" * 4000 + b"\r\n\r\n"] * 40, "too_large"),
    ],
)
def test_lies_and_floods_have_a_class(raw: list[bytes], error: str) -> None:
    def respond(received: Received) -> Iterator[bytes]:
        yield from raw
        raise ConnectionError  # and hang up

    with LoopbackServer(respond) as server:
        got = send(get(server.url()), DEMO)
    assert (got.error, got.ok) == (error, False)


# --- names ---


def test_localhost_is_found_by_the_system_s_resolver(server: LoopbackServer) -> None:
    assert send(get(server.url(host="localhost")), DEMO).ok
    assert server.received[0].headers["host"] == f"localhost:{server.port}"


def test_a_name_without_addresses_is_a_fault_of_dns() -> None:
    def unknown(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    got = send(get("https://nowhere.test/"), PRODUCTION, unknown)
    assert (got.error, got.detail) == ("dns", "The name did not resolve.")
    assert send(get("https://nowhere.test/"), PRODUCTION, Names([])).error == "dns"


def test_a_resolver_that_hangs_is_left_after_two_seconds(server: LoopbackServer) -> None:
    def hang(host: str) -> list[str]:
        server.stopping.wait(20)
        return []

    got = send(get("https://slow.test/"), PRODUCTION, hang)
    assert got.error == "dns"
    assert 1900 <= got.total_ms < 4000
    assert send(get("https://slow.test/", deadline_s=0.2), PRODUCTION, hang).total_ms < 1000


# --- the guard ---

FORBIDDEN = """
127.0.0.1 10.0.0.1 172.16.0.1 192.168.0.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255 224.0.0.1
192.0.0.9 ::1 :: fd00:ec2::254 fe80::1 ::ffff:127.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 2002:7f00:1::
fec0::1 ff02::1
"""


@pytest.mark.parametrize("address", FORBIDDEN.split())
def test_a_name_that_points_inside_is_blocked(address: str, caplog: pytest.LogCaptureFixture) -> None:
    got = send(get("https://hooks.test/"), PRODUCTION, Names([address]))
    assert (got.error, got.detail, got.status) == ("blocked", BLOCKED, None)
    assert address not in got.detail
    assert address in caplog.text  # the operator reads which, and why


@pytest.mark.parametrize("address", FORBIDDEN.split())
def test_a_literal_that_points_inside_is_blocked(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    assert send(get(f"https://{host}/"), PRODUCTION).detail == BLOCKED


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "017700000001", "127.1", "[::ffff:127.0.0.1]"])
def test_other_spellings_of_loopback_are_blocked_even_in_the_demo(server: LoopbackServer, host: str) -> None:
    got = send(get(server.url(host=host)), DEMO)
    assert (got.error, got.detail, server.connections) == ("blocked", BLOCKED, 0)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1/_x",
        "https://a@localhost/",
        "http://1.1.1.1/",
        "https://1.1.1.1:22/",
    ],
)
def test_other_schemes_ports_and_credentials_are_blocked(url: str) -> None:
    assert send(get(url), PRODUCTION).detail == BLOCKED


def test_localhost_is_blocked_in_production(server: LoopbackServer) -> None:
    assert send(get("https://localhost:8443/"), PRODUCTION).error == "blocked"
    assert send(get(server.url()), PRODUCTION).error == "blocked"
    assert server.connections == 0


@pytest.mark.parametrize("answers", [["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1", "::2"]])
def test_one_bad_address_among_several_refuses_all(server: LoopbackServer, answers: list[str]) -> None:
    assert send(get(server.url(host="app.test")), DEMO, Names(["127.0.0.1"])).ok
    got = send(get(server.url(host="app.test")), DEMO, Names(answers))
    assert (got.error, server.connections) == ("blocked", 1)


def test_a_name_is_resolved_once_so_that_rebinding_finds_nobody(server: LoopbackServer) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    assert send(get(server.url(host="app.test")), DEMO, names).ok
    assert names.lookups == 1
    assert server.received[0].headers["host"] == f"app.test:{server.port}"
    assert send(get(server.url(host="app.test")), DEMO, names).error == "blocked"


def test_the_next_address_is_tried_when_the_first_is_dead(server: LoopbackServer) -> None:
    got = send(get(server.url(host="app.test")), DEMO, Names(["::1", "127.0.0.9", "127.0.0.1"]))
    assert (got.ok, server.connections) == (True, 1)


def run(transfer: Transfer) -> Answer:
    try:
        transfer.curl.perform()
    except pycurl.error as failure:
        return transfer.answer(*failure.args)
    return transfer.answer(0, "")


@pytest.fixture
def transfer() -> Iterator[Transfer]:
    transfer = Transfer(DEMO)
    yield transfer
    transfer.close()


def test_the_socket_hook_refuses_an_address_that_was_not_checked(
    server: LoopbackServer, transfer: Transfer, caplog: pytest.LogCaptureFixture
) -> None:
    transfer.begin(get(server.url(host="app.test")))
    assert transfer.aim(["127.0.0.2"])
    transfer.curl.setopt(pycurl.RESOLVE, [f"+app.test:{server.port}:127.0.0.1"])
    got = run(transfer)
    assert (got.error, got.detail, server.connections) == ("blocked", BLOCKED, 0)
    assert "not among the addresses that were checked" in caplog.text


@pytest.mark.parametrize("address", ["10.0.0.1", "[::ffff:127.0.0.1]", "169.254.169.254"])
def test_the_socket_hook_judges_the_address_that_is_dialled(transfer: Transfer, address: str) -> None:
    transfer.begin(get("http://app.test/", connect_s=1))
    assert transfer.aim(["127.0.0.1"])
    transfer._dialled = (address.strip("[]"),)  # as if the first check had let it through
    transfer.curl.setopt(pycurl.RESOLVE, [f"+app.test:80:{address}"])
    assert run(transfer).error == "blocked"


def test_one_refused_dial_fails_the_transfer_even_when_another_would_connect(
    server: LoopbackServer, transfer: Transfer
) -> None:
    transfer.begin(get(server.url(host="app.test")))
    assert transfer.aim(["127.0.0.1"])
    transfer.curl.setopt(pycurl.RESOLVE, [f"+app.test:{server.port}:10.0.0.1,127.0.0.1"])
    assert run(transfer).error == "blocked"
    assert server.received == []


def test_the_peer_of_a_warm_connection_is_judged_again(server: LoopbackServer, transfer: Transfer) -> None:
    request = get(server.url(host="app.test"))
    transfer.begin(request)
    assert transfer.aim(["127.0.0.1"])
    assert run(transfer).ok
    transfer.begin(request)
    assert transfer.aim(["127.0.0.1"])
    transfer._policy, transfer._dialled = PRODUCTION, ("127.0.0.3",)
    got = run(transfer)
    assert (got.error, server.connections, len(server.received)) == ("blocked", 1, 1)


def test_an_operator_may_open_a_host_by_name(server: LoopbackServer) -> None:
    policy = EgressPolicy.for_mode("production", [f"erp.internal:{server.port}"])
    names = Names(["127.0.0.1"])
    assert send(get(server.url(host="erp.internal")), policy, names).ok
    assert send(get(server.url(host="other.internal")), policy, names).error == "blocked"


def test_what_goes_wrong_leaves_no_socket_behind(server: LoopbackServer) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    for url in (server.url(), server.url(host="127.1"), "https://localhost:8443/"):
        send(get(url), DEMO)
    assert len(list(Path("/dev/fd").iterdir())) <= before + 1  # the server's side of the first may still close


def test_refusals_are_logged_with_their_reason(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        send(get("https://app.test/"), PRODUCTION, Names(["10.1.2.3"]))
    assert "refused https://app.test:443 at 10.1.2.3: private" in caplog.text
