"""Who else has a ticket open: said by their page, shown by name, to those who work on tickets alone."""

from __future__ import annotations

import pytest

from portico.kernel import bell, whispers
from portico.kernel.whispers import Whisper
from tests.portal.records import contact, ticket
from tests.support.faces import words


@pytest.fixture
def heard(monkeypatch):
    """What the bell is given to carry."""
    carried: list[bytes] = []
    monkeypatch.setattr(bell, "_carrier", carried.append)
    return carried


@pytest.fixture
def here(cast):
    return f"/tickets/{ticket(cast, contact(cast)['id'])['id']}/here"


def test_a_page_says_what_its_person_does_there(faces, cast, here, heard):
    assert faces("agent").post(here, {"state": "writing"}).status_code == 204
    said = [whispers.read(payload) for payload in heard if payload != bell.RING]
    assert said == [
        Whisper(
            cast.acme,
            "here",
            resource=("ticket", here.split("/")[2]),
            scope="tickets:read",
            by=cast.employee_id("agent"),
            state="writing",
        )
    ]


def test_names_are_those_of_colleagues_without_oneself(faces, cast, here):
    me, other = cast.employee_id("agent"), cast.employee_id("support_admin")
    page = faces("agent").get(f"{here}?looking={other},{me},nonsense&writing={cast.employee_id('outsider')}")
    assert "is looking at this, too" in words(page)
    assert "are looking" not in words(page)
    assert "writing" not in words(page)


@pytest.mark.parametrize(("name", "state"), [("employee", "looking"), ("agent", "<b>"), ("outsider", "looking")])
def test_nobody_else_says_anything(faces, here, heard, name, state):
    heard.clear()
    assert faces(name, "acme").post(here, {"state": state}).status_code == 404
    assert faces(name, "acme").get(here).status_code == (200 if name == "agent" else 404)
    assert [payload for payload in heard if payload != bell.RING] == []


def test_what_is_no_whisper_is_nothing():
    for payload in (b"", b"[]", b"{}", b'{"kind": 1}', b'{"workspace_id": "w", "kind": "here", "more": 1}', b"\xff"):
        assert whispers.read(payload) is None
