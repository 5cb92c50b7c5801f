"""Through the operator's proxy: the guard's law stays ours, and its failures are told apart from the receiver's."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pycurl
import pytest

from portico.kernel.outbound import Answer, EgressPolicy, Many, Request, send
from portico.kernel.outbound.policy import BLOCKED
from portico.kernel.outbound.proxy import Proxy
from portico.kernel.outbound.transfer import Transfer
from portico.settings import Settings, SettingsError
from tests.support.certificates import self_signed, served_with
from tests.support.loopback_servers import LoopbackServer
from tests.support.proxies import LoopbackProxy

PUBLIC, PUBLIC6 = "93.184.215.14", "2606:2800:21f::1"
PROXY_FAILED = "The proxy of this server failed, before anything was sent."


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    """What stands at the public address of hooks.test."""
    pem = self_signed(tmp_path, "hooks.test")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with LoopbackServer(tls=served_with(pem)) as server:
        yield server


@pytest.fixture(params=["http", "socks5"])
def proxy(request: pytest.FixtureRequest, server: LoopbackServer) -> Iterator[LoopbackProxy]:
    with LoopbackProxy(leads_to=server.port, socks=request.param == "socks5") as proxy:
        yield proxy


def policy(proxy_url: str, *allow: str, mode: str = "production") -> EgressPolicy:
    return EgressPolicy.for_mode(mode, allow, proxy_url)


def post(url: str = "https://hooks.test/in", **options: float) -> Request:
    return Request("POST", url, {"Webhook-Signature": "v1,secret"}, b"{}", **options)  # type: ignore[arg-type]


def names(*answers: str) -> object:
    return lambda host: list(answers or (PUBLIC,))


def call(law: EgressPolicy, request: Request | None = None, *answers: str) -> Answer:
    return send(request or post(), law, names(*answers))  # type: ignore[arg-type]


def collect(many: Many) -> list[Answer]:
    answers: list[Answer] = []
    while many.in_flight:
        answers += [got for _, got in many.poll(10)]
    return answers


def test_the_outside_is_reached_through_it_by_a_checked_address(server: LoopbackServer, proxy: LoopbackProxy) -> None:
    got = call(policy(proxy.url("us%40er:pa:ss@")))
    assert (got.ok, got.error, got.headers) == (True, None, {"content-length": "0"})
    (received,) = server.received
    assert (received.headers["host"], received.body) == ("hooks.test", b"{}")
    (heard,) = proxy.heard
    assert f"{PUBLIC}:443" in heard
    assert "hooks.test" not in heard, "it resolves nothing, so it cannot be led elsewhere"
    assert "secret" not in heard, "what is for the receiver is not for the proxy"
    assert proxy.credentials == ["\x01\x05us@er\x05pa:ss"] if proxy.socks else "Basic dXNAZXI6cGE6c3M=" in heard


def test_a_tunnel_is_kept_warm(server: LoopbackServer, proxy: LoopbackProxy) -> None:
    with closing(Many(policy(proxy.url()), names())) as many:  # type: ignore[arg-type]
        for number in range(5):
            many.start(post(), number)
            (got,) = collect(many)
            assert got.ok
    assert (proxy.connections, len(server.received)) == (1, 5)


def test_the_certificate_is_still_the_receivers(server: LoopbackServer, proxy: LoopbackProxy) -> None:
    assert call(policy(proxy.url()), post("https://other.test/")).error == "tls"
    assert server.received == []


@pytest.mark.parametrize("answers", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["::1", PUBLIC]])
def test_what_the_guard_refuses_the_proxy_never_hears(proxy: LoopbackProxy, answers: list[str]) -> None:
    law = policy(proxy.url())
    assert call(law, None, *answers).detail == BLOCKED
    assert call(law, post("https://127.0.0.1/")).detail == BLOCKED
    assert call(law, post("https://erp.internal/")).detail == BLOCKED
    assert call(law, post("http://hooks.test/")).detail == BLOCKED
    assert proxy.connections == 0


def test_an_ipv4_address_is_asked_for_when_there_is_one(server: LoopbackServer, proxy: LoopbackProxy) -> None:
    assert call(policy(proxy.url()), None, PUBLIC6, PUBLIC).ok
    assert call(policy(proxy.url()), None, PUBLIC6).ok
    assert f"{PUBLIC}:443" in proxy.heard[0]
    assert PUBLIC6 in proxy.heard[1]


@pytest.mark.parametrize("allow", ["127.0.0.0/8", "erp.internal"])
def test_what_the_list_opens_stands_inside_and_is_called_directly(proxy: LoopbackProxy, allow: str) -> None:
    with LoopbackServer() as inside:
        assert call(policy(proxy.url(), allow), post(inside.url(host="erp.internal")), "127.0.0.1").ok
        assert inside.connections == 1
    assert proxy.connections == 0


def test_one_handle_goes_both_ways(server: LoopbackServer, proxy: LoopbackProxy) -> None:
    places = {"hooks.test": [PUBLIC], "erp.internal": ["127.0.0.1"]}
    with (
        LoopbackServer() as inside,
        closing(Many(policy(proxy.url(), "erp.internal"), lambda host: places[host])) as many,
    ):
        for _ in range(3):
            for url in ("https://hooks.test/", inside.url(host="erp.internal")):
                many.start(post(url), url)
                assert collect(many)[0].ok
        assert len(inside.received) == len(server.received) == 3
    assert len(proxy.heard) == 1


def test_a_proxy_is_found_by_its_name(server: LoopbackServer, proxy: LoopbackProxy) -> None:
    places = {"hooks.test": [PUBLIC], "proxy.internal": ["127.0.0.1"]}
    law = policy(proxy.url().replace("127.0.0.1", "proxy.internal"))
    assert send(post(), law, lambda host: places[host]).ok
    with closing(Many(law, lambda host: places[host])) as many:
        for number in range(3):
            many.start(post(), number)
        assert [got.ok for got in collect(many)] == [True] * 3


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_the_environment_does_not_lead_around_it(
    server: LoopbackServer, proxy: LoopbackProxy, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "*")
    assert call(policy(proxy.url())).ok
    assert proxy.connections == 1


def test_the_socket_hook_opens_none_but_to_the_proxy(server: LoopbackServer, proxy: LoopbackProxy) -> None:
    with closing(Transfer(policy(proxy.url().replace("127.0.0.1", "proxy.internal")))) as transfer:
        transfer.begin(post())
        assert transfer.aim([PUBLIC])
        transfer.go_through(["127.0.0.9"])
        transfer.curl.setopt(pycurl.RESOLVE, [f"+proxy.internal:{proxy.port}:127.0.0.1"])
        with pytest.raises(pycurl.error) as failure:
            transfer.curl.perform()
        assert transfer.answer(*failure.value.args).error == "blocked"
    assert proxy.connections == 0


# --- whose failure it is ---


def both_ways(law: EgressPolicy, request: Request | None = None) -> Answer:
    """By `send` and by `Many`, which must agree."""
    alone = call(law, request)
    with closing(Many(law, names())) as many:  # type: ignore[arg-type]
        many.start(request or post(), "it")
        (together,) = collect(many)
    assert (alone.error, alone.detail, alone.status, alone.headers) == (together.error, together.detail, None, {})
    return alone


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((code, "connect") for code in (502, 503, 504)),
        *((code, "proxy_error") for code in (301, 400, 403, 405, 407, 429, 500)),
    ],
)
def test_what_an_http_proxy_answers_to_connect(status: int, error: str) -> None:
    said = f"HTTP/1.1 {status} Said\r\nRetry-After: 9\r\nContent-Length: 2\r\n\r\nno".encode()
    with LoopbackProxy(says=said) as proxy:
        got = both_ways(policy(proxy.url()))
    assert (got.error, got.detail == PROXY_FAILED, got.body) == (error, error == "proxy_error", b"")


@pytest.mark.parametrize(
    ("reply", "error"),
    [*((code, "proxy_error") for code in (1, 2, 7, 8, 99)), *((code, "connect") for code in (3, 4, 5, 6))],
)
def test_what_a_socks_proxy_replies(reply: int, error: str) -> None:
    with LoopbackProxy(socks=True, says=bytes([reply])) as proxy:
        assert both_ways(policy(proxy.url())).error == error


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9\r\n\r\n", b"HTT"])
def test_a_proxy_that_hangs_up_or_talks_nonsense(said: bytes) -> None:
    with LoopbackProxy(says=said) as proxy:
        assert both_ways(policy(proxy.url())).error == "proxy_error"


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_is_down(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    got = both_ways(policy(f"{scheme}://127.0.0.1:{port}"))
    assert (got.error, got.detail) == ("proxy_error", PROXY_FAILED)


def test_a_proxy_whose_name_is_not_found() -> None:
    def lookup(host: str) -> list[str]:
        return [PUBLIC] if host == "hooks.test" else []

    law = policy("http://proxy.internal:3128")
    assert send(post(), law, lookup).error == "proxy_error"
    with closing(Many(law, lookup)) as many:
        many.start(post(), "it")
        assert [got.error for got in collect(many)] == ["proxy_error"]


@pytest.mark.parametrize("socks", [False, True])
def test_a_tunnel_that_is_not_opened_in_time_is_the_receivers_silence(socks: bool) -> None:
    with LoopbackProxy(socks=socks, silent=True) as proxy:
        got = both_ways(policy(proxy.url()), post(connect_s=0.2))
    assert (got.error, got.detail) == ("connect", "No connection was opened before the deadline.")
    assert got.total_ms < 2000


def test_a_receiver_that_breaks_off_behind_the_tunnel_is_itself_at_fault(
    server: LoopbackServer, proxy: LoopbackProxy
) -> None:
    server.respond = lambda received: []
    assert call(policy(proxy.url())).error == "connect"
    server.respond = lambda received: iter([b""] if server.stopping.wait(20) else [])
    assert call(policy(proxy.url()), post(deadline_s=0.5)).error == "timeout"


# --- the setting ---


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("http://proxy.internal:3128", Proxy("http", "proxy.internal", 3128)),
        ("http://10.0.0.1:3128/", Proxy("http", "10.0.0.1", 3128)),
        ("socks5://u:p%3A@[fd00::1]:1080", Proxy("socks5", "fd00::1", 1080, "u", "p:")),
    ],
)
def test_the_setting_is_read(text: str, proxy: Proxy) -> None:
    assert Proxy.parse(text) == proxy


@pytest.mark.parametrize(
    "text",
    [
        *("proxy:3128", "https://proxy:3128", "socks5h://proxy:1080", "http://proxy", "http://:1", "http://proxy:0"),
        *("http://proxy:99999", "http://proxy:1/x", "http://proxy:1?x", "http://[::1", "http://pro xy:1"),
    ],
)
def test_one_that_cannot_be_used_stops_the_start_and_is_not_repeated(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PORTICO_EGRESS_PROXY") as refusal:
        EgressPolicy.of(Settings(home=tmp_path, egress_proxy=text.replace("://", "://me:swordfish@")))
    assert "swordfish" not in str(refusal.value)


def test_its_password_is_not_shown(tmp_path: Path) -> None:
    here = Settings(home=tmp_path, egress_proxy="http://me:swordfish@proxy:3128")
    assert "swordfish" not in repr(here) + repr(EgressPolicy.of(here))
