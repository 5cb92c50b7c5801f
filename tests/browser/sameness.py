"""What a page is made of: one that holds no other kinds of things than those that were looked at need not be looked at
again."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# Inside of these nothing is laid out or named by itself.
_CLOSED = frozenset({"svg", "script", "style", "select"})
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr", "col", "area", "base", "embed"})
_SAID = frozenset({"type", "role", "open", "disabled", "required", "multiple", "aria-invalid", "hidden"})

# One of the colours in which things come: each stands on some page.
_TONE = re.compile(r"tone-\d+|(tag|is)-(success|danger|warning|info|neutral|accent|violet)")


class _Kinds(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._around: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if any(name in _CLOSED for name, _ in self._around):
            return
        about = dict(attrs)
        classes = ".".join(sorted(one for one in (about.get("class") or "").split() if not _TONE.fullmatch(one)))
        states = ",".join(f"{name}={about[name]}" for name in sorted(about.keys() & _SAID))
        kind = f"{tag}.{classes}[{states}]"
        self.found.add(f"{self._around[-1][1] if self._around else ''} > {kind}")
        if tag not in _VOID:
            self._around.append((tag, kind))

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _ in self._around):
            while self._around.pop()[0] != tag:
                pass


def kinds(html: str) -> frozenset[str]:
    """Each element by name, classes and states, with the one around it."""
    parser = _Kinds()
    parser.feed(html)
    return frozenset(parser.found)
