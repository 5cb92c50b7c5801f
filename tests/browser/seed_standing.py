"""Publishers and what people say: an app of another company that runs for real, with ratings, and an operator."""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask, request
from werkzeug.serving import make_server

from portico.domains.catalogue import service as catalogue
from portico.domains.catalogue.service import proving
from portico.domains.identity import service as identity
from portico.domains.installations import counting
from portico.domains.installations.service import rating
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support.apps import install, manifest, use
from tests.support.cast import Cast

_SCRIPT = '<script src="{portal}/bridge/v1.js" data-portico-panel></script>'
_PAGE = (
    '<!doctype html><html lang="en"><title>Planner</title><body><h1>Your week</h1><a href="/home?next=1">Next week</a>'
)


def _serve(portal: str) -> int:
    """The planner itself, on a port of its own; answers it."""
    app = Flask("planner")

    @app.get("/home")
    def home() -> str:
        script = _SCRIPT.format(portal=portal)
        return (
            (_PAGE + script) if request.headers.get("Authorization") else f"<!doctype html><title>shell</title>{script}"
        )

    server = make_server("localhost", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return int(server.port)


def _planner(port: int) -> dict[str, Any]:
    made = manifest(
        "planner",
        runtime={"base_url": f"http://localhost:{port}"},
        surfaces=[{"key": "home", "place": "portal.page", "title": "Planner", "url": "/home"}],
    )
    made["app"] |= {
        "name": {"en": "Planner", "zh-CN": "计划"},
        "summary": "Who works on what, week by week.",
        "categories": ["projects", "hr"],
        "support_url": "https://planworks.example/help",
        "privacy_url": "https://planworks.example/privacy",
    }
    return made


SAID = (
    ("agent", 5, "It shows on Monday what I would have found out on Thursday."),
    ("admin", 4, None),
    ("support_admin", 2, "Slow with many people <b>in it</b>.\nOtherwise fine."),
)


def seed_standing(cast: Cast, settings: Settings) -> dict[str, Any]:
    """Answers the ids that pages are opened by."""
    outsider = cast.actor("outsider")
    with cast.writing(cast.other):
        app = catalogue.register_app(outsider, _planner(_serve(settings.public_url)))
        catalogue.update_app(outsider, app["id"], visibility="public")
        about = {"name": "Planworks", "website": "https://planworks.example", "description": "We plan weeks."}
        catalogue.update_publisher(outsider, about, None)
        line = catalogue.name_domain(outsider, "planworks.example")["domain"]["txt_value"]
    proving.check_domain(app["publisher"]["id"], lambda name: (line,))
    with cast.writing():
        catalogue.name_domain(cast.actor("developer"), "acme.example")
    there = install(cast, "planner")
    texts = {}
    for who, stars, text in SAID:
        use(cast, there["id"], who)
        with cast.writing():
            texts[who] = rating.rate(cast.actor(who), "planner", stars, text)["id"]
    with cast.writing(cast.other):
        rating.answer_rating(outsider, "planner", texts["support_admin"], "Version 2 is faster; please try it.")
    with cast.writing():
        rating.report_rating(cast.actor("agent"), "planner", texts["support_admin"], "It is not true")
    counting.count_apps()
    with system_unit("tests: an operator", write=True):
        identity.mark_operator(cast.users["announcer"], True)
    return {"planner": {"app": app["id"], "publisher": app["publisher"]["id"], "installation": there["id"]}}
