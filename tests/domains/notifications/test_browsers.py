"""Browsers in which people are told, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from portico.domains.identity import service as identity
from portico.domains.notifications import queries, service
from portico.domains.notifications.queries.browsers import browsers_of, key_of
from portico.kernel import authn, web_push
from portico.kernel.unit_of_work import system_unit
from tests.support.browsers import PushBrowser
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def session_of(cast: Cast, name: str) -> str:
    with system_unit("tests: sign in", write=True):
        token = identity.start_session(cast.users[name], "tests")
    login = authn.door().login(token)
    assert login is not None
    return login.session_id


def subscribe(cast: Cast, name: str, session_id: str, browser: PushBrowser) -> str:
    with cast.writing():
        return service.subscribe(cast.actor(name), session_id, "Firefox/140", browser.fields)


def told_in(cast: Cast, name: str) -> list[str]:
    with cast.reading():
        return [one.browser.endpoint for one in browsers_of(cast.acme, cast.employee_id(name))]


def test_one_browser_from_many_pages_at_once_is_one(cast: Cast) -> None:
    browser, session_id = PushBrowser("https://push.example.net/one"), session_of(cast, "agent")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: subscribe(cast, "agent", session_id, browser), range(8)))
    assert len(made) == 8
    assert told_in(cast, "agent") == [browser.endpoint]


def test_who_comes_after_somebody_takes_the_browser_over(cast: Cast) -> None:
    browser = PushBrowser("https://push.example.net/one")
    for name in ("agent", "admin"):
        subscribe(cast, name, session_of(cast, name), browser)
    assert (told_in(cast, "agent"), told_in(cast, "admin")) == ([], [browser.endpoint])


def test_the_key_of_a_workspace_is_one_for_good_and_nobody_elses(cast: Cast) -> None:
    def key(_: int) -> str:
        with cast.writing():
            return service.push_key(cast.actor("agent"))

    with ThreadPoolExecutor(4) as pool:
        (one,) = set(pool.map(key, range(8)))
    with cast.reading():
        kept = key_of(cast.acme)
        assert kept is not None
        assert web_push.public_of(kept) == one
        assert key_of(cast.other) is None


def test_another_workspace_neither_lists_nor_ends_it(cast: Cast) -> None:
    browser = PushBrowser("https://push.example.net/one")
    made = subscribe(cast, "agent", session_of(cast, "agent"), browser)
    with cast.writing(cast.other):
        assert queries.browsers_of_actor(cast.actor("outsider")) == []
        service.unsubscribe(cast.actor("outsider"), made)
    assert told_in(cast, "agent") == [browser.endpoint]
