"""Photos of people: drawn square, in place of initials, for colleagues alone."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from portico.domains.directory import photos
from portico.domains.files.intake import take_in
from portico.domains.tickets import service as tickets
from portico.kernel import blobs
from portico.kernel.errors import Conflict, Forbidden
from portico.kernel.unit_of_work import unit
from tests.support import pictures
from tests.support.cast import Cast
from tests.support.faces import Browser, Faces, words

PHOTO = re.compile(r'src="(/w/acme/photos/att_\w+/(?:small|large))"')


def send(browser: Browser, content: bytes, name: str = "me.jpg") -> Any:
    return browser.post("/people/me/photo", {"files": (BytesIO(content), name)})


def test_a_photo_stands_where_initials_stood(faces: Faces, cast: Cast) -> None:
    employee, agent = faces("employee"), faces("agent")
    asked = {"subject": "The door", "requester": {"employee_id": cast.employee_id("employee")}, "channel": "portal"}
    with cast.writing():
        made = tickets.create_ticket(
            cast.actor("employee"), {**asked, "comment": {"body": "Help", "visibility": "public"}}
        )
    places = ("/people", f"/people/{cast.employee_id('employee')}", f"/tickets/{made['id']}", "/tickets")
    assert [PHOTO.findall(agent.get(place).text) for place in places] == [[]] * 4
    page = employee.follow(send(employee, pictures.picture(size=(400, 200), rotated=True)))
    assert "That is your photo now." in words(page)
    for place in places:
        assert PHOTO.findall(agent.get(place).text), place
    (address,) = PHOTO.findall(agent.get(places[0]).text)
    answer = agent.get(address)
    small = Image.open(BytesIO(answer.data))
    assert (answer.mimetype, small.size, dict(small.getexif())) == ("image/webp", (96, 96), {})
    assert answer.headers["Cache-Control"] == "private, max-age=86400"
    large = Image.open(BytesIO(agent.get(address.replace("small", "large")).data))
    assert large.size == (256, 256)
    assert faces("outsider").get(address).status_code == 404
    assert faces(None).get(address).status_code == 302
    # Another one takes its place, and nothing of the old is left.
    employee.follow(send(employee, pictures.picture("PNG"), "new.png"))
    assert len(list(blobs.store().places())) == 2
    assert agent.get(address).status_code == 404
    employee.follow(employee.post("/people/me/photo/remove"))
    assert list(blobs.store().places()) == []
    assert PHOTO.findall(agent.get(places[0]).text) == []


def test_what_is_no_picture_is_told_so(faces: Faces) -> None:
    employee = faces("employee")
    for content, name, told in (
        (b"hello", "note.txt", "Choose a picture"),
        (b"", "", "Choose a picture"),
        (pictures.bomb(), "me.png", "The picture cannot be read"),
    ):
        page = send(employee, content, name)
        assert told in words(page)
    assert list(blobs.store().places()) == []


@pytest.mark.both_databases
def test_two_at_once_leave_one_photo(cast: Cast) -> None:
    employee = cast.actor("employee")

    def set_one(colour: int) -> None:
        taken = take_in(cast.acme, "me.jpg", BytesIO(pictures.picture(size=(60 + colour, 40))), square=photos.SIDE)
        try:
            with unit(cast.acme, write=True):
                photos.set_photo(employee, taken)
        except Conflict:
            return

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(set_one, range(3)))
    with cast.reading():
        assert list(photos.photos(cast.actor("agent"))) == [employee.employee_id]
    with pytest.raises(Forbidden), cast.writing():
        photos.remove_photo(cast.system())
