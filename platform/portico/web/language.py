"""Languages and zones: English and 简体中文; each person's setting first, then what the browser asks for."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from zoneinfo import available_timezones

from flask import Flask, g, request
from flask_babel import Babel, format_datetime

from portico.kernel import clock

LOCALES = {"en": "English", "zh_Hans_CN": "简体中文"}
_CHINESE = ("zh", "zh-cn", "zh-hans", "zh-hans-cn", "zh-sg")


def known_locale(tag: str | None) -> str | None:
    """Our name of a language tag (BCP 47), or None. Babel raises on tags that it cannot parse: it never sees them."""
    text = (tag or "").replace("_", "-").lower()
    if text in _CHINESE:
        return "zh_Hans_CN"
    return "en" if text == "en" or text.startswith("en-") else None


def choose_locale() -> str:
    login = g.get("login")
    chosen = known_locale(request.cookies.get("portico_locale")) or known_locale(login.locale if login else None)
    if chosen:
        return chosen
    for tag, _ in request.accept_languages:
        known = known_locale(tag)
        if known:
            return known
    return "en"


def choose_timezone() -> str | None:
    login = g.get("login")
    zone = (login.timezone if login else None) or request.cookies.get("portico_timezone")
    return zone if zone in _ZONES else None


_ZONES = available_timezones()


def datetime_local(moment: datetime | None) -> str:
    """The instant in the person's zone and language."""
    return "" if moment is None else format_datetime(moment, "medium")


def iso(moment: datetime | None) -> str:
    """The exact instant, for the `datetime` attribute and on hover."""
    return "" if moment is None else clock.rfc3339(moment)


def register(app: Flask) -> None:
    Babel(
        app,
        locale_selector=choose_locale,
        timezone_selector=choose_timezone,
        default_translation_directories=_where(),
    )
    app.jinja_env.filters["datetime_local"] = datetime_local
    app.jinja_env.filters["iso"] = iso


def _where() -> str:
    return str(files("portico").joinpath("translations"))
