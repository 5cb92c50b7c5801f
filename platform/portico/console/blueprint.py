"""The pages of developers."""

from __future__ import annotations

from typing import Any

from flask import redirect
from werkzeug.wrappers import Response

from portico.web.pages import PageBlueprint, workspace_url

blueprint = PageBlueprint("console", "portico.console", prefix="/console")
ROLE = "developer"


def here(endpoint: str, **values: Any) -> str:
    """The address of another page of this face, in the workspace on screen."""
    return workspace_url(f"console.{endpoint}", **values)


def go(endpoint: str, **values: Any) -> Response:
    """On to another page after a change (303, so that the browser asks with GET)."""
    return redirect(here(endpoint, **values), 303)
