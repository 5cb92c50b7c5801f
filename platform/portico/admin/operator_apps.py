"""The kill switch: find an app, see who would be hit, stop it everywhere, and let it run again."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template
from flask_babel import get_locale, gettext, lazy_gettext
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portico.admin.operator import go, operator_page
from portico.domains.catalogue.queries import operating
from portico.domains.identity import queries as identity
from portico.domains.installations import reach, service
from portico.kernel.authn import Login
from portico.kernel.text import N_
from portico.kernel.unit_of_work import system_unit
from portico.web.acting import act
from portico.web.forms import Form, strip
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [Entry("operator", N_("Kill switch"), "octagon-pause", "operator.apps", 40, key="k")]
_ONE = '/apps/<id("app"):app_id>'


class Kill(Form):
    reason = TextAreaField(
        lazy_gettext("Why"),
        [DataRequired(lazy_gettext("Every admin who runs it reads this.")), Length(max=500)],
        filters=[strip],
        description=lazy_gettext("Every admin who runs it reads this."),
        render_kw={"rows": 3},
    )
    key = StringField(lazy_gettext("The key of the app, to confirm"), [DataRequired()], filters=[strip])


def _locale() -> str:
    return str(get_locale() or "en")


@operator_page("/apps")
def apps(login: Login) -> str:
    found = operating.page_of_all_apps(page_query(operating.APPS, {}), _locale())
    return render_template("admin/operator/apps.html", rows=found.rows, links=page_links(found))


def _page(app_id: str, form: Kill) -> Any:
    with system_unit("operator page: one app and how far it reaches"):
        app = operating.any_app(app_id, _locale())
        reached = reach.reach_of(app_id)
        acts = identity.acts_of_operators(app_id)
    stop = next((each for each in app["stops"] if each.side == "operator"), None)
    return form.page("admin/operator/app.html", app=app, reach=reached, stop=stop, acts=acts)


@operator_page(_ONE, own_units=True)
def apps_show(login: Login, app_id: str) -> Any:
    return _page(app_id, Kill())


@operator_page(f"{_ONE}/kill", methods=("POST",), own_units=True)
def apps_kill(login: Login, app_id: str) -> Any:
    form = Kill()
    with system_unit("operator page: the key that is to be typed"):
        key = operating.any_app(app_id, _locale())["key"]
    if form.validate_on_submit():
        if form.key.data == key:
            changed = service.suspend_as_operator(app_id, form.reason.data, operator=login.user_id)
            flash(
                gettext("It stands still everywhere. Installations that changed: %(count)s", count=changed), "success"
            )
            return go("apps_show", app_id=app_id)
        form.key.errors = [*form.key.errors, gettext("This is not the key of this app; it is %(key)s.", key=key)]
    return _page(app_id, form)


@operator_page(f"{_ONE}/resume", methods=("POST",), own_units=True)
def apps_resume(login: Login, app_id: str) -> Any:
    with system_unit("operator page: the app that is to run again"):
        operating.any_app(app_id, _locale())
    act(lambda: service.resume_as_operator(app_id, operator=login.user_id), gettext("It runs again."))
    return go("apps_show", app_id=app_id)
