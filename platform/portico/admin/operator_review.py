"""The review of versions: the queue, oldest first, and one version with all that a person needs to decide."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, render_template
from flask_babel import get_locale, gettext, lazy_gettext
from wtforms import SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portico.admin.consent import groups
from portico.admin.operator import go, operator_page
from portico.domains.catalogue import manifests
from portico.domains.catalogue import service as catalogue
from portico.domains.catalogue.queries import reviews
from portico.domains.catalogue.schemas import REASONS
from portico.domains.installations.consent import consent
from portico.kernel.actor import system
from portico.kernel.authn import Login
from portico.kernel.errors import NotFound
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, strip
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [Entry("operator", N_("App review"), "list-checks", "operator.review", 20, key="r")]
_ONE = '/review/<id("ver"):version_id>'


class Reject(Form):
    code = SelectField(
        lazy_gettext("What it is about"),
        [DataRequired()],
        choices=[SelectChoice(code, lazy_gettext(text)) for code, text in REASONS.items()],
    )
    path = StringField(
        lazy_gettext("Where in the manifest"),
        [Length(max=200)],
        filters=[strip],
        description=lazy_gettext("As in /access/scopes/0; leave it empty for the whole."),
    )
    message = TextAreaField(
        lazy_gettext("What is to be mended"),
        [DataRequired(lazy_gettext("The developer reads this.")), Length(max=1000)],
        filters=[strip],
        description=lazy_gettext("The developer reads this."),
        render_kw={"rows": 4},
    )


def _locale() -> str:
    return str(get_locale() or "en")


def _named(row: Any) -> dict[str, Any]:
    return {**row._mapping, "name": manifests.localised(row.texts, _locale())}


@operator_page("/review")
def review(login: Login) -> str:
    found = reviews.page_of_queue(page_query(reviews.QUEUE, {}))
    rows = [_named(row) for row in found.rows]
    return render_template("admin/operator/review.html", rows=rows, links=page_links(found))


def _page(version_id: str, form: Reject) -> Any:
    row = reviews.in_review(version_id)
    if row is None:
        raise NotFound()
    before = reviews.approved_before(row.app_id, row.number)
    earlier = before.manifest if before is not None else {"app": {}}
    home = replace(system(row.workspace_id), locale=_locale())
    return form.page(
        "admin/operator/review_version.html",
        row=_named(row),
        before=before,
        changes=manifests.difference(earlier, row.manifest),
        texts=reviews.changed_texts(earlier, row.manifest),
        kinds=manifests.KINDS,
        codes={code: gettext(text) for code, text in REASONS.items()},
        groups=groups(home, consent(row.manifest, _locale())),
    )


@operator_page(_ONE)
def review_show(login: Login, version_id: str) -> Any:
    return _page(version_id, Reject())


@operator_page(f"{_ONE}/approve", methods=("POST",))
def review_approve(login: Login, version_id: str) -> Any:
    done = gettext("Approved. Its developer was told and can release it.")
    act(lambda: catalogue.approve_version(version_id, login.user_id), done)
    return go("review_show", version_id=version_id)


@operator_page(f"{_ONE}/reject", methods=("POST",))
def review_reject(login: Login, version_id: str) -> Any:
    form = Reject()
    if form.validate_on_submit():
        reason = {"code": form.code.data, "path": form.path.data or "", "message": form.message.data}
        with form.attempt():
            catalogue.reject_version(version_id, login.user_id, [reason])
            flash(gettext("Rejected. Its developer was told why."), "success")
            return go("review_show", version_id=version_id)
    return _page(version_id, form)
