"""The living page of the design language, `/design`: every component in every state, with invented data.

Development only: it needs no database and nobody signed in.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, render_template
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from portico.kernel import clock

APP_ORIGIN = "http://localhost:9"  # nobody listens on the discard port: the frame shows what it does then


class Sample(FlaskForm):  # type: ignore[misc]
    """One field of each kind."""

    name = StringField("Name", [DataRequired()], description="As it should appear in letters.")
    email = EmailField("E-mail", [DataRequired()], render_kw={"autocomplete": "off"})
    password = PasswordField("Password", render_kw={"autocomplete": "new-password"})
    kind = SelectField("Kind", choices=[SelectChoice("person", "Person"), SelectChoice("company", "Company")])
    note = TextAreaField("Note")
    channel = RadioField("Reach by", choices=[SelectChoice("email", "E-mail"), SelectChoice("phone", "Phone")])
    news = BooleanField("May receive news", description="They can change it at any time.")


def sample() -> dict[str, Any]:
    form = Sample(formdata=None, email="maya@")
    form.email.errors = ["This is not an e-mail address."]
    return {
        "now": clock.now(),
        "minute": timedelta(minutes=1),
        "form": form,
        "frame_src": f"{APP_ORIGIN}/panel",
        "frame_origin": APP_ORIGIN,
    }


def shell(ui: dict[str, Any]) -> dict[str, Any]:
    """The frame of an imagined workspace, in the visitor's own theme and language."""
    return ui | {
        "face": "portal",
        "here": "/design",
        "workspace": {"name": "Acme Trading", "slug": "acme", "url": "#"},
        "workspaces": [{"name": "Acme Trading", "url": "#", "active": True}, {"name": "Northlight", "url": "#"}],
        "person": {"display_name": "Tom Becker", "email": "tom.becker@acme.example", "role": "Agent"},
        "faces": [
            {"label": "Portal", "url": "#", "icon": "layout-grid", "active": True},
            {"label": "Admin", "url": "#", "icon": "shield-check"},
            {"label": "Developer", "url": "#", "icon": "code"},
        ],
    }


NAV = [
    {"label": "Home", "url": "#", "icon": "house", "active": True, "key": "h"},
    {"label": "Tickets", "url": "#", "icon": "ticket", "badge": 12, "key": "t"},
    {"label": "Contacts", "url": "#", "icon": "contact", "key": "c"},
    {"label": "People", "url": "#", "icon": "users"},
    {"label": "Catalogue", "url": "#", "icon": "layout-grid", "group": "Apps"},
    {"label": "First Responder", "url": "#", "icon": "blocks", "group": "Apps"},
]


def register(app: Flask) -> None:
    @app.get("/design")
    def design() -> str:
        context: dict[str, Any] = {}
        app.update_template_context(context)
        return render_template("design.html", ui=shell(context.get("ui", {})), nav=NAV, sample=sample())
