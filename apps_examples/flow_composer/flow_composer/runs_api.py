"""The JSON interface of the page: real events, dry runs, and the log of runs."""

import json
import sqlite3
from typing import Any

import flask

from flow_composer.api import Interface, Routes, body_of_request, field, instant, routed, well_formed
from flow_composer.checks import scopes_needed
from flow_composer.desk import Asker, Refused
from flow_composer.dry import dry_run
from flow_composer.engine import Engine
from flow_composer.flows import Kept
from flow_composer.messages import told
from flow_composer.model import steps_of
from flow_composer.past import Past

_RUNS_ON_A_PAGE = 50
_MOST_EVENTS = 100
_ROUTES: Routes = (
    ("GET", "/flows/<flow_id>/events", "list_events"),
    ("POST", "/dry-run", "try_flow"),
    ("GET", "/flows/<flow_id>/runs", "list_runs"),
    ("GET", "/runs/<run_id>", "get_run"),
    ("POST", "/runs/<run_id>/replay", "replay_run"),
)


def of_runs(interface: Interface, engine: Engine) -> flask.Blueprint:
    return routed("runs", _ROUTES, RunViews(interface, engine), interface.desk.asker)


class RunViews:
    def __init__(self, interface: Interface, engine: Engine) -> None:
        self._interface, self._engine, self._store = interface, engine, interface.store
        self._past = Past(interface.store)

    # Trying

    def list_events(self, asker: Asker, flow_id: str) -> Any:
        """The newest events of the flow's kind that this person may see."""
        kept = self._interface.mine(asker, flow_id)
        kind = self._interface.catalogue(asker).events.get(flask.request.args.get("type") or kept.event)
        if kind is None:
            raise Refused(422, "event_unknown", kept.event)
        limit = max(1, min(flask.request.args.get("limit", 20, type=int), _MOST_EVENTS))
        if not self._interface.owners.granted(kept.id, asker.id).issuperset(("openid", kind.scope)):
            content = self._interface.flows.content(kept.id, kept.version) or {}
            needed = {
                *scopes_needed(content, self._interface.catalogue(asker)),
                kind.scope,
            }  # asked once, for all of it
            return {"events": [], **(self._interface.needs_grant(asker, kept, tuple(sorted(needed))) or {})}
        client = self._interface.owners.client(kept.id, asker.id)
        newest = self._past.newest(client, asker.installation_id, kind.type, limit, self._interface.now())
        return {"events": newest}

    def try_flow(self, asker: Asker) -> Any:
        body = body_of_request()
        flow, event_id = well_formed(field(body, "flow")), field(body, "event_id", str)
        kept = self._granted_by(asker, body.get("id"))
        catalogue = self._interface.catalogue(asker)
        found = self._interface.checked(asker, flow)
        grant = self._interface.needs_grant(asker, kept, scopes_needed(flow, catalogue))
        if grant is not None:
            return grant
        client = self._interface.owners.client(kept.id, asker.id)
        about = (asker.installation_id, flow["trigger"]["event"], event_id)
        event = self._past.find(client, *about, self._interface.now())
        if event is None:
            raise Refused(404, "event_gone", pointer="/event_id")
        rows = dry_run(flow, event, catalogue, client, asker.person)
        return {
            "event": event,
            "steps": [{**row, "error": told(asker.locale, row.get("error"))} for row in rows],
            "findings": [asker.say(one.key, *one.details) for one in found.errors],
        }

    def _granted_by(self, asker: Asker, flow_id: Any) -> Kept:
        """The flow whose grant is used: the one that is named, or another one of this person's."""
        if isinstance(flow_id, str):
            return self._interface.mine(asker, flow_id)
        own = self._interface.flows.all(asker.installation_id, asker.id)
        if not own:
            raise Refused(422, "field_missing", "id", pointer="/id")
        return max(own, key=lambda kept: len(self._interface.owners.granted(kept.id, asker.id)))

    # The log

    def list_runs(self, asker: Asker, flow_id: str) -> Any:
        kept = self._interface.mine(asker, flow_id)
        before, _, last = flask.request.args.get("cursor", "").partition("~")
        try:
            position = float(before) if before else float("inf")
        except ValueError as error:
            raise Refused(404, "not_found") from error
        rows = self._store.rows(
            "SELECT * FROM run WHERE flow_id = ? AND (started_at < ? OR (started_at = ? AND id < ?))"
            " ORDER BY started_at DESC, id DESC LIMIT ?",
            *(kept.id, position, position, last, _RUNS_ON_A_PAGE + 1),
        )
        shown, more = rows[:_RUNS_ON_A_PAGE], len(rows) > _RUNS_ON_A_PAGE
        cursor = f"{shown[-1]['started_at']!r}~{shown[-1]['id']}" if more else None
        return {"runs": [self._line(asker, row) for row in shown], "next_cursor": cursor}

    def get_run(self, asker: Asker, run_id: str) -> Any:
        """Step by step. What went through it is its owner's to see, since it was read with their power."""
        row, _ = self._run(asker, run_id)
        is_owner = row["owner_id"] == asker.id
        steps = self._store.rows("SELECT * FROM step WHERE run_id = ? ORDER BY number", run_id)
        return {
            **self._line(asker, row),
            "event": json.loads(row["event"]) if is_owner else None,
            "withheld": None if is_owner else asker.say("withheld"),
            "steps": [_step(asker, step, shown=is_owner) for step in steps],
        }

    def replay_run(self, asker: Asker, run_id: str) -> Any:
        """By its owner: it acts with their power again."""
        row, kept = self._run(asker, run_id)
        if not kept.owner.id == row["owner_id"] == asker.id:
            raise Refused(403, "withheld")
        if row["finished_at"] is None:
            raise Refused(409, "not_done")
        first = field(body_of_request(), "from", str)
        content = self._interface.flows.content(kept.id, kept.version) or {"steps": []}
        made = self._engine.runs.replay(row, kept, steps_of(content), first, self._interface.now())
        if made is None:
            raise Refused(422, "replay_from", pointer="/from")
        self._engine.wake()
        return self.get_run(asker, made), 201

    def _run(self, asker: Asker, run_id: str) -> tuple[sqlite3.Row, Kept]:
        row = self._store.row("SELECT * FROM run WHERE id = ?", run_id)
        if row is None:
            raise Refused(404, "not_found")
        return row, self._interface.mine(asker, row["flow_id"])

    def _line(self, asker: Asker, row: sqlite3.Row) -> dict[str, Any]:
        failed = self._store.row(
            "SELECT error FROM step WHERE run_id = ? AND error IS NOT NULL ORDER BY number DESC LIMIT 1", row["id"]
        )
        error = told(asker.locale, json.loads(failed["error"])) if failed and row["state"] == "failed" else None
        event = json.loads(row["event"])
        return {
            "id": row["id"],
            "flow_id": row["flow_id"],
            "state": row["state"],
            "event_id": row["event_id"],
            "event_type": event["type"],
            "occurred_at": event.get("occurred_at"),
            "version": row["version"],
            "replay_of": row["replay_of"],
            "due_at": instant(row["due_at"]) if row["finished_at"] is None else None,
            "started_at": instant(row["started_at"]),
            "finished_at": instant(row["finished_at"]),
            "error": error,
        }


def _step(asker: Asker, step: sqlite3.Row, *, shown: bool) -> dict[str, Any]:
    taken = None
    if step["started_at"] is not None and step["finished_at"] is not None:
        taken = round((step["finished_at"] - step["started_at"]) * 1000)
    return {
        "id": step["id"],
        "kind": step["kind"],
        "state": step["state"],
        "input": json.loads(step["input"]) if shown and step["input"] else None,
        "output": json.loads(step["output"]) if shown and step["output"] else None,
        "error": told(asker.locale, json.loads(step["error"])) if step["error"] else None,
        "attempts": step["attempts"],
        "started_at": instant(step["started_at"]),
        "ms": taken,
    }
