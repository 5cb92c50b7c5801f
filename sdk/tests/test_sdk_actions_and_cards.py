"""Actions and cards of an app: what it is handed, what goes back, and what a test of an app finds."""

import pytest

from portico_sdk.apps import App, blocks
from portico_sdk.cards import BLOCKS, card_schema, check_answer, check_card, interaction_schema
from portico_sdk.manifest import check
from portico_sdk.testing import FakePortico, signed_webhook


@pytest.fixture
def fake():
    return FakePortico()


@pytest.fixture
def app(fake):
    return App(fake.client_id, fake.client_secret, fake.signing_secret, fake.base_url, http_client=fake.http_client)


WHOLE = blocks.card(
    blocks.text("Hello", "heading"),
    blocks.fields(("Left", 12, "good"), ("Name", "Zoë")),
    blocks.rows(blocks.row("One", "more", badge="new", tone="warning", open="/tickets"), empty="None"),
    blocks.progress("Used", 13, 25, "half"),
    blocks.chart("Hours", {"Mon": 8, "Tue": -1.5}, kind="line", unit="h"),
    blocks.image("https://example.com/a.png", "A", width=10, height=20),
    blocks.buttons(
        blocks.button("Go", open="surface:home", primary=True), blocks.button("Do", action="wish", input={"n": 1})
    ),
    blocks.form("wish", input={"days": 2}, submit="Ask"),
    title="All of it",
    max_age=60,
)


def test_every_block_has_its_builder_and_passes_the_check():
    assert {block["type"] for block in WHOLE["blocks"]} == set(BLOCKS)
    assert check_card(WHOLE, actions=["wish"], surfaces=["home"]) == []
    assert {found.rule for found in check_card(WHOLE, actions=[], surfaces=[])} == {"unknown_action", "unknown_surface"}


@pytest.mark.parametrize(
    ("answer", "path", "rule"),
    [
        ({"toast": " "}, "/toast", "empty"),
        ({"toast": "x" * 301}, "/toast", "too_long"),
        ({"open": "//evil"}, "/open", "target"),
        ({"open": "/a/../b"}, "/open", "target"),
        ({"open": "/a%2f..%2fb"}, "/open", "target"),
        ({"open": "https://[::1"}, "/open", "target"),
        ({"open": "http://x.example"}, "/open", "target"),
        ({"open": "https://a b"}, "/open", "target"),
        ({"errors": {}}, "/errors", "empty"),
        ({"errors": {"a/b": 1}}, "/errors/a~1b", "wrong_type"),
        ({"later": "yes"}, "/later", "wrong_type"),
        ({"tost": "x"}, "/tost", "unknown_key"),
        ({"card": {"blocks": [{"type": "text"}]}}, "/card/blocks/0/text", "required"),
        ({"card": {"blocks": [{}]}}, "/card/blocks/0/type", "required"),
        ({"card": {"blocks": [{"type": ["text"]}]}}, "/card/blocks/0/type", "choice"),
        ({"card": {"blocks": ["text"]}}, "/card/blocks/0", "wrong_type"),
        ({"card": {"blocks": [{"type": "text", "text": "a"}] * 21}}, "/card/blocks", "too_many"),
        ({"card": {"blocks": [], "max_age": 5}}, "/card/max_age", "between"),
        ([], "", "wrong_type"),
    ],
)
def test_what_is_wrong_has_a_place_and_a_rule(answer, path, rule):
    assert (path, rule) in {(found.path, found.rule) for found in check_answer(answer)}


def test_pictures_are_what_they_say():
    for url in (
        "data:image/svg+xml;base64,AAAA",
        "data:image/png;base64,AAAA",
        "data:image/png;base64,!",
        "http://example.com/a.png",
        "/a.png",
    ):
        found = check_card(blocks.card(blocks.image(url, "A", width=1, height=1)))
        assert [(each.path, each.rule) for each in found] == [("/blocks/0/url", "picture")], url


def test_the_schemas_describe_each_block_and_part():
    kinds = card_schema()["properties"]["blocks"]["items"]["oneOf"]
    assert {kind["properties"]["type"]["enum"][0] for kind in kinds} == set(BLOCKS)
    assert set(interaction_schema()["properties"]) == {"toast", "card", "open", "errors", "later"}


def test_an_action_gets_what_was_pressed_and_its_answer_is_checked(fake, app):
    seen = []

    @app.action("approve")
    def approve(run):
        seen.append(run)
        return run.toast("Approved").open("/tickets").card(WHOLE)

    ticket = fake.add_ticket()
    answer = fake.run_action(app, "approve", ticket, input={"n": 1}, locale="zh-CN")
    assert set(answer) == {"toast", "open", "card"}
    (run,) = seen
    assert (run.object.id, run.input, run.locale, run.attempt) == (ticket["id"], {"n": 1}, "zh-CN", 1)
    assert run.actor.id == fake.employee_id
    with pytest.raises(ValueError, match="identity"):
        run.person()

    @app.action("lie")
    def lie(run):
        return run.open("javascript:1")

    with pytest.raises(AssertionError, match="/open: This leads nowhere"):
        fake.run_action(app, "lie", ticket)
    assert fake.run_action(app, "lie", ticket, check=False) == {"open": "javascript:1"}


def test_later_is_answered_by_patch_once(fake, app):
    @app.action("slow")
    def slow(run):
        return run.later()

    assert fake.run_action(app, "slow") == {"later": True}
    call = fake.interaction("slow")
    client = fake.client()
    done = client.interactions.answer(call["interaction_id"], toast="Done")
    assert (done.state, done.answer, done.is_over) == ("answered", {"toast": "Done"}, True)
    assert fake.interaction_of(call["interaction_id"])["answer"] == {"toast": "Done"}


def test_errors_may_be_named_like_python_words(fake, app):
    @app.action("pick")
    def pick(run):
        return run.errors({"from": "Too early"}, _="Look again")

    assert fake.run_action(app, "pick") == {"errors": {"from": "Too early", "_": "Look again"}}


def test_a_card_is_drawn_once_and_then_the_same(fake, app):
    @app.card("today")
    def today(request):
        assert request.employee_id == fake.employee_id
        return WHOLE

    assert fake.card(app, "today") == WHOLE
    call = {
        "id": "crd_1",
        "installation_id": fake.installation_id,
        "actor": {"kind": "employee", "id": fake.employee_id},
    }
    body, headers = signed_webhook(call, fake.signing_secret)
    first = app.handle_card("today", body, headers)
    again = app.handle_card("today", body, {**headers, "If-None-Match": first.headers["etag"]})
    assert (first.status, again.status, again.body) == (200, 304, b"")
    assert app.handle_card("today", body, {**headers, "webhook-signature": "v1,AAAA"}).status == 400
    assert app.handle_card("nothing", body, headers).status == 404


def test_the_size_of_a_card_is_of_cards_alone():
    surface = {"key": "home", "place": "portal.page", "title": "Home", "url": "/home", "size": "large"}
    manifest = {
        "schema": 1,
        "app": {"key": "a-b", "name": "A", "summary": "B"},
        "runtime": {"base_url": "https://a.example"},
        "surfaces": [surface],
    }
    assert [found.rule for found in check(manifest)] == ["card_size"]
    surface["place"] = "home.card"
    assert check(manifest) == []
