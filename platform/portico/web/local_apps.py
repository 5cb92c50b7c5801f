"""What runs on a developer's machine says so wherever people meet it."""

from __future__ import annotations

from flask_babel import gettext
from markupsafe import Markup, escape


def marked(title: str, local: bool) -> str:
    return gettext("%(title)s (local)", title=title) if local else title


def marked_html(title: Markup, local: bool) -> Markup:
    """As `marked`, of what has marks in it already."""
    return escape(gettext("%(title)s (local)")) % {"title": title} if local else title
