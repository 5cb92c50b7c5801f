"""Who asks too much is told so, and when to come back; batches pay for their items."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from portico.app import create_app
from portico.kernel.ids import new_id
from portico.settings import Settings
from tests.support import apps, grants
from tests.support.cast import make_cast
from tests.support.http import Api, ApiClient


@pytest.fixture
def narrow(settings: Settings, database_url: str) -> Api:
    """Six reads and three writes a minute for a person."""
    return Api(create_app(replace(settings, limits_factor=0.01)), make_cast())


def test_who_asks_too_much_is_told_when_to_come_back(narrow: Api) -> None:
    answers = [narrow("agent").get("/contacts") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert answers[0].headers["RateLimit-Policy"] == '"read";q=6;w=60'
    assert [answer.headers["RateLimit"].split(";")[1] for answer in answers] == [
        f"r={n}" for n in (5, 4, 3, 2, 1, 0, 0)
    ]
    assert answers[-1].json["code"] == "rate_limited"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert narrow("admin").get("/contacts").status_code == 200, "another caller has limits of their own"
    made = narrow("agent").post("/contacts", json={"display_name": "Zoe"})
    assert made.status_code == 201, "writes are counted apart"
    assert made.headers["RateLimit-Policy"] == '"write";q=3;w=60'


def test_refused_calls_count_too(narrow: Api) -> None:
    path = f"/contacts/{new_id('con')}"
    assert [narrow("agent").get(path).status_code for _ in range(7)] == [404] * 6 + [429]


def test_a_batch_costs_one_and_a_tenth_per_item(narrow: Api) -> None:
    items = [{"display_name": f"Contact {n}"} for n in range(10)]
    first = narrow("agent").post("/contacts/batch", json={"items": items})
    assert (first.status_code, first.headers["RateLimit"].split(";")[1]) == (200, "r=1")
    second = narrow("agent").post("/contacts/batch", json={"items": items})
    assert (second.status_code, second.json["code"]) == (429, "rate_limited")
    assert narrow("agent").get("/contacts?count=exact").json["page"]["total"] == 10


def test_every_answer_to_a_known_caller_tells_the_limits(narrow: Api) -> None:
    path = f"/contacts/{new_id('con')}"
    for answer in (
        narrow("agent").get("/contacts"),
        narrow("agent").get(path),
        narrow("employee").get("/contacts"),
        narrow("agent").get("/contacts?limit=0"),
        narrow("agent").post("/contacts", json={"x": 1}),
    ):
        assert re.fullmatch(r'"(read|write)";r=[0-9]+;t=[0-9]+', answer.headers["RateLimit"]), answer.status_code
        assert answer.headers["RateLimit-Policy"]


def test_nobody_is_nobody_to_count(narrow: Api) -> None:
    answers = [narrow(None).get("/contacts") for _ in range(8)]
    assert {answer.status_code for answer in answers} == {401}


class Helper:
    """An app with tokens of its own, and in the names of people. By itself it may three times what a person may."""

    def __init__(self, api: Api, key: str) -> None:
        self.api = api
        access = [{"name": name, "reason": "for the test"} for name in SCOPES]
        content = apps.manifest(
            key,
            access={"scopes": access, "user_scopes": access},
            oauth={"client_type": "confidential", "redirect_uris": [grants.CALLBACK]},
        )
        app = apps.register(api.cast, content)
        self.client = grants.Client(api.cast, app, apps.install(api.cast, key))
        self.itself = api.bearer(apps.mint(app, self.client.installation))

    def for_(self, person: str) -> ApiClient:
        return self.api.bearer(self.client.tokens(person, SCOPES).access_token)

    def token_request(self) -> TestResponse:
        return apps.post_form(
            self.api.app,
            "/oauth/token",
            apps.basic(self.client.client_id, self.client.app["client_secret"]),
            grant_type="client_credentials",
            installation_id=self.client.installation["id"],
        )


SCOPES = ("contacts:read", "contacts:write")
PEOPLE = ("agent", "support_admin", "admin", "owner")


def _make(client: ApiClient) -> TestResponse:
    return client.post("/contacts", json={"display_name": "Zoe"})


@pytest.mark.parametrize(
    ("call", "own", "together", "kind"),
    [
        (lambda client: client.get("/contacts"), 6, 18, "read"),
        (_make, 3, 9, "write"),
        (lambda client: client.get("/contacts?q=zoe"), 1, 3, "search"),
    ],
    ids=["read", "write", "search"],
)
def test_an_app_that_floods_in_many_names_stands_only_in_its_own_way(
    narrow: Api, call: Callable[[ApiClient], TestResponse], own: int, together: int, kind: str
) -> None:
    flooder, other = Helper(narrow, "flooder"), Helper(narrow, "other")
    for person in PEOPLE[:3]:
        for_person = flooder.for_(person)
        assert all(call(for_person).status_code < 300 for _ in range(own)), person
        refused = call(for_person)
        assert (refused.status_code, refused.json["code"]) == (429, "rate_limited"), "one person's share is spent"
        assert refused.headers["RateLimit-Policy"] == f'"{kind}";q={own};w=60'
    for client in (flooder.itself, flooder.for_(PEOPLE[3])):
        refused = call(client)
        assert (refused.status_code, refused.json["code"]) == (429, "rate_limited"), "and so is what the app has"
        assert refused.headers["RateLimit-Policy"] == f'"{kind}";q={together};w=60'
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
    for client in (other.itself, *(other.for_(person) for person in PEOPLE[:2]), narrow(PEOPLE[0])):
        assert call(client).status_code < 300, "another app, and the same people without an app, are served"


def test_what_an_app_spends_itself_is_gone_for_the_people_it_calls_for(narrow: Api) -> None:
    flooder = Helper(narrow, "flooder")
    assert [flooder.itself.get("/contacts").status_code for _ in range(19)] == [200] * 18 + [429]
    assert flooder.for_("agent").get("/contacts").status_code == 429
    assert _make(flooder.for_("agent")).status_code == 201, "writes are counted apart"


def test_who_am_i_tells_what_one_may_ask_in_a_minute(narrow: Api) -> None:
    helper = Helper(narrow, "helper")
    for client, times in ((narrow("agent"), 1), (helper.for_("agent"), 1), (helper.itself, 3)):
        assert client.get("/me").json["limits"] == {
            "reads_per_minute": 6 * times,
            "writes_per_minute": 3 * times,
            "searches_per_minute": times,
        }


def test_asking_for_tokens_is_counted_for_each_app(narrow: Api) -> None:
    flooder, other = Helper(narrow, "flooder"), Helper(narrow, "other")
    answers = [flooder.token_request() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429]
    assert answers[0].headers["RateLimit-Policy"] == '"token";q=3;w=60'
    assert answers[-1].json["error"] == "temporarily_unavailable"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert other.token_request().status_code == 200
    assert flooder.itself.get("/contacts").status_code == 200, "tokens that it has still work"
