"""What a page in Chinese says in Latin letters, and is neither a name nor data: words that nobody translated."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

# Visible texts, and what is said of things without one. Code, keys and times are the same in every language; what is
# written in Markdown or by apps on cards comes in pieces, and so does what a search marks.
_TEXTS = """() => {
  const code = 'script, style, template, noscript, code, pre, kbd, samp, ins, del, .mono';
  const quiet = code + ', time, textarea, svg, [lang]:not(html), .avatar, .roster-shift, .prose, .blocks, :has(> mark)';
  const said = ['placeholder', 'aria-label', 'title', 'alt'];
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const around = walker.currentNode.parentElement;
    if (around.closest(quiet) || !around.checkVisibility()) continue;
    found.add(walker.currentNode.data.replace(/\\s+/g, ' ').trim());
  }
  for (const one of document.body.querySelectorAll(said.map((name) => `[${name}]`).join(', '))) {
    if (one.closest(quiet) || !one.checkVisibility()) continue;
    for (const name of said) if (one.hasAttribute(name)) found.add(one.getAttribute(name).replace(/\\s+/g, ' ').trim());
  }
  return [...found].filter((text) => /[A-Za-z]{2}/.test(text));
}"""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# A word as people write it.
_WORD = re.compile(r"(?<!\S)[“‘(]?([A-Za-z][A-Za-z'’-]+)[.,:;!?…”’)]*(?!\S)")
# A key, an address, a path.
_CODE = re.compile(r"\S*\w[._:/@]\w\S*")
# Names of products, formats and protocols, units, and what is a sign rather than a word.
_PRODUCTS = """
Portico API OAuth URL ID JSON CSV TOML HTTPS HTTP UTC Ctrl Esc Enter Alt Shift Python SDK PNG JPEG WebP SVG
GIF iCalendar ICS Wi-Fi Wi Fi GPS IP SSID BSSID
GET POST PUT PATCH DELETE hmac kB KB MB GB ms min SMTP DNS TXT QR PostgreSQL SQLite Redis
curl Markdown Flask FastAPI Webhook webhook Webhooks ASGI WSGI GitHub English HR PIN
"""
_SAME = frozenset(_PRODUCTS.split())
NAMES = frozenset({"name", "label", "title", "tags", "purpose", "key"})
"""Columns in which a word is data, however it is written."""


@dataclass(frozen=True)
class Known:
    """The texts of the seed, longest first: what people and apps wrote."""

    texts: tuple[str, ...]

    @classmethod
    def of(cls, database: Path) -> Known:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as opened:
            opened.row_factory = sqlite3.Row
            tables = [row["name"] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = [row for table in tables for row in opened.execute(f'SELECT * FROM "{table}"')]
        given = [(key, value) for row in rows for key, value in zip(row.keys(), row, strict=True) if value]
        texts = {text.strip() for key, value in given for text in _texts(value, named=key in NAMES)}
        return cls(tuple(sorted(texts - {""}, key=len, reverse=True)))


def _texts(value: Any, *, named: bool) -> Iterator[str]:
    """What was written, whole and line by line, in JSON too; a name is data even where it looks like a key."""
    if isinstance(value, str):
        found = (value, *value.splitlines())
        yield from found if named else filter(_is_written, found)
        if value.startswith(("{", "[")):
            yield from _texts(_parsed(value), named=named)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, named=named)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(one, named=key in NAMES)


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return None


def _is_written(text: str) -> bool:
    """No word of the platform's own, such as `open` and `ticket.created`: those have names."""
    return len(text) > 1 and re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", text) is None


def untranslated(page: Page, known: Known) -> list[str]:
    """Texts without a word of Chinese; a translated sentence may name an English thing."""
    texts: list[str] = page.evaluate(_TEXTS)
    return [text for text in texts if not _CHINESE.search(text) and _left_over(text, known)]


def _left_over(text: str, known: Known) -> list[str]:
    rest = text
    for one in known.texts:
        if one in rest:
            rest = rest.replace(one, " ")
    plain = _CODE.sub(" ", text)
    return [word for word in _WORD.findall(rest) if word not in _SAME and word in plain]
