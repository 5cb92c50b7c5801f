"""What became of a run: a page that looks again while the app is at work, with and without scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext

from portico.domains.interactions import objects, queries, service
from portico.domains.interactions.objects import About
from portico.domains.interactions.queries import Action
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import unit
from portico.portal import actions, run_words
from portico.portal.blueprint import blueprint
from portico.portal.card_blocks import Drawing, target
from portico.web.acting import act
from portico.web.pages import workspace_url

_RUN = '/action-runs/<id("int"):interaction_id>'
LOOKS = timedelta(minutes=2)
"""How long the page looks again by itself for an answer that may come within a day."""


def _about(row: dict[str, Any]) -> About | None:
    return (row["object"]["type"], row["object"]["id"]) if row["object"] else None


@blueprint.page(_RUN, scope="actions:read")
def run(actor: Actor, interaction_id: str) -> Any:
    """With `go` it was just made: an answer that is a place of the workspace is gone to."""
    row = queries.interaction(actor, interaction_id)
    if request.args.get("go"):
        gone = _onward(actor, row)
        if gone is not None:
            return gone
    return _page(actor, row)


def _onward(actor: Actor, row: dict[str, Any]) -> Any:
    """Where the answer leads at once: to a place of the workspace, or back to the first page with the app's words."""
    answer = row.get("answer") or {}
    leads = answer.get("open")
    in_fragment = "Portico-Fragment" in request.headers
    if row["state"] != "answered" or in_fragment:
        return None
    if leads is not None and not leads.startswith("https:"):
        _say(actor, row, answer)
        return redirect(target(leads, row["installation_id"])["url"], 303)
    if request.args.get("back") == "home" and leads is None and "card" not in answer:
        _say(actor, row, answer)
        return redirect(workspace_url("portal.home"), 303)
    return None


def _say(actor: Actor, row: dict[str, Any], answer: dict[str, Any]) -> None:
    found = queries.find_by_installation(actor, row["installation_id"], row["action"])
    app = found.app_name if found else row["app_key"]
    flash(
        f"{app}: {answer['toast']}" if "toast" in answer else gettext("%(title)s: done", title=row["title"]), "success"
    )


def _page(actor: Actor, row: dict[str, Any]) -> Any:
    about = _about(row)
    seen = about is not None and objects.is_visible(actor, about)
    found = queries.find_by_installation(actor, row["installation_id"], row["action"])
    own = row["employee_id"] == actor.employee_id and row["by_installation_id"] is None
    at_work = row["state"] == "running" or (row["state"] == "waiting" and clock.now() - row["created_at"] < LOOKS)
    return render_template(
        "portal/actions/run.html",
        row=actions.with_names(actor, [row])[0],
        action=found,
        app_name=found.app_name if found else row["app_key"],
        tone=run_words.TONES[row["state"]],
        words=actions.failure_words(row),
        at_work=at_work,
        own=own,
        back=actions.record_url(about) if about is not None and seen else None,
        **_answer(actor, row, found, about if seen else None, own=own),
    )


def _answer(
    actor: Actor, row: dict[str, Any], found: Action | None, about: About | None, *, own: bool
) -> dict[str, Any]:
    """The parts of an answer; what the app refused comes as the form with its errors."""
    answer = row.get("answer") or {}
    leads = answer.get("open")
    card = answer.get("card")
    drawing = Drawing(actor, row["installation_id"], about, "answer") if card else None
    shown: dict[str, Any] = {
        "toast": answer.get("toast"),
        "to": target(leads, row["installation_id"]) if leads else None,
        "goes": None,
        "card": {"title": card.get("title"), "blocks": drawing.blocks(card)} if card and drawing else None,
        "fields": [],
        "errors": [],
    }
    if request.args.get("go") and leads is not None and shown["to"]["host"] is None:
        shown["goes"] = shown["to"]["url"]
    if row["state"] == "refused" and own:
        told, shown["errors"] = actions.told_errors(row, found)
        if found is not None:
            form = actions.declared_form(found, actor.locale)
            shown["fields"] = form.fields(now=row["input"], sent=False, told=told)
            shown["new_run"] = new_id("int")
            shown["form_url"] = workspace_url(
                "portal.action",
                installation_id=found.installation_id,
                key=found.key,
                object=about[1] if about else None,
            )
    return shown


@blueprint.page(f"{_RUN}/retry", methods=("POST",), scope="actions:run", own_units=True)
def run_again(actor: Actor, interaction_id: str) -> Any:
    begun: list[service.Begun] = []

    def again() -> None:
        with unit(actor.workspace_id, write=True):
            begun.append(service.retry(actor, interaction_id, session_id=actions.session_id()))

    act(again, gettext("Asked once more."))
    if begun and begun[0].call is not None:
        begun[0].call()
    return redirect(workspace_url("portal.run", interaction_id=interaction_id, go=1), 303)


@blueprint.page('/action-runs/together/<id("blk"):bulk_id>', scope="actions:read")
def runs_together(actor: Actor, bulk_id: str) -> str:
    """An action that was run on several records: how each of them stands."""
    rows = actions.with_names(actor, queries.runs_of_bulk(actor, bulk_id))
    waiting = sum(row["state"] in ("running", "waiting") for row in rows)
    young = clock.now() - rows[0]["created_at"] < LOOKS * 5
    return render_template(
        "portal/actions/together.html",
        rows=[_line(actor, row) for row in rows],
        title=rows[0]["title"],
        done=len(rows) - waiting,
        at_work=waiting > 0 and young,
        bulk_id=bulk_id,
    )


def _line(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    about = _about(row)
    seen = about is not None and objects.is_visible(actor, about)
    name = objects.name_of(actor, about) if about is not None and seen else None
    answer = row.get("answer") or {}
    said = answer.get("toast") or " ".join((answer.get("errors") or {}).values())
    return {**row, "name": name, "said": said or (actions.failure_words(row) if row["failure"] else "")}
