"""Flow composer: what shall happen when something happens, drawn as a chain and run with the power of its owner."""

import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import flask
import httpx

from flow_composer import page
from flow_composer.api import Interface, of_flows
from flow_composer.back import back_page
from flow_composer.catalogue import Shelf
from flow_composer.desk import Desk
from flow_composer.engine import Engine
from flow_composer.flows import Flows
from flow_composer.guard import Resolve, outgoing, resolved
from flow_composer.owner import Owners
from flow_composer.posting import Poster
from flow_composer.runs_api import of_runs
from flow_composer.sealing import Sealer
from flow_composer.store import Store
from portico_sdk import Portico
from portico_sdk.apps import App
from portico_sdk.flask import blueprint
from portico_sdk.models import Event
from portico_sdk.session import PanelContext

MANIFEST = tomllib.loads((Path(__file__).parents[1] / "portico.toml").read_text(encoding="utf-8"))


class FlowComposer:
    """The app with its database. `config` has the names of the environment variables."""

    def __init__(
        self,
        config: Mapping[str, str],
        http_client: httpx.Client,
        outside: httpx.BaseTransport | None,
        resolve: Resolve,
        now: Callable[[], float],
    ) -> None:
        self.app = App(
            config["PORTICO_CLIENT_ID"],
            config["PORTICO_CLIENT_SECRET"],
            config["PORTICO_SIGNING_SECRET"],
            config["PORTICO_BASE_URL"],
            http_client=http_client,
        )
        folder = Path(config.get("DATA_DIR") or ".")
        allow_http = config.get("FLOW_COMPOSER_ALLOW_PRIVATE") == "1"
        self.store, sealer = Store(folder / "flow_composer.sqlite3"), Sealer(config, folder)
        self.flows = Flows(self.store, sealer)
        self.owners = Owners(config, self.store, sealer, http_client, now)
        self.shelf = Shelf(
            config["PORTICO_BASE_URL"],
            http_client,
            self.app.workspace,
            [row["name"] for row in MANIFEST["access"]["user_scopes"]],
            MANIFEST["app"]["key"],
            now,
        )
        self.interface = Interface(
            Desk(config, http_client, self.app, now),
            self.store,
            self.flows,
            self.owners,
            self.shelf,
            now,
            base_url=config.get("APP_BASE_URL", ""),
            allow_http=allow_http,
        )
        client = outgoing(outside, resolve, allow_private=allow_http)
        poster = Poster(client, sealer, self.interface.hosts, now, allow_http=allow_http)
        self.engine = Engine(self.store, self.flows, self.owners, self.shelf, poster, self.app.workspace, now)
        self._listen()

    def _listen(self) -> None:
        @self.app.on("*")
        def happened(event: Event, workspace: Portico) -> None:
            self.engine.ring(str(event.installation_id), event.type)

        @self.app.panel("home")
        def home(context: PanelContext) -> str:
            return page.show(context)

        for name, held in {"installed": False, "resumed": False, "suspended": True, "uninstalled": True}.items():
            self.app.lifecycle(name)(lambda event, _, held=held: self.store.hold(str(event.installation_id), held=held))

        @self.app.lifecycle("erase_requested")
        def erase(event: Event, workspace: Portico) -> bool:
            self.store.erase(str(event.installation_id))
            return True


def create_app(
    config: Mapping[str, str],
    http_client: httpx.Client | None = None,
    *,
    outside: httpx.BaseTransport | None = None,
    resolve: Resolve = resolved,
    now: Callable[[], float] = time.time,
) -> flask.Flask:
    """Served by Flask. All but `config` is for tests: with an `http_client` nothing runs by itself, but by
    `web.extensions["flow_composer"].engine.run_due()`."""
    composer = FlowComposer(config, http_client or httpx.Client(), outside, resolve, now)
    web = flask.Flask(__name__)
    web.extensions["flow_composer"] = composer
    web.register_blueprint(blueprint(composer.app))  # /events, /lifecycle, /panels
    web.register_blueprint(of_flows(composer.interface))
    web.register_blueprint(of_runs(composer.interface, composer.engine))
    web.add_url_rule("/back", "back", lambda: back_page(composer.owners, config["PORTICO_BASE_URL"]))
    if http_client is None:
        composer.engine.start()
    return web
