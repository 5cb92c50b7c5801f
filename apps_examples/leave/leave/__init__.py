"""Leave: balances by an append-only ledger, requests with approval, absences that attendance follows, and the team's
calendar."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import flask
import httpx

from leave import feed, pages
from leave.asking import SUBJECT
from leave.card import ask_by_action, my_days
from leave.deciding import absence_changed, count_what_stands, decided
from leave.desk import Desk
from leave.store import Store
from portico_sdk import APIError, Portico
from portico_sdk.apps import ActionAnswer, ActionRun, App, CardRequest
from portico_sdk.apps.blocks import Card
from portico_sdk.flask import blueprint
from portico_sdk.models import AbsenceEvent, AppEvent, ApprovalEvent, EmployeeEvent, Event
from portico_sdk.session import PanelContext


class Leave:
    """The app with its database. `config` has the names of the environment variables."""

    def __init__(
        self, config: Mapping[str, str], http_client: httpx.Client | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self.app = App(
            config["PORTICO_CLIENT_ID"],
            config["PORTICO_CLIENT_SECRET"],
            config["PORTICO_SIGNING_SECRET"],
            config["PORTICO_BASE_URL"],
            http_client=http_client,
        )
        self.store = Store(Path(config.get("DATA_DIR") or ".") / "leave.sqlite3")
        self._now = now
        self._listen()
        self._show()

    def desk(self, installation_id: str | None, workspace: Portico | None = None) -> Desk:
        client = workspace or self.app.workspace(installation_id)
        return Desk(self.store, client, str(installation_id), self._now)

    def _listen(self) -> None:
        app = self.app

        @app.on("approval.*")
        def approval_decided(event: ApprovalEvent, workspace: Portico) -> None:
            if event.approval.subject.type == SUBJECT:
                decided(self.desk(event.installation_id, workspace), event.type, event.approval.subject.id)

        @app.on("absence.*")
        def absence_moved(event: AbsenceEvent, workspace: Portico) -> None:
            absence_changed(self.desk(event.installation_id, workspace), event.absence)

        @app.on("employee.departed")
        def departed(event: EmployeeEvent, workspace: Portico) -> None:
            feed.end(self.store, str(event.installation_id), event.employee.id)

        @app.lifecycle("installed")
        def installed(event: AppEvent, workspace: Portico) -> None:
            count_what_stands(self.desk(event.installation_id, workspace))

        @app.lifecycle("erase_requested")
        def erase(event: Event, workspace: Portico) -> bool:
            self.store.erase(str(event.installation_id))
            return True

    def _show(self) -> None:
        app = self.app

        @app.panel("home")
        def home(context: PanelContext) -> str:
            return pages.home(self.desk(context.installation_id), context)

        @app.panel("team")
        def team(context: PanelContext) -> str:
            return pages.team(self.desk(context.installation_id), context)

        @app.panel("history")
        def history(context: PanelContext) -> str:
            return pages.panel(self.desk(context.installation_id), context)

        @app.card("balance")
        def balance(request: CardRequest) -> Card:
            return my_days(self.desk(request.raw.get("installation_id"), request.workspace), request)

        @app.action("ask")
        def ask(run: ActionRun) -> ActionAnswer:
            return ask_by_action(self.desk(run.raw.get("installation_id"), run.workspace), run)


def create_app(
    config: Mapping[str, str], http_client: httpx.Client | None = None, now: Callable[[], float] = time.time
) -> flask.Flask:
    """Served by Flask; `http_client` and `now` (seconds) are for tests."""
    leave = Leave(config, http_client, now)
    web = flask.Flask(__name__)
    web.extensions["leave"] = leave
    web.register_blueprint(blueprint(leave.app))  # /events, /lifecycle, /panels, /actions, /cards

    @web.get("/calendar/<token>.ics")
    def calendar(token: str) -> flask.Response:
        found = feed.whose(leave.store, token)
        if found is None:
            flask.abort(404)
        try:
            content = feed.write(leave.desk(found[0]), found[1])
        except APIError:  # suspended, uninstalled, or the person is gone
            flask.abort(404)
        headers = {"Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff"}
        return flask.Response(content, content_type="text/calendar; charset=utf-8", headers=headers)

    return web
