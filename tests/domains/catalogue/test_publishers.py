"""Publishers: their names cannot be mistaken for others', and what they prove is looked at again and again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import dns.message
import dns.rrset
import pytest
from sqlalchemy import select

from portico.domains.catalogue import queries, service
from portico.domains.catalogue.errors import PublisherNameTaken
from portico.domains.catalogue.models import Publisher
from portico.domains.catalogue.service import proving
from portico.kernel import clock, jobs
from portico.kernel.errors import Invalid, Stale
from portico.kernel.events import Event
from portico.kernel.outbound import txt_records
from portico.kernel.text import lookalike_key
from tests.support.apps import manifest, register
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, Received, answer

pytestmark = pytest.mark.both_databases


def change(cast: Cast, name: str = "developer", version: int | None = None, **values: Any) -> dict[str, Any]:
    with cast.writing(cast.workspace_of(name)):
        return service.update_publisher(cast.actor(name), values, version)


def own(cast: Cast) -> dict[str, Any]:
    with cast.reading():
        return queries.own_publisher(cast.actor("developer"))


def name_domain(cast: Cast, domain: str) -> dict[str, Any]:
    with cast.writing():
        return service.name_domain(cast.actor("developer"), domain)


@contextmanager
def site(cast: Cast) -> Iterator[list[list[bytes]]]:
    """A site of the developer's; what it answers can be changed."""
    answers: list[list[bytes]] = [answer("404 Not Found")]

    def respond(received: Received) -> list[bytes]:
        assert received.line.startswith("GET /.well-known/portico-publisher.txt ")
        return answers[0]

    register(cast)
    with LoopbackServer(respond) as server:
        name_domain(cast, f"127.0.0.1:{server.port}")
        yield answers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme", " ACME  "),
        ("Acme Ltd", "acme-ltd"),
        ("Acme", "Асmе"),
        ("PayPal", "PayPaI"),
        ("Modern", "Modem"),
        ("Café", "cafe"),
        ("G00gle", "Google"),
        ("智云", "智云 "),
    ],
)
def test_names_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert lookalike_key(one) == lookalike_key(other) != ""


def test_names_that_differ_keep_apart() -> None:
    assert len({lookalike_key(name) for name in ("Acme", "Acne", "Acme Tools", "智云", "智能")}) == 5


def test_nobody_takes_a_name_that_looks_like_anothers(cast: Cast) -> None:
    register(cast)
    register(cast, manifest("theirs"), owner="outsider")
    change(cast, name="developer", website="https://acme.example")
    with cast.writing():
        service.update_publisher(cast.actor("developer"), {"name": "Acme Tools"}, None)
    with cast.writing(cast.other), pytest.raises(PublisherNameTaken):
        service.update_publisher(cast.actor("outsider"), {"name": "асmе  t00ls"}, None)
    with cast.writing(cast.other), pytest.raises(Invalid):
        service.update_publisher(cast.actor("outsider"), {"name": "***"}, None)


def test_a_first_app_is_not_refused_for_a_name_that_nobody_chose(cast: Cast) -> None:
    register(cast, owner="outsider")
    with cast.writing(cast.other):
        service.update_publisher(cast.actor("outsider"), {"name": "Developer"}, None)
    assert register(cast, manifest("second"))["publisher"]["name"] == "Developer 2"


def test_two_changes_at_once_do_not_write_over_each_other(cast: Cast) -> None:
    register(cast)
    seen = own(cast)["version"]
    change(cast, version=seen, website="https://one.example")
    with pytest.raises(Stale):
        change(cast, version=seen, website="https://two.example")


def test_a_file_on_the_domain_proves_it_and_everybody_sees_what_it_means(cast: Cast) -> None:
    with site(cast) as answers:
        proof = own(cast)["domain"]
        assert (proof["state"], proof["file_url"][:17]) == ("unproved", "http://127.0.0.1:")
        with cast.writing():
            service.ask_for_check(cast.actor("developer"))
        while jobs.drain():
            pass
        assert own(cast)["domain"]["problem"] == "no_file"
        answers[0] = answer(body=f"hello\n {proof['txt_value']} \n".encode())
        assert proving.check_domain(own(cast)["id"]) is None
    found = own(cast)
    assert (found["verification"], found["domain"]["state"]) == ("domain", "proved")
    with cast.reading():
        assert queries.visible_publisher(cast.actor("agent"), found["id"])["verified_domain"] == proof["domain"]
    with cast.reading() as work:
        kinds = list(work.scalars(select(Event.type).where(Event.workspace_id == cast.acme)))
    assert kinds.count("publisher.updated") == 2, "one for the domain that was named, one for the proof"


def test_it_is_looked_at_again_and_lost_after_some_looks(cast: Cast, held_clock: None) -> None:
    with site(cast) as answers:
        answers[0] = answer(body=own(cast)["domain"]["txt_value"].encode())
        proving.check_domain(own(cast)["id"])
        assert proving.look_again() == 0, "its time has not come"
        answers[0] = answer("503 Service Unavailable")
        states = []
        for _ in range(proving.FAILURES_TO_LOSE):
            clock.advance(timedelta(days=1, minutes=1))
            assert proving.look_again() == 1
            while jobs.drain():
                pass
            states.append((own(cast)["domain"]["state"], own(cast)["verification"]))
        assert states == [("failing", "domain")] * 3 + [("unproved", "none")]
        assert proving.look_again() == 0


def test_one_bad_look_loses_nothing(cast: Cast) -> None:
    with site(cast) as answers:
        good = answer(body=own(cast)["domain"]["txt_value"].encode())
        for now in (good, answer("500 Oh"), good):
            answers[0] = now
            proving.check_domain(own(cast)["id"])
        assert (own(cast)["domain"]["state"], own(cast)["domain"]["failures"]) == ("proved", 0)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (answer("302 Found", Location="https://example.com/"), "redirect"),
        (answer(body=b"portico-publisher=somebody-else"), "other_content"),
        ([], "no_answer"),
    ],
)
def test_what_is_wrong_is_named(cast: Cast, said: list[bytes], problem: str) -> None:
    with site(cast) as answers:
        answers[0] = said
        assert proving.check_domain(own(cast)["id"]) == problem
    assert own(cast)["verification"] == "none"


def test_a_name_inside_is_never_called(cast: Cast) -> None:
    assert proving.look("metadata.internal.example", "x", texts=lambda name: ()) in ("no_answer", "blocked")


def test_another_domain_loses_the_proof_and_gets_another_token(cast: Cast) -> None:
    register(cast)
    name_domain(cast, "https://Example.com/")
    first = own(cast)["domain"]
    assert (first["domain"], first["file_url"]) == (
        "example.com",
        "https://example.com/.well-known/portico-publisher.txt",
    )
    assert proving.check_domain(own(cast)["id"], lambda name: ("v=spf1 -all", first["txt_value"])) is None
    assert own(cast)["verified_domain"] == "example.com"
    second = name_domain(cast, "example.org")
    assert (second["verification"], second["verified_domain"]) == ("none", None)
    assert second["domain"]["txt_value"] != first["txt_value"]


@pytest.mark.parametrize(
    "wrong", ["", "example", "10.0.0.1", "ex ample.com", "example.com/path", "a@example.com", "-a.com"]
)
def test_what_is_no_domain_is_refused(cast: Cast, wrong: str) -> None:
    register(cast)
    with pytest.raises(Invalid):
        name_domain(cast, wrong)


def test_a_look_does_not_write_over_a_change_that_came_meanwhile(cast: Cast) -> None:
    register(cast)
    name_domain(cast, "example.com")
    token = own(cast)["domain"]["txt_value"]

    def slow(name: str) -> tuple[str, ...]:
        name_domain(cast, "victim.example")
        return (token,)

    with pytest.raises(Exception, match="changed while"):
        proving.check_domain(own(cast)["id"], slow)
    assert own(cast)["verification"] == "none"


def test_txt_records_are_read_from_a_name_server() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            for _ in range(2):
                data, asker = server.recvfrom(4096)
                query = dns.message.from_wire(data)
                reply = dns.message.make_response(query)
                name = query.question[0].name
                if name.to_text() == "example.com.":
                    texts = ('"v=spf1 -all"', '"portico-publisher=" "abc"')
                    reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *texts))
                server.sendto(reply.to_wire(), asker)

        thread = threading.Thread(target=serve)
        thread.start()
        where = [("127.0.0.1", server.getsockname()[1])]
        assert set(txt_records("example.com", where)) == {"v=spf1 -all", "portico-publisher=abc"}
        assert txt_records("other.example", where) == ()
        thread.join()


def test_the_database_holds_names_apart(cast: Cast) -> None:
    register(cast)
    with cast.reading() as work:
        keys = list(work.scalars(select(Publisher.name_key)))
    assert keys == [lookalike_key("Developer")]
