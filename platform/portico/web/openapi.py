"""The OpenAPI document of `/api/v1` and its two readers, served from local files."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from flask import Flask, Response, current_app, render_template
from flask_smorest import Api, Blueprint

from portico.kernel.errors import REFUSALS
from portico.kernel.scopes import SCOPES
from portico.web.converters import IdConverter
from portico.web.headers import content_policy

_SETTINGS: dict[str, Any] = {
    "API_TITLE": "Portico API",
    "API_VERSION": f"v1 ({version('portico')})",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
}


class PorticoApi(Api):  # type: ignore[misc]
    """flask-smorest's document without its error handler: ours speaks problem+json.

    The document is put together when it is first read: that takes longer than all else at the start of a process.
    """

    def __init__(self, app: Flask) -> None:
        self._undescribed: list[Blueprint] = []
        self._describing = threading.Lock()
        super().__init__(app)

    def _register_error_handlers(self) -> None:
        return

    def register_blueprint(self, blueprint: Blueprint) -> None:
        """The routes now, their description later."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._undescribed.append(blueprint)

    def _openapi_json(self) -> Response:
        with self._describing:
            if self._undescribed:
                self._describe()
        response: Response = super()._openapi_json()
        return response

    def _describe(self) -> None:
        while self._undescribed:
            blueprint = self._undescribed.pop(0)
            blueprint.register_views_in_doc(self, self._app, self.spec, name=blueprint.name, parameters=None)
            self.spec.tag({"name": blueprint.name, "description": blueprint.description})
        _drop_default_answers(self)


def _id_parameter(converter: IdConverter) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{converter.prefix}_[0-7][0-9a-v]{{25}}$"}


def register(app: Flask, blueprints: Iterable[Blueprint]) -> None:
    app.config.update(_SETTINGS)
    api = PorticoApi(app)
    api.register_converter(IdConverter, _id_parameter)
    api.spec.components.security_scheme(
        "bearer",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "Scopes: " + ", ".join(f"`{scope.name}`" for scope in SCOPES),
        },
    )
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
        app.extensions["portico_csrf"].exempt(blueprint)
    _register_readers(app)


def _drop_default_answers(api: Api) -> None:
    """flask-smorest gives each operation a default answer of its own shape; ours are all named."""
    for path in api.spec._paths.values():
        for operation in path.values():
            if isinstance(operation, dict):
                operation.get("responses", {}).pop("default", None)


def _scalar() -> bytes:
    folder = files("flask_openapi3_scalar").joinpath("templates", "scalar", "js")
    return folder.joinpath("scalar.standalone.js").read_bytes()


def _register_readers(app: Flask) -> None:
    @app.get("/docs/api")
    def api_reference() -> Response:
        response = Response(render_template("docs/api.html"))
        response.headers["Content-Security-Policy"] = content_policy(style_src="'self' 'unsafe-inline'")
        return response

    @app.get("/docs/errors")
    def error_reference() -> str:
        """Where `type` of a problem document leads."""
        return render_template("docs/errors.html", refusals=[(c, REFUSALS[c]) for c in sorted(REFUSALS) if c])

    @app.get("/docs/api/scalar.js")
    def api_reference_script() -> Response:
        script = current_app.extensions.setdefault("portico_scalar", _scalar())
        return Response(
            script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "max-age=86400"}
        )
