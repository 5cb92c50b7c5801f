"""Every text for people, found in the sources as gettext's tools find them, and whether it is translated.

`python -m tests.support.messages [FOLDER …]` prints what is not, ready to be filled in."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

import portico.domains
from portico.app import gather
from portico.domains.catalogue.manifests import words_of_findings
from portico.kernel.errors import REFUSALS
from portico.kernel.events import EVENT_TYPES
from portico.kernel.scopes import SCOPES
from portico.kernel.slots import SLOTS
from portico.web.catalogues import read

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "platform" / "portico"
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
# Seen by developers only.
_UNSEEN = {"web/templates/design.html"}

Message = str | tuple[str, ...]


def in_sources(folder: Path = SOURCES) -> Iterator[tuple[Message, str]]:
    """Each marked text and where it stands."""
    for path, line, message, _, _ in extract_from_dir(folder, METHODS, keywords=KEYWORDS):
        where = (folder / path).relative_to(SOURCES).as_posix()
        if where not in _UNSEEN:
            yield message, f"{where}:{line}"


def declared() -> Iterator[tuple[Message, str]]:
    """What is declared without a mark and shown nevertheless: refusals, scopes, places, events, findings."""
    gather()
    for package in pkgutil.walk_packages(portico.domains.__path__, "portico.domains."):
        if package.name.endswith(".errors"):
            importlib.import_module(package.name)
    yield from ((refusal.title, f"refusal {code}") for code, refusal in REFUSALS.items() if refusal.title)
    yield from ((scope.sentence, f"scope {scope.name}") for scope in SCOPES)
    yield from ((slot.title, f"place {slot.place}") for slot in SLOTS)
    yield from ((kind.title, f"event {kind.name}") for kind in EVENT_TYPES)
    yield from ((text, "finding") for text in words_of_findings() if text != "{}")


def untranslated(messages: Iterator[tuple[Message, str]], locale: str = "zh_Hans_CN") -> dict[Message, str]:
    """The texts without a translation, each with one place where it stands."""
    known = read(locale)

    def has(message: Message) -> bool:
        entry: Any = known.get(message if isinstance(message, str) else message[0])
        return entry is not None and bool(entry.string if isinstance(message, str) else entry.string[0])

    return {message: where for message, where in messages if message and not has(message)}


def main() -> None:
    folders = [Path(name).resolve() for name in sys.argv[1:]]
    found = {} if folders else untranslated(declared())
    for folder in folders or [SOURCES]:
        found |= untranslated(in_sources(folder))
    catalog = Catalog()
    for message, where in found.items():
        file, _, line = where.partition(":")
        catalog.add(message, locations=[(file, int(line) if line.isdigit() else 0)])
    write_po(sys.stdout.buffer, catalog, omit_header=True, sort_by_file=True)


if __name__ == "__main__":
    main()
