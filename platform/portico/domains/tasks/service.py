"""Exports: asked for, written piece by piece in a job, kept for a week."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, cast

import orjson
from sqlalchemy import Table, delete, exists, insert, select

from portico.domains.identity import queries as identity
from portico.domains.tasks import queries
from portico.domains.tasks.errors import TooManyExports
from portico.domains.tasks.events import EXPORT_CREATED, EXPORT_FINISHED
from portico.domains.tasks.models import TaskFile, TaskFilePart
from portico.kernel import clock, jobs
from portico.kernel.actor import Actor, system
from portico.kernel.authn import InsufficientScope
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.events import emit
from portico.kernel.exporting import EXPORTERS, Exporter, flat
from portico.kernel.ids import new_id
from portico.kernel.jobs import Job, Running
from portico.kernel.listing import ListQuery, conditions_of
from portico.kernel.scopes import scopes_of_role
from portico.kernel.unit_of_work import session, unit

KIND = "tasks.export"
KEPT = timedelta(days=7)
MOST_AT_ONCE = 5
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
_file = cast(Table, TaskFile.__table__)
_part = cast(Table, TaskFilePart.__table__)
_job = cast(Table, Job.__table__).c


def require_scope(actor: Actor, exporter: Exporter) -> None:
    """Raises InsufficientScope."""
    if exporter.scope is not None and not actor.may(exporter.scope):
        raise InsufficientScope(
            f"Exporting {exporter.name} needs {exporter.scope}.", extra={"required_scopes": [exporter.scope]}
        )


def create_export(actor: Actor, *, resource: str, format: str, filter: dict[str, Any]) -> dict[str, Any]:
    """Begin an export of the acting person; answers its job. Raises Invalid, InsufficientScope and TooManyExports."""
    exporter = EXPORTERS.get(resource)
    if exporter is None:
        raise invalid("/resource", "unknown", f"Export one of {', '.join(one.name for one in EXPORTERS)}.")
    require_scope(actor, exporter)
    if format not in exporter.formats:
        raise invalid("/format", "choice", f"{resource} comes as {', '.join(exporter.formats)}.")
    _query(exporter, filter)
    if queries.unfinished(actor, KIND) >= MOST_AT_ONCE:
        raise TooManyExports()
    job_id = jobs.enqueue(
        actor,
        KIND,
        asked_by=actor.caller_key,
        resource=resource,
        format=format,
        filter=filter,
        employee_id=actor.employee_id,
        locale=actor.locale,
    )
    about = {"id": job_id, "name": f"{resource}.{format}", "resource": resource, "format": format, "filter": filter}
    emit(actor, EXPORT_CREATED, about)
    session().flush()
    return queries.job(actor, job_id)


def _query(exporter: Exporter, filters: dict[str, Any]) -> ListQuery:
    if exporter.listing is None:
        if filters:
            raise invalid("/filter", "unknown", f"{exporter.name} has no filters.")
        return ListQuery()
    return ListQuery(conditions=conditions_of(exporter.listing, filters))


def _asker(workspace_id: str, employee_id: str, locale: str | None) -> Actor:
    """The person who asked, with what they may do now. Raises Forbidden when they are no member any more."""
    member = identity.member_of_employee(system(workspace_id), employee_id)
    if member is None:
        raise Forbidden("Whoever asked for this is no member of the workspace any more.")
    return Actor(
        kind="employee",
        workspace_id=workspace_id,
        id=employee_id,
        employee_id=employee_id,
        membership_id=member.id,
        user_id=member.user_id,
        role=member.role,
        scopes=scopes_of_role(member.role),
        locale=locale,
        caller_key=member.id,
    )


def write_export(
    actor: Actor, *, resource: str, format: str, filter: dict[str, Any], employee_id: str, locale: str | None
) -> dict[str, Any]:
    """The job. Each page is read and written in units of its own; what a killed try left is thrown away first."""
    run, exporter = jobs.running(), EXPORTERS[resource]
    query = _query(exporter, filter)
    with unit(actor.workspace_id, write=True):
        asker = _asker(actor.workspace_id, employee_id, locale)
        require_scope(asker, exporter)
        _clear(run)
        total = exporter.count(asker, query)
        run.report(0, total)
    writer = _Writer(run, asker, format, exporter.columns, total)
    mark: Any = None
    while True:
        with unit(actor.workspace_id, write=False):
            rows, mark = exporter.page(asker, query, mark)
        writer.add(rows)
        if mark is None:
            break
    if format == "jsonl":
        with unit(actor.workspace_id, write=False):
            closing = exporter.closing(asker)
        writer.add(closing, count=False)
    return writer.finish(f"{resource}-{clock.now():%Y%m%d-%H%M%S}.{format}")


def _clear(run: Running) -> None:
    mine = (_part.c.workspace_id == run.workspace_id, _part.c.job_id == run.job_id)
    session().execute(delete(_part).where(*mine))
    session().execute(delete(_file).where(_file.c.workspace_id == run.workspace_id, _file.c.job_id == run.job_id))


class _Writer:
    """The file of one try. Whoever lost the job to a later try writes nothing more: `report` says so in the same
    unit, which is then undone."""

    def __init__(self, run: Running, asker: Actor, format: str, columns: Sequence[str], total: int | None) -> None:
        self._asker = asker
        self._run, self._format, self._columns, self._total = run, format, columns, total
        self._number = self._rows = self._size = 0
        if format == "csv":
            self._put(_csv([dict(zip(columns, columns, strict=True))], columns), 0)

    def add(self, rows: list[dict[str, Any]], *, count: bool = True) -> None:
        if rows:
            text = (
                _csv((flat(row, self._columns) for row in rows), self._columns)
                if self._format == "csv"
                else _lines(rows)
            )
            self._put(text, len(rows) if count else 0)

    def _put(self, content: bytes, rows: int) -> None:
        with unit(self._run.workspace_id, write=True):
            self._run.report(self._rows + rows, self._total)
            about = {"workspace_id": self._run.workspace_id, "job_id": self._run.job_id, "attempt": self._run.attempt}
            session().execute(insert(_part).values(**about, number=self._number, content=content))
        self._number, self._rows, self._size = self._number + 1, self._rows + rows, self._size + len(content)

    def finish(self, name: str) -> dict[str, Any]:
        until = clock.now() + KEPT
        with unit(self._run.workspace_id, write=True):
            self._run.report(self._rows, self._rows)
            session().execute(
                insert(_file).values(
                    workspace_id=self._run.workspace_id,
                    id=new_id("tfl"),
                    job_id=self._run.job_id,
                    attempt=self._run.attempt,
                    name=name,
                    media_type=_MEDIA[self._format],
                    size=self._size,
                    expires_at=until,
                )
            )
            told = {"id": self._run.job_id, "name": name, "rows": self._rows, "employee_id": self._asker.employee_id}
            emit(self._asker, EXPORT_FINISHED, told)
        return {"name": name, "rows": self._rows, "size": self._size, "expires_at": clock.rfc3339(until)}


def _lines(rows: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(row, option=orjson.OPT_UTC_Z) + b"\n" for row in rows)


def _csv(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> bytes:
    """RFC 4180. A cell that a spreadsheet would take for a formula is made a text by an apostrophe in front."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    shown = value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_UTC_Z).decode().strip('"')
    risky = isinstance(value, str) and shown.lstrip(" ").startswith(_FORMULA)
    return f"'{shown}" if risky else shown


def file_to_download(actor: Actor, job_id: str) -> dict[str, Any]:
    """The file, for whoever asked and may see the resource still. Raises NotFound, JobUnfinished, ExportExpired and
    InsufficientScope."""
    found = queries.file_of(actor, job_id)
    exporter = EXPORTERS.get(str(found["args"].get("resource")))
    if exporter is not None:
        require_scope(actor, exporter)
    return found


def sweep() -> int:
    """Forget files that had their time, and the parts that belong to none, in the open system unit."""
    work = session()
    old = work.execute(delete(_file).where(_file.c.expires_at <= clock.now()).returning(_file.c.id)).all()
    kept = exists().where(
        _file.c.workspace_id == _part.c.workspace_id,
        _file.c.job_id == _part.c.job_id,
        _file.c.attempt == _part.c.attempt,
    )
    over = select(_job.id).where(
        _job.workspace_id == _part.c.workspace_id,
        _job.id == _part.c.job_id,
        _job.state.in_(("succeeded", "failed")),
    )
    work.execute(delete(_part).where(~kept, over.exists()))
    return len(old)
