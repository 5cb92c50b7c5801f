"""Markdown of developers as HTML that cannot harm: no raw HTML, no pictures from elsewhere, no scripts in links."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup


@cache
def _parser() -> MarkdownIt:
    """CommonMark and tables. markdown-it itself refuses `javascript:`, `vbscript:`, `file:` and `data:` addresses."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _soften(tokens: list[Token]) -> None:
    """Headings begin below the page's own two levels; links tell the other side nothing and get no handle on us."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - highest + 3, 6)}"
    _say_pictures(tokens)
    for token in tokens:
        token.children = list(_without_dead_links(token.children or []))
        for inner in token.children:
            if inner.type == "link_open":
                inner.attrSet("rel", "noopener noreferrer nofollow")


def _say_pictures(tokens: list[Token]) -> None:
    """A picture in a sentence becomes its words; a paragraph of pictures alone goes."""
    for place, token in enumerate(tokens):
        inner = token.children or []
        if any(each.type == "image" for each in inner) and all(
            each.type in ("image", "softbreak", "hardbreak") for each in inner
        ):
            tokens[place - 1].hidden = tokens[place + 1].hidden = True
            token.children = []
        for each in token.children or []:
            if each.type == "image":
                each.type, each.children = "text", None


def _without_dead_links(tokens: list[Token]) -> Iterator[Token]:
    """A link to a neighbour of the file leads nowhere on our pages; its words stay."""
    dead = False
    for token in tokens:
        if token.type == "link_open":
            dead = not urlsplit(str(token.attrGet("href"))).scheme
        if not (dead and token.type in ("link_open", "link_close")):
            yield token


def render(text: str | None) -> Markup:
    """The text as safe HTML."""
    parser = _parser()
    tokens = parser.parse(text or "")
    _soften(tokens)
    html = parser.renderer.render(tokens, parser.options, {})
    # Code wider than the page scrolls, also for who has no mouse; a heading without words is none.
    html = html.replace("<pre>", '<pre tabindex="0">').replace("<th></th>", "<td></td>")
    return Markup(html)  # noqa: S704 - html is off, see above
