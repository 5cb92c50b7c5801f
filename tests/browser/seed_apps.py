"""Apps of a small company: installed, suspended, on offer; where events go, and how deliveries went."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from portico.domains.catalogue import service as catalogue
from portico.domains.installations import service as installations
from portico.domains.webhooks import queries as webhooks
from portico.domains.webhooks import service as endpoints
from portico.domains.webhooks.models import Attempt, Delivery
from portico.domains.webhooks.pump.fan_out import FanOut
from portico.kernel import clock
from portico.kernel.ids import new_id
from portico.kernel.listing import ListQuery
from tests.support import grants
from tests.support.apps import manifest
from tests.support.cast import Cast

DESCRIPTION = """\
**First Responder** reads each new ticket and leaves a note before anybody opens it.

## What it looks at

- the customer's earlier tickets
- how urgent the words sound

| found | suggests |
|---|---|
| `refund`, `twice` | high |
| anything else | normal |

[Its documentation](https://responder.example/docs) <script>alert(1)</script> [no](javascript:alert(1))
"""


def _responder() -> dict[str, Any]:
    made = manifest(
        "first_responder",
        access={
            "scopes": [
                {"name": "tickets:read", "reason": "to read the new ticket"},
                {"name": "contacts:read", "reason": "to look up who is writing"},
                {"name": "tickets.internal:write", "reason": "to leave the note"},
            ],
            "optional_scopes": [{"name": "directory:read", "reason": {"en": "to greet by name", "zh-CN": "称呼姓名"}}],
            "egress": [{"host": "mail.example", "purpose": "to send confirmations", "personal_data": True}],
        },
        events={"url": "/events", "types": ["ticket.created", "app.*"], "signatures": ["v1", "v1a"]},
        surfaces=[{"key": "history", "place": "ticket.panel", "title": "Earlier tickets", "url": "/panel"}],
    )
    made["app"] |= {
        "name": {"en": "First Responder", "zh-CN": "第一响应"},
        "summary": "Looks up who is writing and adds a note before anybody opens the ticket.",
        "description": DESCRIPTION,
        "support_url": "https://responder.example/help",
        "privacy_url": "https://responder.example/privacy",
    }
    return made


def _leave() -> dict[str, Any]:
    made = manifest(
        "leave",
        access={
            "scopes": [{"name": "directory:read", "reason": "to know who stands in for whom"}],
            "optional_scopes": [
                {"name": "directory.sensitive:read", "reason": "to show phone numbers of stand-ins"},
                {"name": "directory:write", "reason": "to mark who is away"},
            ],
            "egress": [{"host": "calendar.example", "purpose": "to fill shared calendars", "personal_data": True}],
        },
        events={"url": "/events", "types": ["employee.*"]},
        surfaces=[{"key": "home", "place": "portal.page", "title": "Leave", "url": "/home"}],
        settings={
            "days_per_year": {"type": "integer", "default": 25, "title": "Days per year"},
            "calendar_token": {"type": "string", "secret": True, "title": "Token of the calendar"},
            "weekends": {"type": "boolean", "title": "Count weekends"},
            "start": {"type": "select", "options": ["January", "April"], "title": "The year begins in"},
        },
    )
    made["app"] |= {"name": {"en": "Leave", "zh-CN": "请假"}, "categories": ["hr"]}
    made["app"]["summary"] = "Ask for days off and see the balance."
    return made


def _board() -> dict[str, Any]:
    made = manifest("board")
    made["app"] |= {"name": "Board <b>&amp;</b>", "categories": ["projects"]}
    made["app"]["summary"] = "Tasks on cards, linked with tickets both ways <img src=x onerror=alert(1)>"
    return made


def _desk() -> dict[str, Any]:
    """A program on the person's own device, which acts in their name."""
    asked = {
        "contacts:write": ("to add people whom you meet", "添加您遇到的人"),
        "tickets:read": ("to show what waits for you", "显示等待您处理的工单"),
        "directory.sensitive:read": ("to call a colleague with one click", "一键致电同事"),
        "openid": ("to know that it is you", "确认是您本人"),
        "profile": ("to greet you by name", "以姓名问候您"),
    }
    user_scopes = [{"name": name, "reason": {"en": en, "zh-CN": zh}} for name, (en, zh) in asked.items()]
    made = manifest(
        "desk",
        access={"scopes": [{"name": "directory:read", "reason": "to find colleagues"}], "user_scopes": user_scopes},
        oauth={"client_type": "public", "redirect_uris": ["http://127.0.0.1/back"]},
        events=None,
        surfaces=None,
    )
    made["app"] |= {"name": {"en": "Desk", "zh-CN": "工作台"}, "summary": "Your tickets in the menu bar."}
    return made


def _register(cast: Cast, content: dict[str, Any], visibility: str) -> dict[str, Any]:
    actor = cast.actor("developer")
    with cast.writing():
        app = catalogue.register_app(actor, content)
        catalogue.update_app(actor, app["id"], visibility=visibility)
    return app


def _spread() -> None:
    """What the pump does first: one delivery per event and endpoint."""
    spreading = FanOut()
    while spreading.step():
        pass


def _attempt(cast: Cast, row: dict[str, Any], number: int, status: int | None, error: str | None) -> None:
    with cast.writing() as work:
        work.execute(
            insert(Attempt).values(
                workspace_id=cast.acme,
                id=new_id("att"),
                delivery_id=row["id"],
                number=number,
                url=row["url"],
                started_at=clock.now(),
                duration_ms=84 * number,
                dns_ms=2,
                connect_ms=11,
                status=status,
                error_class=error,
                detail="" if status else "No connection could be opened.",
                request_headers={"content-type": "application/json", "webhook-id": row["event_id"]},
                response_headers={"content-type": "application/json"} if status else {},
                response_body='{"ok": true}' if status == 200 else "<h1>Bad gateway</h1>" if status else "",
            )
        )
        done = {"state": "succeeded" if status == 200 else "failed", "finished_at": clock.now()}
        work.execute(
            update(Delivery)
            .where(Delivery.workspace_id == cast.acme, Delivery.id == row["id"])
            .values(attempts=number, last_status=status, last_error=error, **done)
        )


def _tell(cast: Cast) -> dict[str, str]:
    """The first delivery went well, the second at the third try not; the rest waits."""
    with cast.reading():
        rows = list(webhooks.page_of_deliveries(cast.actor("owner"), ListQuery(limit=50)).rows)
    mine = [row for row in rows if row["installation_id"]]
    _attempt(cast, mine[0], 1, 200, None)
    for number, status, error in ((1, None, "connect"), (2, 502, "server_error"), (3, 502, "server_error")):
        _attempt(cast, mine[1], number, status, error)
    return {"delivered": mine[0]["id"], "failed": mine[1]["id"]}


def _let_act(cast: Cast, app: dict[str, Any], installation: dict[str, Any]) -> None:
    """Two people let it act for them; for one, a spent token came again."""
    desk = grants.Client(cast, app, installation, public=True)
    desk.tokens("agent", ("openid", "tickets:read"))
    first = desk.tokens("employee", ("openid", "contacts:write"))
    grants.refresh(grants.refresh(first.refresh_token, desk.client_id).refresh_token, desk.client_id)
    grants.refresh(first.refresh_token, desk.client_id)


def seed_apps(cast: Cast, departments: dict[str, str], group: str) -> dict[str, Any]:
    """Answers the ids that pages are opened by."""
    admin = cast.actor("admin")
    responder = _register(cast, _responder(), "public")
    leave = _register(cast, _leave(), "public")
    board = _register(cast, _board(), "private")
    desk = _register(cast, _desk(), "private")
    only = {"kind": "only", "include": [{"kind": "department", "id": departments["Support"]}]}
    with cast.writing():
        first = installations.install(admin, "first_responder", availability_=only)
    records = {"kind": "only", "include": [{"kind": "group", "id": group}], "unassigned": True}
    with cast.writing():
        second = installations.install(admin, "board", data_range_=records)
    with cast.writing():
        third = installations.install(admin, "desk")
    _let_act(cast, desk, third)
    with cast.writing():
        endpoint = endpoints.create_endpoint(
            admin,
            {
                "url": "http://localhost:9/warehouse",
                "types": ["ticket.*"],
                "description": "The data warehouse",
                "filter": {"data.status": ["open", "new"], "changes": ["assignee_id"]},
                "payload": "thin",
                "signatures": ["v1", "v1a"],
            },
        )
        endpoints.rotate_key(admin, endpoint["id"])
    with cast.writing():
        endpoints.ping(admin, endpoint["id"])
    _spread()
    with cast.writing():
        installations.suspend(admin, second["id"])
    with clock.held(clock.now() - timedelta(minutes=4)):
        deliveries = _tell(cast)
    return {
        "apps": {"first_responder": responder["id"], "leave": leave["id"], "board": board["id"], "desk": desk["id"]},
        "installations": {"first_responder": first["id"], "board": second["id"], "desk": third["id"]},
        "endpoint": endpoint["id"],
        "deliveries": deliveries,
    }
