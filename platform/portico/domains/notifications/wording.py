"""What a notification says, in the language of who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico.web.catalogues import translations


def said(text: str | None, params: Mapping[str, Any] | None, locale: str) -> str | None:
    """A text of the core in this language with its places filled; an app's as the app wrote it."""
    if text is None or params is None:
        return text
    return translations(locale).gettext(text) % params


def worded(row: dict[str, Any], locale: str) -> dict[str, Any]:
    """A notification as it is shown, with its title and body said."""
    return {**row, **{name: said(row[name], row["params"], locale) for name in ("title", "body")}}
