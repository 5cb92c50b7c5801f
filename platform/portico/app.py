"""The web application, put together. `create_app()` reads like a table of contents."""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from multiprocessing.util import Finalize
from types import ModuleType
from typing import Any

from flask import Flask
from flask import Request as FlaskRequest
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter
from werkzeug.wsgi import get_host

from portico.kernel import api_log, bell, blobs, db, fence, jobs, last_use, logs, mail, public, secrets, sightings
from portico.kernel.events import EVENT_TYPES, RECORD_TYPES, EventType
from portico.kernel.jobs import JOB_KINDS
from portico.kernel.outbound import EgressPolicy
from portico.kernel.scopes import SCOPES, Scope
from portico.kernel.slots import SLOTS, Slot
from portico.settings import Settings, from_env
from portico.settings import configure as configure_settings
from portico.settings import current as current_settings
from portico.web import (
    assets,
    bridge,
    design,
    headers,
    health,
    icons,
    language,
    logging_calls,
    metrics,
    openapi,
    pages,
    problems,
    push,
)
from portico.web.converters import IdConverter
from portico.web.form_session import FormSessions
from portico.web.late_rules import LateRule
from portico.web.limits import Limits
from portico.web.navigation import ENTRIES
from portico.web.uploads import Request

DOMAINS = (
    "identity",
    "audit",
    "tasks",
    "files",
    "properties",
    "directory",
    "notifications",
    "approvals",
    "contacts",
    "tickets",
    "announcements",
    "attendance",
    "catalogue",
    "installations",
    "oauth",
    "interactions",
    "webhooks",
    "api_log",
    "views",
    "search",
)
FACES = ("account", "portal", "admin", "console")
# In this order: what a later file declares may name what an earlier one did.
FILES = ("models", "errors", "permissions", "slots", "events", "handlers", "jobs", "readers", "api", "routes")
MAX_BODY_BYTES = 1024 * 1024

_gathered: dict[str, ModuleType] = {}


class Application(Flask):
    """Flask, whose views here are all plain functions: it need not ask for each whether it is one; nor need it look for
    subdomains, ports and alphabets in the host, since no route asks for the host."""

    request_class = Request
    url_rule_class = LateRule

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def create_url_adapter(self, request: FlaskRequest | None) -> MapAdapter | None:
        if request is None or "HTTP_UPGRADE" in request.environ:
            return super().create_url_adapter(request)
        about = request.environ
        request.host = host = get_host(about, request.trusted_hosts)
        if not host.isascii():
            return super().create_url_adapter(request)
        return MapAdapter(
            self.url_map,
            host.lower(),
            _told(about, "SCRIPT_NAME") or "/",
            "",
            about["wsgi.url_scheme"],
            _told(about, "PATH_INFO"),
            about["REQUEST_METHOD"],
            _told(about, "QUERY_STRING"),
        )


def _told(environ: dict[str, Any], name: str) -> str:
    """What WSGI carries as Latin-1 and means as UTF-8 (PEP 3333)."""
    text: str = environ.get(name) or ""
    return text if text.isascii() else text.encode("latin1").decode(errors="replace")


def _module(name: str) -> ModuleType | None:
    """The module, or None where the domain has no such file. An error inside the file is not swallowed."""
    package = name.rpartition(".")[0]
    if find_spec(package) is None or find_spec(name) is None:
        return None
    return import_module(name)


def gather() -> dict[str, ModuleType]:
    """Import the known files of every domain, register what they declare, and seal the registries. Once."""
    if _gathered:
        return _gathered
    for file in FILES:
        for domain in DOMAINS:
            module = _module(f"portico.domains.{domain}.{file}")
            if module is not None:
                _gathered[f"{domain}.{file}"] = module
                _declare(module)
    for registry in (SCOPES, EVENT_TYPES, RECORD_TYPES, SLOTS, JOB_KINDS):
        registry.seal()
    return _gathered


def _declare(module: ModuleType) -> None:
    for value in vars(module).values():
        if isinstance(value, Scope):
            SCOPES.add(value)
        elif isinstance(value, EventType):
            (RECORD_TYPES if value.record_only else EVENT_TYPES).add(value)
        elif isinstance(value, Slot):
            SLOTS.add(value)


def start(settings: Settings) -> db.Database:
    """Open what every front door needs: registries, keys, database, bell, job carrier."""
    gather()
    configure_settings(settings)
    secrets.configure(secrets.load_keyring(settings.secret_keys, settings.home))
    database = db.configure(settings)
    fence.guard(database.engine)
    bell.configure(settings, database)
    jobs.configure(settings)
    blobs.configure(settings)
    mail.configure(settings)
    public.configure(settings)
    EgressPolicy.of(settings)  # what cannot be read stops the start, and not the first call
    return database


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application."""
    settings = settings or from_env()
    logs.configure()
    start(settings)
    static = f"/static/{assets.version()}"
    app = Application("portico.web", static_folder="static", static_url_path=static, template_folder="templates")
    _configure(app, settings)
    headers.register(app)
    assets.register(app, kept=settings.mode != "development")
    metrics.register(app)
    if settings.api_log_kept_days:
        logging_calls.register(app)
    problems.register(app)
    language.register(app)
    health.register(app)
    icons.register(app)
    bridge.register(app)
    push.register(app)
    pages.register(app, settings)
    openapi.register(app, [module.blp for name, module in _gathered.items() if name.endswith(".api")])
    _register_routes(app)
    _register_faces(app)
    if settings.mode == "development":
        design.register(app)
    return app


def create_served_app() -> Flask:
    """The application of a server process: it writes down what was used, once a minute and at its end."""
    app = create_app()
    # Not atexit: a worker process is forked and ends by os._exit, which runs these and nothing else.
    Finalize(None, last_use.flush_regularly(), exitpriority=1)
    Finalize(None, sightings.flush_regularly(), exitpriority=1)
    if current_settings().api_log_kept_days:
        Finalize(None, api_log.flush_regularly(), exitpriority=1)
    # What is made by now stays: to go through it again and again stops every call for a fifth of a second.
    gc.freeze()
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=secrets.keyring().derive("flask session"),
        SECRET_KEY_FALLBACKS=[secrets.keyring().derive("flask session", key) for key in secrets.keyring().keys[1:]],
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        BOOTSTRAP_SERVE_LOCAL=True,
        SESSION_COOKIE_NAME="__Host-portico_form" if settings.secure_cookies else "portico_form",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = FormSessions()
    app.url_map.converters["id"] = IdConverter
    app.extensions["portico_settings"] = settings
    app.extensions["portico_limits"] = Limits(settings)
    Bootstrap5(app)
    csrf = CSRFProtect(app)
    app.extensions["portico_csrf"] = csrf
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, count)  # type: ignore[method-assign]


def _register_routes(app: Flask) -> None:
    """What stands outside `/api/v1` because a standard says where (`/oauth`, `/.well-known`). No cookie is read
    there, so no form token guards it."""
    for name, module in _gathered.items():
        if name.endswith(".routes"):
            app.register_blueprint(module.blueprint)
            app.extensions["portico_csrf"].exempt(module.blueprint)


def _register_faces(app: Flask) -> None:
    for face in FACES:
        module = _module(f"portico.{face}")
        if module is not None:
            for blueprint in getattr(module, "BLUEPRINTS", (module.blueprint,)):
                app.register_blueprint(blueprint)
            for entry in module.MENU:
                ENTRIES.add(entry)
