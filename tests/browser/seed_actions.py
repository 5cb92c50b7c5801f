"""An app with actions and cards, which answers as a test tells it: in the process of the server, on loopback."""

from __future__ import annotations

import threading
from typing import Any

import flask
from werkzeug.serving import make_server

from portico_sdk.apps import App, CardRequest
from portico_sdk.apps.blocks import button, buttons, card, chart, fields, form, image, progress, row, rows, text
from portico_sdk.flask import blueprint
from tests.support.apps import install, manifest, register
from tests.support.cast import Cast

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ACTIONS: list[dict[str, Any]] = [
    {
        "key": "hand_over",
        "title": {"en": "Summarise for hand-over", "zh-CN": "生成交接摘要"},
        "url": "/actions/hand_over",
        "places": ["ticket.panel", "contact.panel", "agent"],
        "input": {
            "note": {"type": "text", "title": {"en": "Anything else?", "zh-CN": "还有补充吗？"}, "required": False},
            "until": {"type": "date", "title": {"en": "Back on", "zh-CN": "返回日期"}},
            "shift": {"type": "select", "options": ["Early", "Late", "Night"], "title": "Shift", "required": False},
            "loud": {"type": "boolean", "title": "Tell the team", "required": False},
        },
    },
    {
        "key": "remember",
        "title": {"en": "Remember this", "zh-CN": "记住"},
        "url": "/actions/remember",
        "places": ["ticket.panel", "home.card", "employee.panel", "company.panel"],
    },
    {
        "key": "wipe",
        "title": {"en": "Forget everything", "zh-CN": "全部忘记"},
        "url": "/actions/wipe",
        "places": ["ticket.panel", "contact.panel"],
        "risk": "destructive",
    },
    {
        "key": "wish",
        "title": {"en": "Ask for days off", "zh-CN": "申请休假"},
        "url": "/actions/wish",
        "places": ["home.card"],
        "input": {"days": {"type": "integer", "title": {"en": "Days", "zh-CN": "天数"}}},
    },
]
SURFACES: list[dict[str, Any]] = [
    {"key": "home", "place": "portal.page", "title": {"en": "Days", "zh-CN": "假期"}, "url": "/panels/home"},
    {
        "key": "today",
        "place": "home.card",
        "title": {"en": "My days", "zh-CN": "我的假期"},
        "url": "/cards/today",
        "size": "large",
    },
    {"key": "week", "place": "home.card", "title": {"en": "This week", "zh-CN": "本周"}, "url": "/cards/week"},
    {
        "key": "silent",
        "place": "home.card",
        "title": {"en": "The silent one", "zh-CN": "沉默的卡片"},
        "url": "/cards/silent",
        "size": "small",
    },
]


def _today(request: CardRequest) -> Any:
    chinese = request.locale.startswith("zh")
    return card(
        fields(("剩余" if chinese else "Left", 12, "good"), ("本年度" if chinese else "This year", 25)),
        progress("已使用" if chinese else "Used", 13, 25),
        rows(
            row(
                "Sommerferien mit der ganzen Familie", "3–14 August", badge="approved", tone="good", open="surface:home"
            ),
            row("Bridge day", "1 May", badge="waiting", tone="warning", open="https://example.com/days?x=1"),
        ),
        form("wish", input={"days": 2}, submit="申请" if chinese else "Ask"),
        buttons(
            button("记住" if chinese else "Remember", action="remember", primary=True),
            button("example", open="https://example.com/"),
        ),
    )


def _week(request: CardRequest) -> Any:
    return card(
        text("Hours", "heading"),
        chart("Hours worked", {"Mon": 8, "Tue": 7.5, "Wed": 9, "Thu": 6, "Fri": 4}, unit="h"),
        chart("Balance", [("Mon", -1), ("Tue", 0.5), ("Wed", 2), ("Thu", 1.5)], kind="line"),
        image(f"data:image/png;base64,{DOT}", "A dot", width=40, height=40),
        text("Counted by the clock at the door.", "muted"),
    )


def seed_actions(cast: Cast) -> dict[str, Any]:
    """Registered, installed and listening until the process ends; `hold` keeps whoever asks waiting."""
    web = flask.Flask("days")
    server = make_server("127.0.0.1", 0, web, threaded=True)
    content = manifest(
        "days",
        runtime={"base_url": f"http://127.0.0.1:{server.port}"},
        actions=ACTIONS,
        surfaces=SURFACES,
        access={
            "scopes": [
                {"name": "tickets:read", "reason": "to read what is handed over"},
                {"name": "actions:read", "reason": "to see what it still has to answer"},
            ]
        },
        events=None,
    )
    content["app"] |= {"name": {"en": "Days & more", "zh-CN": "假期助手"}, "categories": ["hr"]}
    made = register(cast, content)
    installation = install(cast, "days")
    app = App(made["client_id"], made["client_secret"], made["signing_secret"], "http://127.0.0.1:1")
    never = threading.Event()

    @app.action("hand_over")
    def hand_over(run: Any) -> Any:
        if run.input.get("note") == "later":
            return run.later()
        if run.input.get("note") == "wrong":
            return run.errors(until="That is a Sunday", _="Look at the date")
        if run.input.get("note") == "lie":
            return run.open("javascript:alert(1)")
        summary = card(
            text("Two tickets of this customer are open."),
            fields(("Priority", "high", "warning"), ("Since", "2 days")),
            buttons(button("Remember", action="remember"), button("Open it", open="/tickets")),
            title="Hand-over",
        )
        return run.toast("Handed over").card(summary)

    @app.action("remember")
    def remember(run: Any) -> Any:
        return run.toast("Remembered")

    @app.action("wipe")
    def wipe(run: Any) -> Any:
        return run.toast("All is forgotten")

    @app.action("wish")
    def wish(run: Any) -> Any:
        if run.input["days"] > 20:
            return run.errors(days="That is more than you have")
        return run.toast(f"Asked for {run.input['days']} days")

    app.card("today")(_today)
    app.card("week")(_week)

    @app.card("silent")
    def silent(request: CardRequest) -> Any:
        never.wait(30)
        return card(text("Here I am"))

    app.panel("home")(lambda context: "<!doctype html><title>Days</title>")
    web.register_blueprint(blueprint(app))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {
        "days": {
            "installation_id": installation["id"],
            "client_id": made["client_id"],
            "app_id": made["id"],
            "secret": made["client_secret"],
        }
    }
