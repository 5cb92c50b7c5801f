"""Expenses: claims with receipts, approved by one or two people, paid by finance."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import flask
import httpx

from portico_sdk import NotFoundError, Portico
from portico_sdk.apps import ActionAnswer, ActionRun, App, CardRequest
from portico_sdk.apps.blocks import Card
from portico_sdk.flask import blueprint
from portico_sdk.models import ApprovalEvent, Event
from portico_sdk.session import PanelContext
from reimbursement import finance, pages
from reimbursement.asking import SUBJECT, catch_up, follow
from reimbursement.card import claim_by_action, my_expenses
from reimbursement.desk import Desk
from reimbursement.files import Links, serve
from reimbursement.store import Store

_LARGEST_UPLOAD = 64 * 1024 * 1024
"""Bytes of one form: several receipts of 10 MB."""


class Reimbursement:
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
        self.store = Store(Path(config.get("DATA_DIR") or ".") / "reimbursement.sqlite3")
        self.links = Links(config["PORTICO_CLIENT_SECRET"], now)
        self._now = now
        self._listen()
        self._show()

    def desk(self, installation_id: str | None, workspace: Portico | None = None) -> Desk:
        client = workspace or self.app.workspace(installation_id)
        return Desk(self.store, client, str(installation_id), self._now)

    def _listen(self) -> None:
        app = self.app

        @app.on("approval.*")
        def approval_moved(event: ApprovalEvent, workspace: Portico) -> None:
            if event.approval.subject.type != SUBJECT:
                return
            try:
                now = workspace.approvals.get(event.approval.id)
            except NotFoundError:
                return
            follow(self.desk(event.installation_id, workspace), now)

        @app.lifecycle("installed")
        def installed(event: Event, workspace: Portico) -> None:
            catch_up(self.desk(event.installation_id, workspace))

        @app.lifecycle("erase_requested")
        def erase(event: Event, workspace: Portico) -> bool:
            self.store.erase(str(event.installation_id))
            return True

    def _show(self) -> None:
        app = self.app

        @app.panel("home")
        def home(context: PanelContext) -> str:
            return pages.home(self.desk(context.installation_id), context, self.links)

        @app.panel("finance")
        def of_finance(context: PanelContext) -> str:
            return finance.finance(self.desk(context.installation_id), context, self.links)

        @app.panel("person")
        def of_person(context: PanelContext) -> str:
            return finance.person(self.desk(context.installation_id), context, self.links)

        @app.card("mine")
        def mine(request: CardRequest) -> Card:
            return my_expenses(self.desk(request.raw.get("installation_id"), request.workspace), request)

        @app.action("claim")
        def claim(run: ActionRun) -> ActionAnswer:
            return claim_by_action(self.desk(run.raw.get("installation_id"), run.workspace), run)


def create_app(
    config: Mapping[str, str], http_client: httpx.Client | None = None, now: Callable[[], float] = time.time
) -> flask.Flask:
    """Served by Flask; `http_client` and `now` (seconds) are for tests."""
    made = Reimbursement(config, http_client, now)
    web = flask.Flask(__name__)
    web.extensions["reimbursement"] = made
    web.register_blueprint(blueprint(made.app))  # /events, /lifecycle, /panels, /actions, /cards

    @web.post("/receipts")
    def receipts() -> flask.Response:
        """The form with files is larger than the SDK's paths take; who is looking is proved as everywhere."""
        flask.request.max_content_length = _LARGEST_UPLOAD
        answer = made.app.handle_panel("home", "POST", flask.request.headers.get("Authorization"))
        return flask.Response(answer.body, answer.status, dict(answer.headers))

    @web.get("/files/<token>")
    def file(token: str) -> flask.Response:
        return serve(made.store, made.links, token)

    return web
