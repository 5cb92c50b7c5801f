"""The publisher that the developer is: what it says about itself, and the domain that it proves."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import gettext, lazy_gettext
from wtforms import EmailField, StringField, TextAreaField, URLField
from wtforms.validators import DataRequired, Length

from portico.console.blueprint import ROLE, blueprint, go
from portico.domains.catalogue import queries, service
from portico.domains.catalogue.publisher_schemas import DomainInput, PublisherUpdate
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, blank_to_none, one_line, strip, version_in
from portico.web.navigation import Entry

MENU = [Entry("console", N_("Publisher"), "building-2", "console.publisher", 40, role=ROLE)]
PROBLEMS = {
    "no_file": N_("There is no such TXT record, and no file at the address."),
    "no_answer": N_("There is no such TXT record, and the site does not answer over https."),
    "blocked": N_("There is no such TXT record, and the site is blocked by network policy."),
    "redirect": N_("There is no such TXT record, and the address leads elsewhere; serve the file without a redirect."),
    "other_content": N_("There is no such TXT record, and the file does not hold this line."),
}


class Profile(Form):
    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(), Length(max=80)],
        filters=[one_line],
        description=lazy_gettext("No two publishers may have names that look alike. Another name ends a verification."),
    )
    website = URLField(lazy_gettext("Website"), [Length(max=300)], filters=[strip])
    support_email = EmailField(lazy_gettext("Address for support"), [Length(max=254)], filters=[strip])
    description = TextAreaField(lazy_gettext("Who you are"), [Length(max=2000)], filters=[strip], render_kw={"rows": 4})


class DomainName(Form):
    domain = StringField(
        lazy_gettext("Your domain"),
        [DataRequired(), Length(max=253)],
        filters=[strip],
        render_kw={"spellcheck": "false"},
    )


def _own(actor: Actor) -> dict[str, Any] | None:
    try:
        return queries.own_publisher(actor)
    except NotFound:
        return None


def _page(actor: Actor, profile: Profile | None = None, domain: DomainName | None = None) -> Any:
    row = _own(actor)
    about = {name: row[name] for name in ("name", "website", "support_email", "description")} if row else {}
    shown = profile or Profile(formdata=None, data=about)
    named = domain or DomainName(formdata=None, domain=row["domain"]["domain"] if row and row["domain"] else None)
    problem = row["domain"]["problem"] if row and row["domain"] else None
    return (domain or shown).page(
        "console/publisher/publisher.html",
        row=row,
        profile=shown,
        domain=named,
        changed=domain if domain is not None else profile,
        problem=gettext(PROBLEMS[problem]) if problem in PROBLEMS else problem,
    )


@blueprint.page("/publisher", role=ROLE)
def publisher(actor: Actor) -> Any:
    return _page(actor)


@blueprint.page("/publisher", methods=("POST",), role=ROLE, endpoint="publisher_save")
def publisher_save(actor: Actor) -> Any:
    form = Profile()
    if form.validate_on_submit():
        with form.attempt():
            names = ("website", "support_email", "description")
            given = {"name": form.name.data, **{name: blank_to_none(form[name].data) for name in names}}
            values = load(PublisherUpdate(), given)
            service.update_publisher(actor, values, version_in(request.form.get("version")))
            flash(gettext("Saved."), "success")
            return go("publisher")
    return _page(actor, profile=form)


@blueprint.page("/publisher/domain", methods=("POST",), role=ROLE)
def publisher_domain(actor: Actor) -> Any:
    form = DomainName()
    if form.validate_on_submit():
        with form.attempt():
            service.name_domain(actor, load(DomainInput(), {"domain": form.domain.data})["domain"])
            flash(gettext("Now put the line there, then let us look."), "success")
            return go("publisher")
    return _page(actor, domain=form)


@blueprint.page("/publisher/domain/check", methods=("POST",), role=ROLE)
def publisher_domain_check(actor: Actor) -> Any:
    act(
        lambda: service.ask_for_check(actor), gettext("We look within seconds; load this page again to see the answer.")
    )
    return go("publisher")


@blueprint.page("/publisher/domain/forget", methods=("POST",), role=ROLE)
def publisher_domain_forget(actor: Actor) -> Any:
    act(lambda: service.forget_domain(actor), gettext("The domain is no longer yours here."))
    return go("publisher")
