"""A surface of an app as a frame on a page of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Protocol

from flask import g

from portico.web.local_apps import marked
from portico.web.pages import workspace_url

# What may stand in a policy: an origin, and nothing that would end the directive.
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


class Surface(Protocol):
    @property
    def installation_id(self) -> str: ...
    @property
    def app_key(self) -> str: ...
    @property
    def app_name(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def icon_url(self) -> str | None: ...
    @property
    def local(self) -> bool: ...


def frame(surface: Surface, about: tuple[str, str] | None = None) -> dict[str, Any]:
    """What the app_frame macro needs; `about` is the record that it stands beside."""
    at = {"installation_id": surface.installation_id, "surface": surface.key}
    object_ = {"type": about[0], "id": about[1]} if about else None
    return {
        "app": {"name": surface.app_name, "key": surface.app_key, "icon_url": surface.icon_url, "url": None},
        "title": marked(surface.title, surface.local),
        "src": surface.url,
        "origin": surface.origin,
        "token_url": workspace_url("portal.surface_token", **at),
        "context": {"surface": surface.key, "object": object_},
        "id": f"app-{surface.app_key}-{surface.key}",
    }


def allow_frames(surfaces: Iterable[Surface]) -> None:
    """Let the policy of this page name the origins of these apps, and no others."""
    origins = sorted({surface.origin for surface in surfaces if _ORIGIN.fullmatch(surface.origin)})
    if origins:
        g.frame_src = " ".join(origins)
