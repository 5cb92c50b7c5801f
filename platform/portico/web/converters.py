"""Path parts that are ids: what does not have the form is not found."""

from __future__ import annotations

from werkzeug.routing import BaseConverter, Map


class IdConverter(BaseConverter):
    """`<id("con"):contact_id>`"""

    def __init__(self, url_map: Map, prefix: str) -> None:
        super().__init__(url_map)
        self.regex = prefix + "_[0-7][0-9a-v]{25}"
        self.prefix = prefix
