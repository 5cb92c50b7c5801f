"""A server on loopback that nobody may reach: however a tenant writes its address, no connection comes.

The port is opened for these tests, so that only the address can be what refuses. Each form is tried in three places:
written into the URL, answered by a resolver, and handed to libcurl behind the back of the first two checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pycurl
import pytest

from portico.domains.catalogue.service import proving
from portico.domains.oauth import documents
from portico.kernel.outbound import Answer, EgressPolicy, Many, Request, policy, resolver, send
from portico.kernel.outbound.policy import BLOCKED
from portico.kernel.outbound.transfer import Transfer
from portico.settings import Settings
from tests.support.loopback_servers import LoopbackServer

PRODUCTION = EgressPolicy.for_mode("production")
PUBLIC = "93.184.215.14"


def words(text: str) -> list[str]:
    return text.split()


ADDRESSES = words("""
127.0.0.1 127.0.0.2 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 169.254.169.254 172.16.0.1 192.168.0.1
192.0.0.8 192.0.0.9 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:0:0 ::ffff:0:7f00:1 64:ff9b::7f00:1 64:ff9b:1::1
64:ff9b:1::7f00:1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1
ff02::1 ff0e::1
""")
"""Those that `is_global` takes for public, those that lead to loopback on some system, and one of each kind."""

SPELLINGS = words("""
2130706433 0x7f000001 017700000001 127.1 127.0.1 0x7f.1 0177.0.0.1 0x7f.0x0.0x0.0x1 127.0.0.01 127.0.0.1. localhost
LOCALHOST localhost. app.localhost localhost.localdomain metadata.google.internal 127.0.0.1%00 １２７.0.0.1 127。0。0。1
①②⑦.⓪.⓪.① [::1%25lo] [::1%251] [fe80::1%25eth0] [0:0:0:0:0:ffff:127.0.0.1] [::FFFF:127.0.0.1] [0000::0001]
hooks.test@127.0.0.1 127.0.0.1#@hooks.test 127.0.0.1\\@hooks.test
""")
"""Of loopback, by those who read addresses more kindly than we do."""


@pytest.fixture
def canary(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    """On one port of both loopback addresses."""
    with LoopbackServer() as server, LoopbackServer(host="::1", port=server.port) as other:
        monkeypatch.setattr(policy, "PORTS", (server.port,))
        yield server
        assert server.connections == other.connections == 0


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        monkeypatch.setattr(policy, "PORTS", (server.port,))
        yield server


def at(host: str, port: int, scheme: str = "https") -> Request:
    return Request("GET", f"{scheme}://{host}:{port}/", connect_s=1, deadline_s=2)


def literal(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def is_quiet(got: Answer) -> bool:
    """The same words for every form, and no time that tells how near it was."""
    return (got.error, got.detail, got.status, got.headers, got.body) == ("blocked", BLOCKED, None, {}, b"") and (
        got.dns_ms == got.connect_ms == got.total_ms == 0
    )


def never(host: str) -> list[str]:
    raise AssertionError(f"{host} was looked up")


def answered(many: Many, request: Request) -> Answer:
    many.start(request, "it")
    while many.in_flight:
        for _, got in many.poll(5):
            return got
    raise AssertionError("no answer came")


def in_many(request: Request, *answers: str) -> Answer:
    with closing(Many(PRODUCTION, lambda host: list(answers))) as many:
        return answered(many, request)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_form_of_address_in_a_url_reaches_it(canary: LoopbackServer, address: str) -> None:
    assert is_quiet(send(at(literal(address), canary.port), PRODUCTION, never))
    assert is_quiet(in_many(at(literal(address), canary.port)))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_other_spelling_reaches_it(canary: LoopbackServer, spelling: str) -> None:
    assert is_quiet(send(at(spelling, canary.port), PRODUCTION, never))


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_answer_of_a_resolver_leads_to_it(canary: LoopbackServer, address: str) -> None:
    assert is_quiet(send(at("hooks.test", canary.port), PRODUCTION, lambda host: [address]))
    assert is_quiet(in_many(at("hooks.test", canary.port), address))


@pytest.mark.parametrize("answers", [[PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], [PUBLIC, "::1", PUBLIC]])
def test_one_bad_answer_among_good_ones_refuses_all(canary: LoopbackServer, answers: list[str]) -> None:
    assert is_quiet(send(at("hooks.test", canary.port), PRODUCTION, lambda host: answers))
    assert is_quiet(in_many(at("hooks.test", canary.port), *answers))


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_socket_itself_is_refused_to_libcurl(canary: LoopbackServer, address: str) -> None:
    """What passed the check of the name, and leads elsewhere when it is dialled."""
    with closing(Transfer(PRODUCTION)) as transfer:
        transfer.begin(at("hooks.test", canary.port))
        assert transfer.aim([PUBLIC])
        transfer.curl.setopt(pycurl.RESOLVE, [f"+hooks.test:{canary.port}:{literal(address)}"])
        with pytest.raises(pycurl.error) as failure:
            transfer.curl.perform()
        assert is_quiet(transfer.answer(*failure.value.args))


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f.1", "017700000001", "127.1", "localhost", "127.0.0.1."])
def test_the_socket_is_refused_however_libcurl_reads_the_url(canary: LoopbackServer, spelling: str) -> None:
    with closing(Transfer(PRODUCTION)) as transfer:
        transfer.begin(at("hooks.test", canary.port))
        assert transfer.aim([PUBLIC])
        transfer.curl.setopt(pycurl.URL, f"https://{spelling}:{canary.port}/")
        with pytest.raises(pycurl.error) as failure:
            transfer.curl.perform()
        assert is_quiet(transfer.answer(*failure.value.args))


@pytest.mark.parametrize("host", ["erp", "erp.internal", "erp.corp", "printer.local", "nas.home.arpa", "app.localhost"])
def test_a_name_of_the_inside_is_not_even_looked_up(canary: LoopbackServer, host: str) -> None:
    """Or the answer would tell whether there is such a name."""
    assert is_quiet(send(at(host, canary.port), PRODUCTION, never))
    assert is_quiet(send(at("hooks.test", 22), PRODUCTION, never)), "nor one whose port is closed anyhow"


def test_a_name_that_moves_inside_after_the_check_finds_nobody(reached: LoopbackServer) -> None:
    """Rebinding: the answer is taken once, and what is dialled is what was checked."""
    answers = [["127.0.0.2"], ["127.0.0.1"]]
    open_to_one = EgressPolicy(("127.0.0.2",))
    with LoopbackServer(host="127.0.0.2", port=reached.port) as first:
        request = at("hooks.test", reached.port, "http")
        assert send(request, open_to_one, lambda host: answers.pop(0)).ok
        assert (first.connections, len(answers)) == (1, 1), "looked up once"
        assert is_quiet(send(request, open_to_one, lambda host: answers.pop(0)))
        assert first.connections == 1
    assert reached.connections == 0


def test_a_name_that_moves_inside_does_not_keep_its_warm_connection(
    reached: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "KEPT_S", 0.0)
    answers = [["127.0.0.2"], ["127.0.0.1"], ["127.0.0.2"]]
    with (
        LoopbackServer(host="127.0.0.2", port=reached.port) as first,
        closing(Many(EgressPolicy(("127.0.0.2",)), lambda host: answers.pop(0))) as many,
    ):
        found = [answered(many, at("hooks.test", reached.port, "http")).error for _ in range(3)]
        assert found == [None, "blocked", None]
        assert (first.connections, len(first.received)) == (1, 2)
    assert reached.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "hooks.test"])
@pytest.mark.parametrize("allowed", ["networks", "host"])
def test_what_the_operator_opens_is_reached(monkeypatch: pytest.MonkeyPatch, host: str, allowed: str) -> None:
    inside = "::1" if host == "[::1]" else "127.0.0.1"
    with LoopbackServer(host=inside) as server:
        entries = ("127.0.0.0/8", "::1") if allowed == "networks" else (f"{host}:{server.port}",)
        request = at(host, server.port, "http")
        assert is_quiet(send(request, PRODUCTION, lambda name: [inside]))
        assert server.connections == 0
        assert send(request, EgressPolicy(entries), lambda name: [inside]).ok
        assert server.connections == 1


def test_whoever_else_calls_for_a_tenant_is_held_too(
    reached: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proofs of domains and documents of clients; the pump has its own test. No database is needed to be refused."""
    monkeypatch.setattr("portico.settings._current", Settings(home=tmp_path))
    assert proving.look(f"127.0.0.1:{reached.port}", "x", texts=lambda name: ()) == "blocked"
    assert documents._fetch(f"https://127.0.0.1:{reached.port}/client") is None
    assert reached.connections == 0
