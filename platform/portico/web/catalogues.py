"""Translations, read from the committed `.po` files: nothing is compiled beforehand, so nothing can be out of date.

One file per part (`translations/<locale>/LC_MESSAGES/{web,account,portal,admin,console}.po`) keeps them reviewable;
all of a locale are one catalogue. Reading them costs some 50 ms, once per process and locale.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale

FOLDER = Path(str(files("portico").joinpath("translations")))


def sources(locale: str) -> list[Path]:
    return sorted((FOLDER / locale / "LC_MESSAGES").glob("*.po"))


def read(locale: str) -> Catalog:
    """Every message of a locale, whatever file it stands in."""
    whole = Catalog(locale=locale)
    for path in sources(locale):
        with path.open("rb") as file:
            for message in read_po(file, locale=locale):
                if message.id:
                    whole[message.id] = message
    return whole


@cache
def translations(locale: str) -> NullTranslations:
    """The catalogue in gettext's form; an empty one for English, in which the messages are written."""
    if not sources(locale):
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read(locale))
    compiled.seek(0)
    return Translations(compiled)


class Catalogues(Domain):  # type: ignore[misc]
    """Where flask-babel finds the messages."""

    def get_translations(self) -> NullTranslations:
        return translations(str(get_locale() or "en"))
