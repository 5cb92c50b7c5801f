"""Types of absences: what people may ask for, and who decides."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portico.admin.attendance_days import GROUP
from portico.admin.blueprint import blueprint, go, here
from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.schemas.absences import AbsenceTypeCreate, AbsenceTypeUpdate
from portico.domains.attendance.service import absence_types
from portico.kernel import text
from portico.kernel.actor import Actor
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, one_line, strip, version_in
from portico.web.navigation import Entry

SCOPE = "absences:approve"
MENU = [
    Entry("admin", N_("Types of absences"), "tree-palm", "admin.attendance_absence_types", 44, scope=SCOPE, group=GROUP)
]
_ONE = '/attendance/absence-types/<id("abt"):type_id>'
APPROVERS = {
    "manager": N_("The manager"),
    "department_lead": N_("Who leads the department"),
    "role:hr_admin": N_("HR"),
    "role:admin": N_("An admin"),
    "role:owner": N_("An owner"),
}
STEPS = 5


def _step(label: Any, none: Any) -> SelectField:
    some = [SelectChoice(name, lazy_gettext(shown)) for name, shown in APPROVERS.items()]
    return SelectField(label, choices=[SelectChoice("", none), *some])


class AbsenceType(Form):
    pointers: ClassVar = {"/approvers": "approver_1"}

    label = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=60)], filters=[one_line])
    paid = BooleanField(lazy_gettext("Paid"))
    hourly = BooleanField(lazy_gettext("Also for some hours of a day"))
    approver_1 = _step(lazy_gettext("Who decides"), lazy_gettext("Nobody has to: it is agreed at once"))
    approver_2 = _step(lazy_gettext("Then"), lazy_gettext("Nobody else"))
    approver_3 = _step(lazy_gettext("Then, thirdly"), lazy_gettext("Nobody else"))
    approver_4 = _step(lazy_gettext("Then, fourthly"), lazy_gettext("Nobody else"))
    approver_5 = _step(lazy_gettext("Then, at last"), lazy_gettext("Nobody else"))
    version = HiddenField()

    def values(self) -> dict[str, Any]:
        steps = [self[f"approver_{place}"].data for place in range(1, STEPS + 1)]
        return {
            "label": self.label.data,
            "paid": bool(self.paid.data),
            "hourly": bool(self.hourly.data),
            "approvers": [one for one in steps if one],
        }

    @staticmethod
    def filled(row: Any) -> dict[str, Any]:
        steps = {f"approver_{place}": one for place, one in enumerate(row.approvers, 1)}
        return {"paid": row.paid, "hourly": row.hourly, "version": row.version, **steps}


class NewAbsenceType(AbsenceType):
    key = StringField(
        lazy_gettext("Key"),
        [Length(max=40)],
        filters=[strip],
        description=lazy_gettext("How the API calls it: a-z, 0-9 and _. Left empty, it is made of the name."),
    )


def _name(row: Any) -> str:
    """As people read it: what ships is called in their language."""
    return str(gettext(row.label)) if row.source == queries.CORE else str(row.label)


def _shown(row: Any) -> dict[str, Any]:
    steps = [str(gettext(APPROVERS[one])) if one in APPROVERS else one for one in row.approvers]
    of_app = row.source != queries.CORE
    return {**row._mapping, "name": _name(row), "steps": steps, "of_app": of_app}


@blueprint.page("/attendance/absence-types", methods=("GET", "POST"), scope=SCOPE)
def attendance_absence_types(actor: Actor) -> Any:
    form = NewAbsenceType(approver_1="manager")
    if form.validate_on_submit():
        key = form.key.data or text.slug(form.label.data or "").replace("-", "_")
        with form.attempt():
            made = absence_types.create_type(actor, load(AbsenceTypeCreate(), {**form.values(), "key": key}))
            flash(gettext("%(name)s is made.", name=made["label"]), "success")
            return go("attendance_absence_types")
    rows = [_shown(row) for row in queries.all_types(actor)]
    return form.page(
        "admin/attendance/absence_types.html",
        rows=[row for row in rows if row["archived_at"] is None],
        put_away=[row for row in rows if row["archived_at"] is not None],
    )


@blueprint.page(_ONE, methods=("GET", "POST"), scope=SCOPE)
def attendance_absence_type(actor: Actor, type_id: str) -> Any:
    row = queries.absence_type(actor, type_id)
    form = AbsenceType(label=_name(row), **AbsenceType.filled(row))
    if form.validate_on_submit():
        values = form.values()
        if values["label"] == _name(row):
            # What ships keeps its own name, which is translated for whoever reads it.
            del values["label"]
        with form.attempt():
            expected = version_in(form.version.data)
            absence_types.update_type(actor, type_id, load(AbsenceTypeUpdate(), values), expected_version=expected)
            flash(gettext("Saved."), "success")
            return go("attendance_absence_types")
    return form.page("admin/attendance/absence_type.html", row=_shown(row), back=here("attendance_absence_types"))


@blueprint.page(f"{_ONE}/archive", methods=("POST",), scope=SCOPE)
def attendance_absence_type_archive(actor: Actor, type_id: str) -> Any:
    done = gettext("Put away. Absences of this type stay as they are.")
    act(lambda: absence_types.update_type(actor, type_id, {"archived": True}), done)
    return go("attendance_absence_types")


@blueprint.page(f"{_ONE}/restore", methods=("POST",), scope=SCOPE)
def attendance_absence_type_restore(actor: Actor, type_id: str) -> Any:
    act(lambda: absence_types.update_type(actor, type_id, {"archived": False}), gettext("It is offered again."))
    return go("attendance_absence_types")
