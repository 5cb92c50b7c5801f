"""Notifier: posts what happens in the workspace to chats, by their incoming webhooks."""

import time
from collections.abc import Callable, Mapping

import flask
import httpx

from notifier.card import state_card
from notifier.guard import Resolve, outgoing, resolved
from notifier.intake import Intake
from notifier.page import Page
from notifier.sealing import Sealer
from notifier.sending import Sender
from notifier.store import Store
from portico_sdk import Portico
from portico_sdk.apps import App, CardRequest
from portico_sdk.apps.blocks import Card
from portico_sdk.flask import blueprint
from portico_sdk.models import Event
from portico_sdk.session import PanelContext


def create_app(
    config: Mapping[str, str],
    http_client: httpx.Client | None = None,
    *,
    outside: httpx.BaseTransport | None = None,
    resolve: Resolve = resolved,
    now: Callable[[], float] = time.time,
) -> flask.Flask:
    """`config` has the names of the environment variables. The rest is for tests: with an `http_client` nothing is sent
    by itself, but by `web.extensions["notifier"].run_due()`."""
    app = App(
        config["PORTICO_CLIENT_ID"],
        config["PORTICO_CLIENT_SECRET"],
        config["PORTICO_SIGNING_SECRET"],
        config["PORTICO_BASE_URL"],
        http_client=http_client,
    )
    store, sealer = Store(config.get("NOTIFIER_DATABASE", "notifier.db")), Sealer(config)
    allow_private = config.get("NOTIFIER_ALLOW_PRIVATE") == "1"
    client = outgoing(outside, resolve, allow_private=allow_private)
    sender = Sender(store, sealer, client, app.workspace, now, allow_private=allow_private)
    intake = Intake(store, config["PORTICO_BASE_URL"], now)
    page = Page(store, sealer, sender, intake, now)

    @app.on("*")
    def happened(event: Event, workspace: Portico) -> None:
        if intake.take(event, workspace):
            sender.wake()

    @app.panel("home")
    def home(context: PanelContext) -> str:
        return page.show(app.workspace(context.installation_id), context)

    @app.card("state")
    def draw(request: CardRequest) -> Card:
        return state_card(request, str(request.raw.get("installation_id")), store, now())

    _live(app, store)
    web = flask.Flask(__name__)
    web.register_blueprint(blueprint(app))  # /events, /lifecycle, /panels, /cards
    web.extensions["notifier"] = sender
    if http_client is None:
        sender.start()
    return web


def _live(app: App, store: Store) -> None:
    """While the company has switched the app off, nothing leaves; when it asks to erase, all is gone."""

    def switch(active: bool) -> Callable[[Event, Portico], None]:
        return lambda event, _: store.activate(str(event.installation_id), active)

    for name, active in {"installed": True, "resumed": True, "suspended": False, "uninstalled": False}.items():
        app.lifecycle(name)(switch(active))

    @app.lifecycle("erase_requested")
    def erase(event: Event, _: Portico) -> bool:
        store.erase(str(event.installation_id))
        return True
