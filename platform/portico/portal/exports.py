"""Exports that a person asked for: how far they are, and the file. The work goes on when the page is left."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext
from werkzeug.utils import redirect

from portico.domains.tasks import queries, service
from portico.kernel.actor import Actor
from portico.kernel.exporting import EXPORTERS
from portico.kernel.listing import Condition
from portico.portal.blueprint import blueprint
from portico.web.acting import act
from portico.web.downloads import Download, file_response
from portico.web.lists import page_links, page_query
from portico.web.pages import workspace_url

_ONE = '/exports/<id("job"):job_id>'


def _shown(job: dict[str, Any]) -> dict[str, Any]:
    exporter = EXPORTERS.get(str(job["args"].get("resource")))
    title = gettext(exporter.title) if exporter is not None else job["args"].get("resource")
    return {**job, "title": title, "format": job["args"].get("format")}


@blueprint.page("/exports")
def exports(actor: Actor) -> str:
    query = page_query(queries.JOBS)
    mine = Condition("kind", "eq", service.KIND)
    found = queries.page_of_jobs(actor, type(query)(limit=query.limit, cursor=query.cursor, conditions=(mine,)))
    rows = [_shown(row) for row in found.rows]
    return render_template("portal/exports/list.html", rows=rows, links=page_links(found))


@blueprint.page("/exports/new", methods=("POST",), endpoint="exports_new")
def new_export(actor: Actor) -> Any:
    resource, form = request.form.get("resource", ""), request.form.get("format", "jsonl")
    return begin(actor, resource, form, {})


def begin(actor: Actor, resource: str, form: str, filters: dict[str, Any]) -> Any:
    """Begin an export and go to its page."""
    made: list[dict[str, Any]] = []

    def work() -> None:
        made.append(service.create_export(actor, resource=resource, format=form, filter=filters))

    if act(work, gettext("The export has begun. You may leave this page; it goes on.")):
        return redirect(workspace_url("portal.exports_one", job_id=made[0]["id"]), 303)
    return redirect(workspace_url("portal.exports"), 303)


@blueprint.page(_ONE, endpoint="exports_one")
def export(actor: Actor, job_id: str) -> str:
    return render_template("portal/exports/export.html", job=_shown(queries.job(actor, job_id)))


@blueprint.page(f"{_ONE}/file", endpoint="exports_file")
def export_file(actor: Actor, job_id: str) -> Any:
    found = service.file_to_download(actor, job_id)
    pieces = queries.pieces(actor.workspace_id, job_id, found["attempt"])
    return file_response(Download(pieces, found["name"], found["media_type"], found["size"]))
