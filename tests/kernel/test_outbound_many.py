"""Many requests in flight: warm connections, deadlines that hurt nobody else, and the bell."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from portico.kernel.outbound import Answer, EgressPolicy, Many, Request
from portico.kernel.outbound.policy import BLOCKED
from portico.kernel.outbound.resolver import THREADS, Resolver
from tests.support.loopback_servers import LoopbackServer, Received, answer

DEMO = EgressPolicy.for_mode("demo")


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


@pytest.fixture
def many() -> Iterator[Many]:
    with closing(Many(DEMO, lambda host: ["127.0.0.1"])) as many:
        yield many


def post(url: str, body: bytes = b"{}", deadline_s: float = 15) -> Request:
    return Request("POST", url, {"Content-Type": "application/json"}, body, deadline_s)


def collect(many: Many) -> dict[object, Answer]:
    """Poll until nothing is in flight."""
    answers: dict[object, Answer] = {}
    until = time.monotonic() + 30
    while many.in_flight and time.monotonic() < until:
        answers.update(many.poll(5))
    assert many.in_flight == 0
    return answers


def test_each_answer_comes_back_with_its_token(many: Many) -> None:
    with LoopbackServer(lambda received: answer(body=received.body)) as server:
        for number in range(200):
            many.start(post(server.url(), str(number).encode()), number)
        assert many.in_flight == 200
        answers = collect(many)
    assert {token: got.body for token, got in answers.items()} == {n: str(n).encode() for n in range(200)}


def test_a_hundred_are_in_flight_at_once(many: Many) -> None:
    all_here = threading.Barrier(100)

    def respond(received: Received) -> list[bytes]:
        all_here.wait(20)  # nobody is answered before everybody has come
        return answer()

    with LoopbackServer(respond) as server:
        for number in range(100):
            many.start(post(server.url()), number)
        assert all(got.ok for got in collect(many).values())
        assert server.connections == 100


def test_a_warm_connection_is_used_again(many: Many, server: LoopbackServer) -> None:
    for number in range(50):
        many.start(post(server.url(host="app.test")), number)
        (got,) = collect(many).values()
        assert got.ok
    assert (server.connections, len(server.received)) == (1, 50)
    assert got.connect_ms == got.dns_ms == 0


def test_a_warm_connection_that_the_server_closed_is_replaced(many: Many, server: LoopbackServer) -> None:
    for number in range(3):
        many.start(post(server.url()), number)
        assert collect(many)[number].ok
        server.drop_connections()
    assert server.connections == 3


def test_methods_and_bodies_do_not_leak_into_the_next_request(many: Many, server: LoopbackServer) -> None:
    shapes = [
        ("POST", b"one"),
        ("GET", b""),
        ("DELETE", b"two"),
        ("DELETE", b""),
        ("HEAD", b""),
        ("PUT", b""),
    ]
    for method, body in [*shapes, *reversed(shapes)]:
        many.start(Request(method, server.url(), {f"X-{method}": "1"}, body), method)
        assert collect(many)[method].ok
    assert [(r.line.split()[0], r.body) for r in server.received] == [*shapes, *reversed(shapes)]
    for received in server.received:
        assert [name for name in received.headers if name.startswith("x-")] == [f"x-{received.line.split()[0].lower()}"]


def test_no_cookie_and_no_answer_leaks_into_the_next_request(many: Many) -> None:
    answers = [answer("500 No", b"wrong", Set_Cookie="a=1; Path=/", X_One="1"), answer("204 No Content")]
    with LoopbackServer(lambda received: answers.pop(0)) as server:
        many.start(post(server.url()), 1)
        assert collect(many)[1].body == b"wrong"
        many.start(post(server.url()), 2)
        got = collect(many)[2]
    assert (got.status, got.body, "x-one" in got.headers) == (204, b"", False)
    assert "cookie" not in server.received[1].headers


def test_a_cut_or_broken_answer_does_not_harm_the_next(many: Many) -> None:
    long = answer(body=b"x" * 1_000_000)
    answers = [long, [b"nonsense\r\n\r\n"], [], answer(body=b"fine")]
    with LoopbackServer(lambda received: answers.pop(0)) as server:
        many.start(post(server.url()), "long")
        got = collect(many)["long"]
        assert (got.ok, got.truncated) == (True, True)
        many.start(post(server.url()), "nonsense")
        assert collect(many)["nonsense"].error == "protocol"
        many.start(post(server.url()), "nothing")
        assert collect(many)["nothing"].error == "connect"
        many.start(post(server.url()), "fine")
        assert collect(many)["fine"].body == b"fine"


def test_a_hanging_endpoint_holds_up_nobody(many: Many, server: LoopbackServer) -> None:
    with LoopbackServer() as hanging:
        hanging.respond = lambda received: iter([b""] if hanging.stopping.wait(20) else [])
        for number in range(50):
            many.start(post(hanging.url(), deadline_s=1), ("hanging", number))
        for number in range(50):
            many.start(post(server.url()), ("healthy", number))
        answers = collect(many)
    assert all(answers["healthy", n].ok and answers["healthy", n].total_ms < 900 for n in range(50))
    assert all(answers["hanging", n].error == "timeout" for n in range(50))


def test_refusals_come_out_of_poll(many: Many, server: LoopbackServer) -> None:
    urls = ["https://127.0.0.1/", "file:///etc/passwd", server.url(host="127.1"), "http://10.0.0.1/"]
    for url in urls:
        many.start(post(url), url)
    answers = collect(many)
    assert {got.detail for got in answers.values()} == {BLOCKED}
    assert set(answers) == set(urls)
    assert server.connections == 0


# --- names ---


def test_a_name_is_looked_up_once_for_all_who_wait_and_remembered(server: LoopbackServer) -> None:
    lookups: list[str] = []

    def lookup(host: str) -> list[str]:
        lookups.append(host)
        return ["127.0.0.1"]

    with closing(Many(DEMO, lookup)) as many:
        for number in range(20):
            many.start(post(server.url(host="app.test")), number)
        assert all(got.ok for got in collect(many).values())
        many.start(post(server.url(host="APP.test")), "later")
        assert collect(many)["later"].dns_ms == 0
    assert lookups == ["app.test"]


def test_a_failed_lookup_is_remembered_for_a_while() -> None:
    lookups: list[str] = []

    def lookup(host: str) -> list[str]:
        lookups.append(host)
        raise OSError("no such name")

    with closing(Many(DEMO, lookup)) as many:
        for number in range(3):
            many.start(post("https://nowhere.test/"), number)
            assert collect(many)[number].error == "dns"
    assert lookups == ["nowhere.test"]


def test_a_slow_name_server_holds_up_nobody(server: LoopbackServer) -> None:
    def lookup(host: str) -> list[str]:
        if host == "slow.test":
            server.stopping.wait(20)
        return ["127.0.0.1"]

    with closing(Many(DEMO, lookup)) as many:
        for number in range(40):
            many.start(post(server.url(host="slow.test"), deadline_s=0.5), ("slow", number))
        many.start(post(server.url(host="fast.test")), "fast")
        answers = collect(many)
    assert answers["fast"].ok
    assert answers["fast"].total_ms < 450
    assert all(answers["slow", n].error == "dns" and answers["slow", n].total_ms < 2000 for n in range(40))


def test_names_that_hang_leave_room_for_those_that_answered_before() -> None:
    over = threading.Event()
    told: queue.SimpleQueue[str] = queue.SimpleQueue()

    def lookup(host: str) -> list[str]:
        if host.startswith("hang"):
            over.wait(20)
        return ["127.0.0.1"]

    resolver = Resolver(lambda host, addresses: told.put(host), lookup)
    resolver.ask("well.test")
    assert told.get(timeout=10) == "well.test"
    for number in range(2 * THREADS):
        resolver.ask(f"hang{number}.test")
    resolver.ask("well.test")
    assert told.get(timeout=10) == "well.test"
    over.set()
    assert {told.get(timeout=10) for _ in range(2 * THREADS)} == {f"hang{number}.test" for number in range(2 * THREADS)}


@pytest.mark.parametrize("addresses", [["127.0.0.1", "192.168.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]])
def test_names_that_point_inside_are_blocked(server: LoopbackServer, addresses: list[str]) -> None:
    with closing(Many(DEMO, lambda host: addresses)) as many:
        for number in range(2):  # the second from memory
            many.start(post(server.url(host="app.test")), number)
            assert collect(many)[number].error == "blocked"
    assert server.connections == 0


# --- the loop ---


def test_poll_waits_no_longer_than_asked(many: Many) -> None:
    began = time.monotonic()
    assert many.poll(0) == []
    assert many.poll(0.1) == []
    assert 0.09 < time.monotonic() - began < 2


def test_wake_ends_a_poll_from_another_thread(many: Many) -> None:
    began = time.monotonic()
    bell = threading.Timer(0.1, many.wake)
    bell.start()
    assert many.poll(30) == []
    assert time.monotonic() - began < 10
    bell.join()


def test_a_ring_before_the_poll_is_not_lost_and_many_rings_are_one(many: Many) -> None:
    for _ in range(10_000):
        many.wake()
    began = time.monotonic()
    assert many.poll(30) == []
    assert time.monotonic() - began < 10
    assert many.poll(0.05) == []


def test_close_drops_what_is_in_flight(server: LoopbackServer) -> None:
    def lookup(host: str) -> list[str]:
        if host == "slow.test":
            server.stopping.wait(20)
        return ["127.0.0.1"]

    server.respond = lambda received: iter([b""] if server.stopping.wait(20) else [])
    many = Many(DEMO, lookup)
    for number, host in enumerate(["127.0.0.1", "app.test", "slow.test"]):
        many.start(post(server.url(host=host)), number)
    many.poll(0.1)
    many.close()
    assert many.in_flight == 0
    many.wake()  # a late ring finds nobody, and that is no error
