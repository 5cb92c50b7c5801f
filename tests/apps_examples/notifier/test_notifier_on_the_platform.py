"""Notifier and the platform in one process: set up on its page, told what happens, posting to a chat that is played."""

import json
from pathlib import Path

import httpx
import pytest
from notifier import create_app
from notifier.guard import AGREED

from portico_sdk.cards import check_card
from portico_sdk.testing import signed_webhook, workspace
from tests.support.notifier import HOOK, MANIFEST, WEDNESDAY_NOON, World


@pytest.fixture
def world(tmp_path):
    with workspace(at=WEDNESDAY_NOON) as ws:
        yield World(ws, tmp_path)


def test_a_ticket_is_posted_once_in_the_words_of_the_channel(world):
    assert "Saved." in world.add()
    world.ticket("<!channel> 5 > 4 & *so*")
    assert world.send() == 1
    world.made.extensions["notifier"].run_due()
    (request,) = world.chat.posted
    assert request.headers["host"] == "hooks.slack.com"
    assert request.extensions["sni_hostname"] == "hooks.slack.com"
    assert request.url.host == "93.184.215.14"
    content = json.loads(request.content)
    assert content["text"] == "New ticket #1: &lt;!channel&gt; 5 &gt; 4 &amp; *so*"
    assert content["blocks"][0]["text"]["type"] == "plain_text"
    assert content["blocks"][1]["text"]["text"] == "Priority: normal"
    assert "/w/acme/tickets/tkt_" in content["blocks"][2]["elements"][0]["url"]

    (delivery,) = [one for one in world.ws.deliveries("ticket.created") if "/events" in one.url]
    again = httpx.Client(transport=httpx.WSGITransport(app=create_again(world)))
    with again:
        answer = again.post("http://localhost/events", content=delivery.body, headers=delivery.headers)
    assert answer.status_code == 200
    assert world.send() == 0
    page = world.page()
    assert "New ticket #1: &lt;!channel&gt;" in page
    assert "Sent" in page
    assert "secret-part" not in page + world.page(channel="1", step="edit")


def create_again(world):
    """Another process of the app, which remembers nothing but its file."""
    path = next(Path(world.made.extensions["notifier"]._store._path).parent.glob("notifier.db"))
    config = {**world.installed.config, "NOTIFIER_DATABASE": str(path)}
    return create_app(config, world.ws.http_client, outside=httpx.MockTransport(world.chat.answer), now=world.ws.clock)


def test_what_happens_in_quiet_hours_comes_as_a_digest_and_urgent_kinds_at_once(world):
    world.add(events=["ticket.created", "announcement.published", "contact.created"], urgent=["contact.created"])
    world.ws.clock.advance(hours=9)  # 21:00
    world.ticket("First")
    world.ticket("Second")
    assert world.send() == 0
    assert "Held" in world.page()
    world.ws.agent.client.contacts.create(display_name="Zoë")
    assert world.send() == 1
    assert world.chat.titles == ["New contact: Zoë"]
    world.ws.clock.advance(hours=10, minutes=59)
    assert world.send() == 0
    world.ws.clock.advance(minutes=1)  # 08:00
    assert world.send() == 1
    assert world.chat.titles[1:] == ["2 messages while it was quiet"]
    assert (
        "New ticket #1: First\n• New ticket #2: Second"
        in json.loads(world.chat.posted[1].content)["blocks"][1]["text"]["text"]
    )


def test_a_persons_break_holds_the_messages_of_their_channel(world):
    world.add(quiet="person")
    world.ws.admin.client.presence.take_break(30)
    world.ticket()
    assert world.send() == 0
    world.ws.clock.advance(minutes=31)
    assert world.send() == 1


def test_a_chat_that_asks_to_wait_is_asked_later_and_what_stands_behind_waits_too(world):
    world.add()
    world.chat.replies = [httpx.Response(429, headers={"Retry-After": "90"})]
    world.ticket("First")
    world.ticket("Second")
    assert world.send() == 1
    world.ws.clock.advance(89)
    assert world.send() == 0
    world.ws.clock.advance(5)
    assert world.send() == 2
    assert [title[-6:] for title in world.chat.titles] == [" First", " First", "Second"]


def test_what_is_never_taken_fails_is_told_and_can_be_sent_again(world):
    world.add(quiet="never")
    world.ticket()
    world.chat.replies = [httpx.Response(503, text="no <b>")] * 8
    world.ws.run()
    for _ in range(10):
        world.made.extensions["notifier"].run_due()
        world.ws.clock.advance(hours=8)
    assert len(world.chat.posted) == 8
    page = world.page()
    assert "503 no &lt;b&gt;" in page
    assert "8 tries" in page
    assert "It is sent again." in world.page(method="post", step="again", message="1")
    assert world.made.extensions["notifier"].run_due() == 1
    assert "Send again" not in world.page()


def test_a_refusal_for_good_is_not_repeated(world):
    world.add()
    world.chat.replies = [httpx.Response(404, text="no_service")]
    world.ticket()
    assert world.send() == 1
    world.ws.clock.advance(hours=1)
    assert world.send() == 0
    assert "404 no_service" in world.page()


def test_nothing_leaves_while_the_company_has_suspended_it_and_erasing_leaves_nothing(world):
    world.add()
    world.ticket()
    world.ws.run()
    admin = world.ws.admin.client
    admin.installations.suspend(world.installed.installation_id)
    assert world.send() == 0
    admin.installations.resume(world.installed.installation_id)
    assert world.send() == 1

    admin.installations.uninstall(world.installed.installation_id)
    world.ws.run()
    admin.installations.erase(world.installed.installation_id)
    world.ws.run()
    (told,) = world.ws.deliveries("privacy.erase_requested")
    assert json.loads(told.answer)["erased"] is True
    store = world.made.extensions["notifier"]._store
    assert [store.rows(f"SELECT * FROM {table}") for table in ("installation", "channel", "message")] == [[], [], []]


def test_only_whom_an_admin_named_sees_channels(world):
    world.add(name="Secret plans")
    for who in ("employee", "owner"):
        page = world.page(who)
        assert "Channels are set up by whom your admin named" in page
        assert "Secret plans" not in page
        assert "Saved." not in world.page(who, "post", step="save", name="Mine", kind="json", url=HOOK)
    assert "Mine" not in world.page()


def test_templates_are_seen_on_what_happened_before_they_are_kept(world):
    world.add()
    about = {"channel": "1", "event": "ticket.created"}
    assert "Nothing of this kind has happened yet" in world.page(step="template", **about)
    world.ticket("Door {{ id }}")
    world.ws.run()
    assert "New ticket #1: Door {{ id }}" in world.page(step="template", **about)
    words = {"title": "T {{ number }}", "body": "{{ subject.__class__ }} {{requester.employee_id}} *{{ subject }}*"}
    page = world.page(method="post", step="preview", **about, **words)
    assert "This event has no value for: subject.__class__" in page
    assert "*Door {{ id }}*" in page
    assert "Between {{ and }} stands one name." in world.page(method="post", step="keep", title="{{ 1+1 }}", **about)
    assert "Saved." in world.page(method="post", step="keep", **about, **words)
    world.ticket("Next")
    world.made.extensions["notifier"].run_due()
    world.send()
    assert world.chat.titles[-1] == "T 2"
    assert "New ticket #" in world.page(method="post", step="reset", **about)


def test_a_test_says_what_the_chat_said(world):
    world.add(kind="feishu", url="https://open.feishu.cn/open-apis/bot/v2/hook/x", secret="s", locale="zh-CN")
    world.chat.replies = [httpx.Response(200, json={"code": 19021, "msg": "sign match fail"})]
    assert "The test was not taken: Team 200 19021 sign match fail" in world.page(
        method="post", step="test", channel="1"
    )
    sent = json.loads(world.chat.posted[0].content)
    assert sent["card"]["header"]["title"]["content"] == "来自 Portico 的测试"
    assert set(sent) == {"timestamp", "sign", "msg_type", "card"}
    assert "The test was taken" in world.page(method="post", step="test", channel="1")


@pytest.mark.parametrize(
    "url", ["http://hooks.slack.com/x", "https://evil.example/x", "https://hooks.slack.com@evil.example/", "nothing"]
)
def test_a_channel_posts_only_where_the_company_agreed(world, url):
    assert "Post to https and to a host that was agreed to" in world.add(url=url)
    assert "Saved." in world.add(url="https://chat.example.com/hook", kind="json")


def test_the_card_counts_and_shows_no_message(world):
    world.add()
    world.chat.replies = [httpx.Response(404)]
    world.ticket("Confidential")
    world.send()
    actor = {"kind": "employee", "id": world.ws.employee.employee_id}
    call = {
        "id": "card_1",
        "type": "card",
        "installation_id": world.installed.installation_id,
        "actor": actor,
        "locale": "zh-CN",
    }
    body, headers = signed_webhook(call, world.installed.signing_secret, now=world.ws.clock())
    card = json.loads(world.web.post("/cards/state", data=body, headers=headers).data)
    assert check_card(card) == []
    assert [item["value"] for item in card["blocks"][0]["items"]] == [0, 0, 1]
    assert card["blocks"][1]["items"] == [{"title": "Team", "badge": "有失败", "tone": "bad", "open": "surface:home"}]


def test_the_hosts_of_the_consent_are_the_hosts_of_the_guard():
    assert tuple(row["host"] for row in MANIFEST["access"]["egress"]) == AGREED
