"""First Responder: on each new ticket a note about who is writing, a panel and an action beside it, and a card of what
waits."""

from collections.abc import Mapping

import flask
import httpx

from first_responder.hand_over import hand_over
from first_responder.history import read_history
from first_responder.note import write_note
from first_responder.panel import render_panel
from first_responder.suggestion import suggest
from first_responder.waiting import waiting
from portico_sdk import Portico
from portico_sdk.apps import App
from portico_sdk.flask import blueprint
from portico_sdk.models import TicketEvent
from portico_sdk.session import PanelContext


def make_app(config: Mapping[str, str], http_client: httpx.Client | None = None) -> App:
    """What it does, without a server. `config` has the names of the environment variables."""
    app = App(
        config["PORTICO_CLIENT_ID"],
        config["PORTICO_CLIENT_SECRET"],
        config["PORTICO_SIGNING_SECRET"],
        config["PORTICO_BASE_URL"],
        http_client=http_client,
    )

    @app.on("ticket.created")
    def ticket_created(event: TicketEvent, workspace: Portico) -> None:
        """`workspace` is a client of the company where it happened, with this app's own power there."""
        history = read_history(workspace, event.ticket)
        write_note(workspace, history, suggest(history), event_id=event.id)

    @app.panel("history")
    def history_panel(context: PanelContext) -> str:
        """`context` says who is looking, at which ticket: proved by the portal's signature."""
        return render_panel(app.workspace(context.installation_id), context)

    app.action("hand_over")(hand_over)
    app.card("waiting")(waiting)
    return app


def create_app(config: Mapping[str, str], http_client: httpx.Client | None = None) -> flask.Flask:
    """Served by Flask; `http_client` is for tests."""
    web = flask.Flask(__name__)
    web.register_blueprint(blueprint(make_app(config, http_client)))  # /events, /panels, /actions, /cards
    return web
