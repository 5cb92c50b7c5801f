"""Publishers as the operator sees them: who they are, what they have proved, and stopping all that they publish."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request
from flask_babel import get_locale, gettext, lazy_gettext
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from portico.admin.operator import ACTS, go, operator_page
from portico.admin.operator_ratings import MENU as RATINGS
from portico.domains.catalogue.queries import operating
from portico.domains.catalogue.queries import publishers as queries
from portico.domains.catalogue.service import verifying
from portico.domains.identity import queries as identity
from portico.domains.installations import service
from portico.kernel.authn import Login
from portico.kernel.text import N_
from portico.kernel.unit_of_work import system_unit
from portico.web.acting import act
from portico.web.forms import Form, strip, version_in
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [
    Entry("operator", N_("Publishers"), "building-2", "operator.publishers", 30, key="p"),
    *RATINGS,
]
_ONE = '/publishers/<id("pub"):publisher_id>'


class Verify(Form):
    note = TextAreaField(
        lazy_gettext("Which papers you looked at"),
        [DataRequired(lazy_gettext("Whoever asks in a year wants to know.")), Length(max=2000)],
        filters=[strip],
        description=lazy_gettext("For operators alone; it is kept with your name and the date."),
        render_kw={"rows": 3},
    )


class Suspend(Form):
    reason = TextAreaField(
        lazy_gettext("Why"),
        [DataRequired(lazy_gettext("Every admin who runs one of its apps reads this.")), Length(max=500)],
        filters=[strip],
        description=lazy_gettext("Every admin who runs one of its apps reads this."),
        render_kw={"rows": 3},
    )


@operator_page("/publishers")
def publishers(login: Login) -> str:
    found = queries.page_for_operators(page_query(queries.PUBLISHERS, {}))
    return render_template("admin/operator/publishers.html", rows=found.rows, links=page_links(found))


def _page(publisher_id: str, verify: Verify, suspend: Suspend, form: Form) -> Any:
    row = queries.publisher(publisher_id)
    return form.page(
        "admin/operator/publisher.html",
        row=row,
        verify=verify,
        suspend=suspend,
        apps=operating.apps_of_publisher(publisher_id, str(get_locale() or "en")),
        acts=identity.acts_of_operators(publisher_id),
        words=ACTS,
        home=operating.workspace_name(row["workspace_id"]),
    )


@operator_page(_ONE)
def publishers_show(login: Login, publisher_id: str) -> Any:
    verify = Verify()
    return _page(publisher_id, verify, Suspend(), verify)


@operator_page(f"{_ONE}/verify", methods=("POST",))
def publishers_verify(login: Login, publisher_id: str) -> Any:
    form = Verify()
    if form.validate_on_submit():
        with form.attempt():
            seen = version_in(request.form.get("version")) or 0
            verifying.verify_publisher(publisher_id, form.note.data or "", login.user_id, seen)
            flash(gettext("Verified. Its mark stands beside its name now."), "success")
            return go("publishers_show", publisher_id=publisher_id)
    return _page(publisher_id, form, Suspend(formdata=None), form)


@operator_page(f"{_ONE}/unverify", methods=("POST",))
def publishers_unverify(login: Login, publisher_id: str) -> Any:
    act(lambda: verifying.unverify_publisher(publisher_id, login.user_id), gettext("It is no longer verified."))
    return go("publishers_show", publisher_id=publisher_id)


@operator_page(f"{_ONE}/suspend", methods=("POST",), own_units=True)
def publishers_suspend(login: Login, publisher_id: str) -> Any:
    form = Suspend()
    if form.validate_on_submit():
        changed = service.suspend_publisher(publisher_id, form.reason.data or "", login.user_id)
        flash(gettext("Its apps stand still. Installations that changed: %(count)s", count=changed), "success")
        return go("publishers_show", publisher_id=publisher_id)
    with system_unit("operator page: a publisher that was not suspended"):
        return _page(publisher_id, Verify(formdata=None), form, form)


@operator_page(f"{_ONE}/resume", methods=("POST",), own_units=True)
def publishers_resume(login: Login, publisher_id: str) -> Any:
    act(lambda: service.resume_publisher(publisher_id, login.user_id), gettext("Its apps run again."))
    return go("publishers_show", publisher_id=publisher_id)
