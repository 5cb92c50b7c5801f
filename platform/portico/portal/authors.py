"""Who wrote a message, as conversations and timelines show it: people by their name, apps with their icon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext

from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import queries as installations
from portico.kernel.actor import Actor

APPS = ("app", "app_for_employee")


class Authors:
    """The authors of some rows, their apps asked for at once."""

    def __init__(self, actor: Actor, rows: Iterable[Mapping[str, Any]]) -> None:
        ids = {row["author"]["id"] for row in rows if row["author"]["kind"] in APPS}
        apps = installations.apps_of(actor, ids)
        looks = catalogue.looks_of(set(apps.values()), actor.locale)
        self._looks = {one: looks[app_id] for one, app_id in apps.items() if app_id in looks}

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        author = row["author"]
        kind = "app" if author["kind"] in APPS else "employee"
        name = author.get("display_name") or (gettext("An app") if kind == "app" else gettext("Someone"))
        look = self._looks.get(author["id"], {})
        return {
            "kind": kind,
            "id": author["id"],
            "display_name": name,
            "key": look.get("key"),
            "icon_url": look.get("icon_url"),
        }
