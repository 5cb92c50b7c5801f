"""How far an installed app reaches: which records, what it asked and uses, and who let it act for them."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from portico.admin.blueprint import blueprint, go
from portico.admin.installations import with_looks
from portico.admin.picker import INCLUDE, chosen, is_search, kept_depth, picker, rules
from portico.domains.installations import measuring, queries, service
from portico.domains.installations.schemas import LIVE
from portico.domains.oauth import grants
from portico.domains.oauth import service as oauth
from portico.kernel.actor import Actor
from portico.kernel.scopes import SCOPES
from portico.web.acting import act
from portico.web.forms import Form, version_in
from portico.web.lists import page_links, page_query

_ONE = '/apps/<id("ins"):installation_id>'
ALL, ONLY = "all", "only"


class Records(Form):
    pointers: ClassVar = {"/data_range/include": "records"}

    records = RadioField(
        lazy_gettext("Which records it sees"),
        choices=[SelectChoice(ALL, lazy_gettext("All records")), SelectChoice(ONLY, lazy_gettext("Only some"))],
    )
    unassigned = BooleanField(lazy_gettext("Also records that nobody holds"))


@blueprint.page(f"{_ONE}/range", methods=("GET", "POST"), scope="installations:write")
def installations_range(actor: Actor, installation_id: str) -> Any:
    row = with_looks(actor, [queries.installation(actor, installation_id)])[0]
    before = row["data_range"]
    form = Records(records=before["kind"], unassigned=before["unassigned"])
    ids = chosen(before["include"], INCLUDE)
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            service.update_installation(actor, installation_id, {"data_range": _range(form, ids, before)})
            flash(gettext("Saved. It counts from the app's next request."), "success")
            return go("installations_app", installation_id=installation_id)
    return form.page("admin/installations/range.html", row=row, picker=picker(actor, ids))


def _range(form: Records, ids: list[str], before: dict[str, Any]) -> dict[str, Any]:
    if form.records.data != ONLY:
        return {"kind": ALL}
    wanted = kept_depth(rules(ids), before["include"])
    return {"kind": ONLY, "include": wanted, "unassigned": bool(form.unassigned.data)}


@blueprint.page(f"{_ONE}/use", scope="installations:read")
def installations_use(actor: Actor, installation_id: str) -> str:
    row = with_looks(actor, [queries.installation(actor, installation_id)])[0]
    found = measuring.scope_use_of(actor, installation_id)
    lines = [{**line, "sentence": _sentence(line["scope"])} for line in found["data"]]
    unused = set(measuring.unused(actor, row))
    return render_template(
        "admin/installations/use.html",
        row=row,
        lines=lines,
        cut=[line for line in lines if line["scope"] in unused],
        days=found["days"],
        may_change=actor.may("installations:write") and row["status"] in LIVE,
    )


def _sentence(scope: str) -> str:
    text = gettext(SCOPES[scope].sentence) if scope in SCOPES else scope
    return text[:1].upper() + text[1:]


@blueprint.page(f"{_ONE}/shrink", methods=("POST",), scope="installations:write")
def installations_shrink(actor: Actor, installation_id: str) -> Any:
    version = version_in(request.form.get("version"))
    done = gettext("Cut to what it used. It counts from the app's next request.")
    act(lambda: service.shrink(actor, installation_id, version), done)
    return go("installations_use", installation_id=installation_id)


@blueprint.page(f"{_ONE}/grants", scope="installations:read")
def installations_grants(actor: Actor, installation_id: str) -> str:
    row = with_looks(actor, [queries.installation(actor, installation_id)])[0]
    found = grants.page_of_grants(actor, installation_id, page_query(grants.GRANTS))
    sentences = {scope: _sentence(scope) for each in found.rows for scope in each.scopes}
    return render_template(
        "admin/installations/grants.html",
        row=row,
        grants=found.rows,
        sentences=sentences,
        links=page_links(found),
        may_change=actor.may("installations:write"),
    )


@blueprint.page(f'{_ONE}/grants/<id("gnt"):grant_id>/revoke', methods=("POST",), scope="installations:write")
def installations_grants_revoke(actor: Actor, installation_id: str, grant_id: str) -> Any:
    grants.require_grant(actor, installation_id, grant_id)
    done = gettext("Revoked. The app is refused from its next request, and has to ask the person again.")
    act(lambda: oauth.revoke_grant(actor, grant_id), done)
    return go("installations_grants", installation_id=installation_id)
