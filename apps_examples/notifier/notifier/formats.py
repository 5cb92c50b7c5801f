"""The same message for each chat: how it is written, signed, and how the chat says that it took it."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx


@dataclass(frozen=True)
class Message:
    """`body` is written for this chat already; `title` is plain."""

    title: str
    body: str = ""
    url: str = ""
    event_type: str = ""
    event_id: str = ""


@dataclass(frozen=True)
class Request:
    url: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Format:
    """`signs`: a secret may go with the address."""

    label: str
    escape: Callable[[str], str]
    write: Callable[[Message], Mapping[str, Any]]
    signs: Callable[[str, Mapping[str, Any], str, float], Request] | None = None
    busy_codes: frozenset[int] = field(default=frozenset())
    """Codes in an answer of 200 with which the chat asks to wait."""


def _slack_escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _backslashes(text: str) -> str:
    return re.sub(r"([\\`*_\[\]()#|>~<@])", r"\\\1", text)


_WIDE = str.maketrans({mark: chr(ord(mark) + 0xFEE0) for mark in "<>[]()*_`#@~|\\"})


def _wide(text: str) -> str:
    """For dialects of Markdown without an escape: the full-width sign reads the same, and means nothing."""
    return text.translate(_WIDE)


def _slack(message: Message) -> Mapping[str, Any]:
    blocks: list[Mapping[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": message.title[:150], "emoji": False}}
    ]
    if message.body:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": message.body[:2900], "verbatim": True}})
    if message.url:
        button = {"type": "button", "text": {"type": "plain_text", "text": "Portico"}, "url": message.url}
        blocks.append({"type": "actions", "elements": [button]})
    return {"text": _slack_escape(message.title), "blocks": blocks}


def _discord(message: Message) -> Mapping[str, Any]:
    embed = {"title": _backslashes(message.title)[:256], "description": message.body[:4000]}
    if message.url.startswith("http"):
        embed["url"] = message.url
    return {"embeds": [embed], "allowed_mentions": {"parse": []}}


def _teams(message: Message) -> Mapping[str, Any]:
    title = {"type": "TextBlock", "text": _backslashes(message.title), "weight": "Bolder", "size": "Medium"}
    blocks = [{**title, "wrap": True}]
    if message.body:
        blocks.append({"type": "TextBlock", "text": message.body.replace("\n", "\n\n")[:8000], "wrap": True})
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    if message.url:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Portico", "url": message.url}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _markdown(message: Message) -> str:
    """For DingTalk and WeCom."""
    link = f"[Portico]({message.url})" if message.url else ""
    return "\n\n".join(part for part in (f"#### {_wide(message.title)}", message.body, link) if part)


def _dingtalk(message: Message) -> Mapping[str, Any]:
    return {"msgtype": "markdown", "markdown": {"title": message.title, "text": _markdown(message)[:5000]}}


def _wecom(message: Message) -> Mapping[str, Any]:
    cut = _markdown(message).encode()[:4096].decode(errors="ignore")  # the limit is in bytes
    return {"msgtype": "markdown", "markdown": {"content": cut}}


def _feishu(message: Message) -> Mapping[str, Any]:
    elements: list[Mapping[str, Any]] = []
    if message.body:
        elements.append({"tag": "markdown", "content": message.body[:8000]})
    if message.url:
        button = {"tag": "button", "text": {"tag": "plain_text", "content": "Portico"}, "url": message.url}
        elements.append({"tag": "action", "actions": [{**button, "type": "default"}]})
    header = {"title": {"tag": "plain_text", "content": message.title}}
    return {"msg_type": "interactive", "card": {"header": header, "elements": elements}}


def _plain(message: Message) -> Mapping[str, Any]:
    event = {"id": message.event_id, "type": message.event_type}
    return {"title": message.title, "text": message.body, "url": message.url, "event": event}


def _signed_dingtalk(url: str, content: Mapping[str, Any], secret: str, now: float) -> Request:
    """Milliseconds; HMAC-SHA256 of "timestamp, line feed, secret" under the secret, in the address."""
    stamp = str(round(now * 1000))
    digest = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)
    sign = quote(base64.b64encode(digest).decode(), safe="")
    return Request(f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={sign}", content)


def _signed_feishu(url: str, content: Mapping[str, Any], secret: str, now: float) -> Request:
    """Seconds; HMAC-SHA256 of nothing under "timestamp, line feed, secret", in the content."""
    stamp = str(int(now))
    digest = hmac.digest(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256)
    return Request(url, {"timestamp": stamp, "sign": base64.b64encode(digest).decode(), **content})


FORMATS: Mapping[str, Format] = {
    "slack": Format("Slack", _slack_escape, _slack),
    "discord": Format("Discord", _backslashes, _discord),
    "teams": Format("Microsoft Teams", _backslashes, _teams),
    "dingtalk": Format("DingTalk 钉钉", _wide, _dingtalk, _signed_dingtalk, frozenset({-1, 130101, 660026})),
    "wecom": Format("WeCom 企业微信", _wide, _wecom, None, frozenset({-1, 45009, 45033})),
    "feishu": Format("Feishu 飞书", _wide, _feishu, _signed_feishu, frozenset({9499, 11232})),
    "json": Format("JSON", str, _plain),
}


def request_for(kind: str, url: str, secret: str, message: Message, now: float) -> Request:
    chosen = FORMATS[kind]
    content = chosen.write(message)
    return chosen.signs(url, content, secret, now) if chosen.signs and secret else Request(url, content)


def refusal_in(kind: str, response: httpx.Response, body: bytes) -> tuple[str, bool] | None:
    """What a chat says against it in an answer of 200, and whether it wants it later; None when it took it."""
    if kind not in ("dingtalk", "wecom", "feishu"):
        return None
    try:
        answer = json.loads(body)
        code = int(answer.get("errcode", answer.get("code", answer.get("StatusCode", 0))))
    except (ValueError, TypeError, AttributeError):
        return None
    if code == 0:
        return None
    words = str(answer.get("errmsg") or answer.get("msg") or answer.get("StatusMessage") or "")
    return f"{code} {words}".strip()[:200], code in FORMATS[kind].busy_codes
