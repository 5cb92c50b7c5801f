"""What the palette (Ctrl-K) and the pages of a search show: sections of rows, each of which leads somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext, ngettext
from markupsafe import Markup

from portico.kernel import search as words
from portico.kernel import text
from portico.kernel.text import N_

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do from anywhere: a page that begins it, or what a script does on this page."""

    label: str
    icon: str
    endpoint: str | None = None
    scope: str | None = None
    action: str | None = None
    """`theme` or `shortcuts`, which the palette knows."""


ON_THIS_PAGE = (
    Command(N_("Switch between light and dark"), "sun-moon", action="theme"),
    Command(N_("Keyboard shortcuts"), "keyboard", action="shortcuts"),
)


@dataclass(frozen=True, slots=True)
class Row:
    title: str | Markup
    detail: str
    icon: str
    url: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    label: str
    rows: Sequence[Row]
    more: str | None = None


def asked() -> str:
    """What is looked for; empty where there is nothing in it that could be found."""
    q = text.clean_name(request.args.get("q", "")[:_LONGEST])
    return q if words.terms(q) else ""


def said(q: str, sections: Sequence[Section]) -> str:
    if not q:
        return ""
    count = sum(len(section.rows) for section in sections)
    if not count:
        return str(gettext("Nothing found for “%(q)s”.", q=q))
    return str(ngettext("%(num)s result", "%(num)s results", count))


def filled(*sections: Section) -> list[Section]:
    return [section for section in sections if section.rows]


def is_named(q: str, *labels: str) -> bool:
    """Whether each word of `q` begins a word of these; nothing names everything."""
    known = text.search_words(*labels)
    return all(any(word.startswith(term) for word in known) for term in words.terms(q))


def draw(q: str, sections: Sequence[Section], *, corrected: bool = False) -> str:
    """The answer that the palette puts below its box."""
    return render_template("palette.html", sections=sections, corrected=corrected, said=said(q, sections))
