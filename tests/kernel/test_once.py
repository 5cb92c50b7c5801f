"""What a page asks in several places is found once; who writes sees what was written."""

from __future__ import annotations

from portico.domains.directory import service as directory
from portico.domains.directory.memberships import memberships
from portico.kernel.unit_of_work import once
from tests.support.cast import Cast
from tests.support.statements import watched


def test_a_reading_unit_asks_once_and_the_next_one_anew(cast: Cast) -> None:
    found: list[int] = []

    def find() -> int:
        found.append(1)
        return len(found)

    with cast.reading():
        assert [once("key", find), once("key", find), once("another", find)] == [1, 1, 2]
    with cast.reading():
        assert once("key", find) == 3


def test_memberships_are_read_once_by_a_page_and_are_what_was_just_written(cast: Cast) -> None:
    me = cast.employee_id("employee")
    with cast.reading(), watched() as asked:
        memberships(cast.acme, me)
        first = len(asked)
        memberships(cast.acme, me)
        assert len(asked) == first
    with cast.writing():
        before = memberships(cast.acme, me).inside
        group = directory.create_group(cast.system(), name="New ones")
        directory.change_members(cast.system(), group["id"], add=[me])
        assert memberships(cast.acme, me).inside == before | {group["id"]}
