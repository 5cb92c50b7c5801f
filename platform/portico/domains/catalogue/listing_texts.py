"""What of a manifest the catalogue shows, in the two languages that people edit side by side; others stay."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from portico.domains.catalogue.categories import CATEGORIES

TEXTS = ("name", "summary", "description")
LINKS = ("support_url", "privacy_url")
CHINESE = "zh-CN"


def texts_of(text: Any) -> tuple[str, str]:
    """English and Chinese; empty where there is none."""
    if not isinstance(text, Mapping):
        return str(text or ""), ""
    return str(text.get("en", "")), str(text.get(_chinese_in(text), ""))


def _chinese_in(text: Mapping[str, Any]) -> str:
    """How this table calls it: `zh`, `zh-CN`, `zh-Hans`."""
    return next((name for name in text if name.startswith("zh")), CHINESE)


def with_listing(manifest: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with other values in what the catalogue shows, and nothing else changed.

    `values`: each of TEXTS as (English, Chinese), each of LINKS, `categories`, `screenshots`, and `icon`, which None
    leaves as it is.
    """
    made = deepcopy(dict(manifest))
    app = made["app"]
    given = {name: changed_text(app.get(name), *values[name]) for name in TEXTS}
    given |= {name: values[name] for name in LINKS}
    given["categories"] = _categories(app.get("categories", []), values["categories"])
    given["screenshots"] = values["screenshots"]
    given["icon"] = values["icon"] or app.get("icon")
    for name, value in given.items():
        if value:
            app[name] = value
        else:
            app.pop(name, None)
    return made


def changed_text(before: Any, english: str, chinese: str) -> Any:
    """A text of a manifest in other words; its other languages stay."""
    if (english, chinese) == tuple(_as_typed(text) for text in texts_of(before)):
        return before
    table = dict(before) if isinstance(before, Mapping) else {}
    table |= {"en": english, _chinese_in(table): chinese}
    kept = {language: text for language, text in table.items() if text}
    return english if kept.keys() <= {"en"} else kept


def _as_typed(text: str) -> str:
    """As a form sends it back: that no blank at its end makes a new version."""
    return text.replace("\r\n", "\n").strip()


def _categories(before: list[str], chosen: list[str]) -> list[str]:
    """In the order in which they stood; what is no category of ours stays, since nobody was asked about it."""
    kept = [key for key in before if key in chosen or key not in CATEGORIES]
    return [*kept, *(key for key in chosen if key not in kept)]
