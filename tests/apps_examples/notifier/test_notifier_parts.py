import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from notifier.formats import FORMATS, Message, refusal_in, request_for
from notifier.guard import Refused, outgoing
from notifier.quiet import quiet_hours_end
from notifier.texts import _WORDS, Language
from notifier.wording import _CHINESE, _ENGLISH, EVENTS, Template, Wrong, check, render

from portico_sdk.manifest import check as check_manifest
from portico_sdk.manifest import load_toml, with_files

APP = Path(__file__).parents[3] / "apps_examples" / "notifier"
NASTY = "<at id=all></at> @everyone *bold* [x](https://evil.example)"
EVENT = {"id": "evt_1", "type": "ticket.created", "data": {"subject": NASTY, "tags": ["vip"], "number": 7}}


def test_the_manifest_is_right_and_listens_to_what_there_are_words_for():
    whole, missing = with_files(load_toml(APP / "portico.toml"), APP)
    assert missing == []
    assert check_manifest(whole, development=True) == []
    assert tuple(whole["events"]["types"]) == EVENTS


def test_both_languages_say_everything():
    assert _ENGLISH.keys() == _CHINESE.keys()
    assert set(EVENTS) <= set(_WORDS)
    for english, chinese in _WORDS.values():
        assert english.count("{") == chinese.count("{")
    assert Language("zh_Hans_CN").text("saved") == "已保存。"


WIDE = "＜at id=all＞＜/at＞ ＠everyone ＊bold＊ ［x］（https://evil.example）"
BACKSLASHES = r"\<at id=all\>\</at\> \@everyone \*bold\* \[x\]\(https://evil.example\)"
SLACK = "&lt;at id=all&gt;&lt;/at&gt; @everyone *bold* [x](https://evil.example)"


@pytest.mark.parametrize(
    ("kind", "escaped"),
    [
        *(("slack", SLACK), ("discord", BACKSLASHES), ("teams", BACKSLASHES), ("json", NASTY)),
        *(("dingtalk", WIDE), ("wecom", WIDE), ("feishu", WIDE)),
    ],
)
def test_what_people_wrote_rings_nobody_and_leads_nowhere(kind, escaped):
    template = Template("{{ subject }}", "*{{ subject }}* {{ tags.0 }} {{ gone }}")
    written = render(template, EVENT, FORMATS[kind].escape)
    assert written.unknown == ("gone",)
    assert written.body == f"*{escaped}* vip"
    message = Message(written.title, written.body, "https://p.example/w/acme")
    content = json.dumps(request_for(kind, "https://x.example", "", message, 0).content, ensure_ascii=False)
    assert json.dumps(written.body, ensure_ascii=False)[1:-1] in content
    assert "https://p.example/w/acme" in content


def test_a_title_is_marked_up_where_the_chat_would_read_it_so():
    def content(kind):
        return request_for(kind, "https://x.example", "", Message(NASTY), 0).content

    assert content("slack")["text"] == SLACK
    assert content("discord")["embeds"][0]["title"] == BACKSLASHES
    assert content("discord")["allowed_mentions"] == {"parse": []}
    assert content("teams")["attachments"][0]["content"]["body"][0]["text"] == BACKSLASHES
    assert content("dingtalk")["markdown"]["text"] == f"#### {WIDE}"
    assert content("wecom")["markdown"]["content"] == f"#### {WIDE}"
    assert content("feishu")["card"]["header"]["title"]["tag"] == "plain_text"


def test_signatures_are_those_that_the_chats_document():
    message = Message("Hello")
    ding = request_for(
        "dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=t", "SEC1", message, 1_700_000_000.5
    )
    assert ding.url.startswith("https://oapi.dingtalk.com/robot/send?access_token=t&timestamp=1700000000500&sign=")
    assert ding.url.endswith("%3D")
    feishu = request_for("feishu", "https://open.feishu.cn/x", "k", message, 1_700_000_000.5)
    assert feishu.content["timestamp"] == "1700000000"
    assert len(feishu.content["sign"]) == 44
    assert request_for("slack", "https://hooks.slack.com/x", "k", message, 0).url == "https://hooks.slack.com/x"


@pytest.mark.parametrize(
    ("kind", "answer", "expected"),
    [
        ("wecom", {"errcode": 0, "errmsg": "ok"}, None),
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, ("45009 api freq out of limit", True)),
        (
            "dingtalk",
            {"errcode": 310000, "errmsg": "keywords not in content"},
            ("310000 keywords not in content", False),
        ),
        ("feishu", {"StatusCode": 0}, None),
        ("feishu", {"code": 11232, "msg": "frequency limited"}, ("11232 frequency limited", True)),
        ("feishu", ["odd"], None),
        ("json", {"errcode": 1}, None),
    ],
)
def test_a_200_that_refuses_is_a_refusal(kind, answer, expected):
    response = httpx.Response(200)
    assert refusal_in(kind, response, json.dumps(answer).encode()) == expected


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.0.0.8",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "::1",
            "fd00::1",
            "fe80::1%eth0",
        ),
        *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"),
    ],
)
def test_a_name_that_leads_inside_is_refused(address):
    calls = []
    inner = httpx.MockTransport(lambda request: calls.append(request) or httpx.Response(302, headers={"location": "/"}))
    client = outgoing(inner, lambda host, port: ["93.184.215.14", address], allow_private=False)
    with pytest.raises(Refused):
        client.post("https://hooks.slack.com/x", json={})
    assert calls == []
    allowed = outgoing(inner, lambda host, port: [address.partition("%")[0]], allow_private=True)
    assert allowed.post("https://hooks.slack.com/x", json={}).status_code == 302
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-01-07T12:00", None),
        ("2026-01-07T20:00", "2026-01-08T08:00"),
        ("2026-01-08T07:59", "2026-01-08T08:00"),
        ("2026-01-08T08:00", None),
        ("2026-01-09T21:00", "2026-01-12T08:00"),  # Friday evening leads into the weekend
        ("2026-01-10T12:00", "2026-01-12T08:00"),
        ("2026-03-28T23:00", "2026-03-30T08:00"),  # the clocks go forward in between
    ],
)
def test_quiet_hours(at, end):
    berlin = ZoneInfo("Europe/Berlin")
    settings = {"quiet_from": "20:00", "quiet_until": "08:00", "quiet_weekends": True}

    def moment(text):
        return datetime.fromisoformat(text).replace(tzinfo=berlin).astimezone(UTC)

    assert quiet_hours_end(settings, berlin, moment(at)) == (moment(end) if end else None)


@pytest.mark.parametrize(
    "settings", [{"quiet_from": "8:00x", "quiet_until": "9"}, {"quiet_from": "08:00", "quiet_until": "08:00"}]
)
def test_no_quiet_hours(settings):
    noon = datetime(2026, 1, 7, 8, tzinfo=UTC)
    assert quiet_hours_end({**settings, "quiet_weekends": False}, ZoneInfo("UTC"), noon) is None


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (Template(" ", ""), "title_missing"),
        (Template("x", "y" * 2001), "template_long"),
        (Template("{{ a b }}", ""), "template_braces"),
        (Template("x", "{{ a.__class__() }}"), "template_braces"),
    ],
)
def test_templates_that_cannot_be_used(template, sentence):
    with pytest.raises(Wrong) as refused:
        check(template)
    assert refused.value.args[0] == sentence
