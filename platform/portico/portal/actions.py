"""Actions of apps on pages: the buttons at a record, the form of an action, and what became of a run."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from flask_babel import gettext
from wtforms import HiddenField

from portico.domains.directory import queries as directory
from portico.domains.interactions import objects, queries, service
from portico.domains.interactions.objects import About
from portico.domains.interactions.queries import Action
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.ids import is_id, new_id
from portico.kernel.unit_of_work import unit
from portico.portal import run_words
from portico.portal.blueprint import blueprint
from portico.web.declared_fields import DeclaredForm
from portico.web.forms import Form
from portico.web.local_apps import marked
from portico.web.pages import current_login, workspace_url

_ACTION = '/actions/<id("ins"):installation_id>/<key>'
_RECENT = 5
MOST = 50


class Run(Form):
    """`run` is made with the form: one that is sent twice runs once."""

    run = HiddenField()
    confirmed = HiddenField()


def at_record(actor: Actor, object_type: str, object_id: str) -> dict[str, Any] | None:
    """What the card of a record shows: the actions that this person may run here, and what ran; None when there is
    neither."""
    about = (object_type, object_id)
    found = queries.actions_for(actor, about=about) if actor.may("actions:run") else []
    ran = queries.runs_on(actor, about, _RECENT) if actor.may("actions:read") else []
    if not found and not ran:
        return None
    return {"rows": [button(each, about) for each in found], "ran": with_names(actor, ran), "new_run": new_id}


def button(action: Action, about: About | None) -> dict[str, Any]:
    """A button that runs at once where nothing has to be asked, and leads to the form otherwise."""
    values = {"installation_id": action.installation_id, "key": action.key}
    return {
        "title": marked(action.title, action.local),
        "app": action.app_name,
        "app_key": action.app_key,
        "risk": action.risk,
        "at_once": not action.input and not action.asks_first,
        "url": workspace_url("portal.action", **values, object=about[1] if about else None),
    }


def with_names(actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = directory.names_of(actor, [row["employee_id"] or "" for row in rows])
    return [{**row, "who": names.get(row["employee_id"]), "word": run_words.state(row["state"])} for row in rows]


def for_several(actor: Actor, object_type: str) -> dict[str, Any]:
    """What can be run on several records of a list; `head` is the column of the boxes, where there is anything."""
    found = queries.actions_for(actor, objects.KINDS[object_type].place) if actor.may("actions:run") else []
    head = [{"label": gettext("Choose"), "hidden": True, "width": "min"}] if found else []
    choices = [
        (f"{each.installation_id}/{each.key}", f"{each.app_name}: {marked(each.title, each.local)}") for each in found
    ]
    return {"kind": object_type, "choices": choices, "head": head}


def _chosen(actor: Actor) -> list[About]:
    """The records that the address names, each seen by this person. Raises NotFound."""
    ids = list(dict.fromkeys(request.args.getlist("object")))[: MOST + 1]
    found: list[About] = []
    for one in ids:
        kind = objects.kind_of(one)
        if kind is None:
            raise NotFound()
        found.append(objects.require_visible(actor, (kind.type, one)))
    return found


def _action(actor: Actor, installation_id: str, key: str, chosen: list[About]) -> Action:
    """Raises NotFound, also where the app does not see a record or the action does not stand there."""
    action = queries.find_by_installation(actor, installation_id, key)
    if action is None or (not chosen and action.needs_object):
        raise NotFound()
    for about in chosen:
        if objects.KINDS[about[0]].place not in action.places:
            raise NotFound()
    if len(chosen) == 1 and queries.find_by_installation(actor, installation_id, key, chosen[0]) is None:
        raise NotFound()
    return action


def session_id() -> str | None:
    login = current_login()
    return login.session_id if login else None


@blueprint.page("/actions", scope="actions:run")
def actions_chosen(actor: Actor) -> Any:
    """From a list: which action, on which records."""
    installation_id, _, key = request.args.get("action", "").partition("/")
    ids = [one for one in request.args.getlist("object") if objects.kind_of(one)]
    if not is_id(installation_id, "ins") or not key:
        raise NotFound()
    if not ids:
        back = request.args.get("back", "")
        return render_template("portal/actions/none.html", back=back if objects.KINDS.get(back) else None)
    return redirect(workspace_url("portal.action", installation_id=installation_id, key=key, object=ids[:MOST]))


@blueprint.page(_ACTION, methods=("GET", "POST"), scope="actions:run", own_units=True)
def action(actor: Actor, installation_id: str, key: str) -> Any:
    """The form of an action; sending it runs it."""
    with unit(actor.workspace_id, write=False):
        chosen = _chosen(actor)
        found = _action(actor, installation_id, key, chosen)
    form = Run()
    declared = declared_form(found, actor.locale)
    if form.validate_on_submit():
        with form.attempt():
            return _run(actor, found, chosen, form, declared)
    return _form_page(actor, form, found, chosen, declared)


def declared_form(action: Action, locale: str | None) -> DeclaredForm:
    return DeclaredForm(tuple(action.fields(locale)), "input.", "/input/")


def _run(actor: Actor, found: Action, chosen: list[About], form: Run, declared: DeclaredForm) -> Any:
    given: dict[str, Any] = {"input": declared.given(), "confirmed": bool(form.confirmed.data)}
    made, sid = form.run.data, session_id()
    records = [{"type": kind, "id": one} for kind, one in chosen]
    if len(records) > 1:
        bulk_id = made if is_id(made, "blk") else None
        with unit(actor.workspace_id, write=True):
            bulk_id = service.run_on_several(
                actor, found.app_key, found.key, records, given, session_id=sid, bulk_id=bulk_id
            )
        return redirect(workspace_url("portal.runs_together", bulk_id=bulk_id), 303)
    given["object"] = records[0] if records else None
    run_id = made if is_id(made, "int") else None
    with unit(actor.workspace_id, write=True):
        begun = service.run_action(actor, found.app_key, found.key, given, session_id=sid, run_id=run_id)
    return _called(begun)


def _called(begun: service.Begun) -> Any:
    if begun.call is not None:
        begun.call()
    back = "home" if request.args.get("back") == "home" else None
    return redirect(workspace_url("portal.run", interaction_id=begun.row["id"], go=1, back=back), 303)


def _form_page(actor: Actor, form: Run, found: Action, chosen: list[About], declared: DeclaredForm) -> Any:
    form.run.data = new_id("blk" if len(chosen) > 1 else "int")
    return form.page(
        "portal/actions/action.html",
        action=found,
        title=marked(found.title, found.local),
        fields=declared.fields(form.refusal),
        chosen=len(chosen),
        back=record_url(chosen[0]) if len(chosen) == 1 else None,
    )


_PAGES = {
    "ticket": ("portal.tickets_one", "ticket_id"),
    "contact": ("portal.contacts_one", "contact_id"),
    "company": ("portal.companies_one", "company_id"),
    "employee": ("portal.people_one", "employee_id"),
}


def record_url(about: About) -> str:
    endpoint, name = _PAGES[about[0]]
    return str(workspace_url(endpoint, **{name: about[1]}))


def told_errors(row: dict[str, Any], action: Action | None) -> tuple[dict[str, str], list[str]]:
    """What an app refused: at the fields that the action has, and the rest for the whole."""
    said = (row.get("answer") or {}).get("errors") or {}
    known = action.input if action is not None else {}
    return (
        {name: text for name, text in said.items() if name in known},
        [text if name == "_" else f"{name}: {text}" for name, text in said.items() if name not in known],
    )


def failure_words(row: dict[str, Any]) -> str:
    return str(gettext(run_words.FAILURES.get(row["failure"] or "", run_words.UNKNOWN)))
