"""Inline SVG icons: the lucide set, drawn into the page so that no sprite or font is fetched."""

from functools import lru_cache

from flask import Flask
from lucide.jinja import lucide as draw
from markupsafe import Markup

from portico.web import avatars


@lru_cache(maxsize=1024)
def lucide(name: str, size: int = 18, label: str | None = None) -> Markup:
    """Draw one icon at `size` CSS pixels.

    Without a label the icon is decoration and hidden from assistive technology; with one it is an image
    that bears this name. An unknown name raises `IconDoesNotExist`, so a typing error fails the first test
    that renders the page.
    """
    attributes = {"class": "icon", "focusable": "false", "stroke_width": "1.75"}
    attributes |= {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    drawing = draw(name, size=size, **attributes)
    return Markup("".join(line.strip() for line in drawing.splitlines()))  # noqa: S704 - escaped as XML above


def register(app: Flask) -> None:
    """Icons and avatars for the templates."""
    app.jinja_env.globals["lucide"] = lucide
    # The face that knows people's photos puts its own here.
    app.jinja_env.globals["photo_url"] = lambda key, size: None
    app.jinja_env.filters.update(initials=avatars.initials, tone=avatars.tone)
