"""Letting somebody else decide for some days."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask_babel import gettext, lazy_gettext
from wtforms import DateField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portico.domains.approvals import queries, service
from portico.domains.approvals.schemas import ApprovalDelegationCreate
from portico.domains.directory import queries as directory
from portico.kernel.actor import Actor
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from portico.portal.blueprint import blueprint
from portico.web.acting import act
from portico.web.attendance_words import date_of
from portico.web.forms import Form
from portico.web.pages import workspace_url

_FOUND = 8


class DelegationForm(Form):
    delegate_id = RadioField(
        lazy_gettext("Who decides in your place"), [InputRequired(lazy_gettext("Choose somebody."))]
    )
    from_on = DateField(lazy_gettext("From"), [InputRequired()])
    until_on = DateField(lazy_gettext("Until"), [InputRequired()], description=lazy_gettext("This day included."))

    def values(self) -> dict[str, Any]:
        first, last = self.from_on.data, self.until_on.data
        given = {"delegate_id": self.delegate_id.data, "from_on": str(first), "until_on": str(last)}
        return load(ApprovalDelegationCreate(), given)  # type: ignore[no-any-return]


@blueprint.page("/approvals/delegations", methods=("GET", "POST"), scope="approvals:write")
def approval_delegations(actor: Actor) -> Any:
    q = request.args.get("q", "").replace("\x00", "")[:100].strip()
    form = DelegationForm()
    form.delegate_id.choices = _choices(actor, q, request.form.get("delegate_id"))
    if request.method == "POST" and form.validate():
        with form.attempt():
            service.delegate(actor, form.values())
            return redirect(workspace_url("portal.approval_delegations"), 303)
    own = queries.page_of_delegations(actor, ListQuery(limit=50)).rows
    return form.page(
        "portal/approvals/delegations.html",
        own=own,
        names=directory.names_of(actor, {one["delegate_id"] for one in own}),
        q=q,
        date_of=date_of,
        count=queries.count_to_decide(actor),
    )


def _choices(actor: Actor, q: str, chosen: str | None) -> list[SelectChoice]:
    """Colleagues by the beginning of their name; who was chosen stays."""
    conditions = (Condition("status", "eq", "active"),)
    rows = directory.page_of_employees(actor, ListQuery(limit=_FOUND, q=q, conditions=conditions)).rows if q else []
    found = {row["id"]: row["display_name"] for row in rows if row["id"] != actor.employee_id}
    known = directory.names_of(actor, [chosen]) if chosen else {}
    return [SelectChoice(one, name) for one, name in {**known, **found}.items()]


@blueprint.page('/approvals/delegations/<id("adl"):delegation_id>/end', methods=("POST",), scope="approvals:write")
def approval_delegations_end(actor: Actor, delegation_id: str) -> Any:
    act(lambda: service.end_delegation(actor, delegation_id), gettext("Ended. You decide alone again."))
    return redirect(workspace_url("portal.approval_delegations"), 303)
