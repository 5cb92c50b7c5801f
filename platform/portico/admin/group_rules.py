"""Groups by rule: making one and changing its rule, seen before it is kept."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, request
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portico.admin import rule_builder
from portico.admin.blueprint import blueprint, go, here
from portico.admin.rule_builder import Draft
from portico.domains.directory import groups, service
from portico.domains.directory.errors import GroupIsStatic
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, Invalid
from portico.web.forms import Form, blank_to_none, one_line, version_in

_ONE = '/groups/<id("grp"):group_id>/rule'


class Rule(Form):
    pointers: ClassVar = {"/rule": "-"}

    version = HiddenField()


class NewGroup(Form):
    pointers: ClassVar = {"/rule": "-", "/name": "name", "/description": "description"}

    name = StringField(lazy_gettext("Group name"), [DataRequired(), Length(max=100)], filters=[one_line])
    description = TextAreaField(lazy_gettext("What it is for"), [Length(max=500)])


def _saves(draft: Draft) -> bool:
    """Whether the button that saves was pressed, below the very rule that it saves."""
    return not request.form.get("step") and request.form.get("save") == rule_builder.fingerprint(draft.tree())


def _page(actor: Actor, form: Form, draft: Draft, template: str, **context: Any) -> Any:
    """The builder, with whom the rule as it stands in the form would match. Faults are told when somebody asks that,
    not while rows are being added."""
    tree, preview = draft.tree(), None
    asked = request.method == "GET" or request.form.get("step", "try") == "try"
    if tree is None and draft.text is not None:
        draft.errors.append(gettext("This is no JSON."))
    elif tree is not None:
        try:
            preview = groups.preview(actor, tree)
        except Invalid as refusal:
            draft.place(refusal.errors if asked else ())
    looked = request.method == "POST" and "save" in request.form and preview is not None
    return form.page(
        template,
        draft=rule_builder.with_pickers(actor, draft),
        preview=preview,
        looked_at=rule_builder.fingerprint(tree),
        look_again=looked and not form.errors and not form.form_errors,
        **context,
    )


@blueprint.page("/groups/new-rule", methods=("GET", "POST"), scope="directory:write")
def groups_new_rule(actor: Actor) -> Any:
    form = NewGroup()
    draft = rule_builder.sent(actor) if request.method == "POST" else rule_builder.shown(actor, None)
    if request.method == "POST" and _saves(draft) and form.validate_on_submit():
        with form.attempt():
            purpose = blank_to_none(form.description.data)
            row = service.create_group(
                actor, name=form.name.data, description=purpose, kind="dynamic", rule=draft.tree()
            )
            flash(gettext("%(name)s is made.", name=row["name"]), "success")
            return go("groups_edit", group_id=row["id"])
    return _page(actor, form, draft, "admin/groups/new_rule.html", back=here("groups"))


@blueprint.page(_ONE, methods=("GET", "POST"), scope="directory:write")
def groups_rule(actor: Actor, group_id: str) -> Any:
    row = groups.shown_group(actor, group_id)
    if row["kind"] != "dynamic":
        raise GroupIsStatic()
    if "rule" not in row:
        raise Forbidden()
    form = Rule(version=str(row["version"]))
    draft = rule_builder.sent(actor) if request.method == "POST" else rule_builder.shown(actor, row["rule"])
    if request.method == "POST" and _saves(draft) and form.validate_on_submit():
        with form.attempt():
            service.set_rule(actor, group_id, draft.tree(), version_in(form.version.data))
            flash(gettext("Saved. It counts from the next click."), "success")
            return go("groups_edit", group_id=group_id)
    return _page(actor, form, draft, "admin/groups/rule.html", row=row, back=here("groups_edit", group_id=group_id))
