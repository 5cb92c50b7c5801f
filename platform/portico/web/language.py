"""Languages and zones: English and 简体中文; each person's setting first, then what the browser asks for."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import available_timezones

from flask import Flask, g, request
from flask_babel import Babel, format_date, format_datetime

from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.authn import Membership, Place
from portico.web import relative_times
from portico.web.catalogues import Catalogues

LOCALES = {"en": "English", "zh_Hans_CN": "简体中文"}
_CHINESE = ("zh", "zh-cn", "zh-hans", "zh-hans-cn", "zh-sg")
_ZONES = available_timezones()


def known_locale(tag: str | None) -> str | None:
    """Our name of a language tag (BCP 47), or None. Babel raises on tags that it cannot parse: it never sees them."""
    text = (tag or "").replace("_", "-").lower()
    if text in _CHINESE:
        return "zh_Hans_CN"
    return "en" if text == "en" or text.startswith("en-") else None


def known_zone(name: str | None) -> str | None:
    """The name of a time zone of the tz database, or None."""
    return name if name in _ZONES else None


def zones() -> list[str]:
    """The zones people choose from: those named by a place, and UTC."""
    places = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ["UTC", *sorted(zone for zone in _ZONES if zone.startswith(places))]


def choose_locale() -> str:
    login = g.get("login")
    chosen = known_locale(request.cookies.get("portico_locale")) or known_locale(login.locale if login else None)
    if chosen:
        return chosen
    for tag, _ in request.accept_languages:
        known = known_locale(tag)
        if known:
            return known
    return known_locale(place.locale if (place := _place()) else None) or "en"


def _place() -> Place | None:
    """The workspace that is on screen: it decides for who has not."""
    member: Membership | None = g.get("member")
    return member.place if member is not None else None


def locale_of(actor: Actor) -> str:
    """In which language the API says what people read: the person's, or what the request asks for."""
    asked = (known_locale(tag) for tag, _ in request.accept_languages)
    return known_locale(actor.locale) or next((known for known in asked if known), "en")


def choose_timezone() -> str | None:
    login = g.get("login")
    chosen = known_zone((login.timezone if login else None) or request.cookies.get("portico_timezone"))
    return chosen or known_zone(place.timezone if (place := _place()) else None)


def datetime_local(moment: datetime | None) -> str:
    """The instant in the person's zone and language."""
    return "" if moment is None else format_datetime(moment, "medium")


def date_local(moment: datetime | None) -> str:
    """The day of the instant in the person's zone and language."""
    return "" if moment is None else format_date(moment, "medium")


def day_local(moment: datetime | None) -> str:
    """The day with its weekday, in the person's zone and language."""
    return "" if moment is None else format_date(moment, "full")


def iso(moment: datetime | None) -> str:
    """The exact instant, for the `datetime` attribute and on hover."""
    return "" if moment is None else clock.rfc3339(moment)


def register(app: Flask) -> None:
    babel = Babel(app, locale_selector=choose_locale, timezone_selector=choose_timezone)
    babel.domain_instance = Catalogues()
    app.jinja_env.filters.update(
        datetime_local=datetime_local, date_local=date_local, day_local=day_local, iso=iso, ago=relative_times.ago
    )
