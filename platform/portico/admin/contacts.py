"""How the workspace keeps its contacts: stages, country of telephone numbers, companies by domain."""

from __future__ import annotations

from typing import Any

import phonenumbers
from flask import flash, request
from flask_babel import get_locale, gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField
from wtforms.validators import Length

from portico.admin.blueprint import blueprint, go
from portico.domains.contacts import schemas, service
from portico.domains.contacts.settings import settings
from portico.kernel import text
from portico.kernel.actor import Actor
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.web.forms import Form, version_in
from portico.web.navigation import Entry

MENU = [
    Entry(
        "admin",
        N_("Contacts"),
        "contact",
        "admin.contacts",
        42,
        scope="contact_settings:write",
        group=N_("Company"),
    )
]


class ContactSettingsForm(Form):
    stages = TextAreaField(
        lazy_gettext("Stages"),
        [Length(max=4000)],
        render_kw={"rows": 7},
        description=lazy_gettext(
            "One on each line, in the order in which a contact passes them. To keep the name of one that you call "
            "differently, write: key | text."
        ),
    )
    default_country = SelectField(
        lazy_gettext("Country of telephone numbers"),
        description=lazy_gettext("Of numbers without a country code that are written from now on."),
    )
    link_by_domain = BooleanField(
        lazy_gettext("Tie contacts to companies by the domain of their address"),
        description=lazy_gettext("Never by free mail, nor by an address that several people share."),
    )
    version = HiddenField()

    def values(self, now: list[dict[str, str]]) -> dict[str, Any]:
        return {
            "stages": list(_stages(self.stages.data, {one["label"]: one["key"] for one in now})),
            "default_country": self.default_country.data or None,
            "link_by_domain": bool(self.link_by_domain.data),
        }


def _stages(written: str | None, known: dict[str, str]) -> Any:
    """A name that is there keeps its key; that of a new one is made of the name, or of its place where that gives
    none."""
    for place, line in enumerate((written or "").splitlines(), 1):
        key, bar, label = (part.strip() for part in line.partition("|"))
        if key and bar:
            yield {"key": key, "label": label or key}
        elif key:
            yield {"key": known.get(key) or _key_of(key) or f"stage_{place}", "label": key}


def _key_of(label: str) -> str:
    found = text.slug(label).replace("-", "_")
    return found if found[:1].isalpha() else ""


def _lines(stages: list[dict[str, str]]) -> str:
    return "\n".join(
        one["label"] if _key_of(one["label"]) in ("", one["key"]) else f"{one['key']} | {one['label']}"
        for one in stages
    )


def _countries() -> list[tuple[str, str]]:
    names = get_locale().territories
    known = [
        (code, f"{names.get(code, code)} (+{phonenumbers.country_code_for_region(code)})")
        for code in phonenumbers.SUPPORTED_REGIONS
    ]
    return [("", gettext("None")), *sorted(known, key=lambda pair: pair[1])]


@blueprint.page("/contacts", methods=("GET", "POST"), scope="contact_settings:write")
def contacts(actor: Actor) -> Any:
    now = settings(actor)
    form = ContactSettingsForm(
        stages=_lines(now["stages"]),
        default_country=now["default_country"] or "",
        link_by_domain=now["link_by_domain"],
        version=now["version"],
    )
    form.default_country.choices = _countries()
    if request.method == "POST" and form.validate():
        with form.attempt():
            values = load(schemas.ContactSettingsInput(), form.values(now["stages"]))
            service.set_settings(actor, values, expected_version=version_in(form.version.data))
            flash(gettext("Saved."), "success")
            return go("contacts")
    return form.page("admin/contacts/settings.html")
