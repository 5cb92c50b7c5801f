"""Runs as they are kept: begun once for an event, held by one worker at a time, with what each step got and gave."""

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flow_composer.flows import Kept
from flow_composer.model import Step
from flow_composer.store import Store

LEASE_S = 120.0
MOST_A_MINUTE = 60
DEEPEST = 4
Changed = Mapping[str, Any]
"""Columns of a step."""
NOTHING: Changed = {}


class Lost(Exception):
    """Another worker has the run: this one was too slow."""


@dataclass(frozen=True)
class Run:
    id: str
    flow_id: str
    installation_id: str
    version: int
    event: dict[str, Any]
    replay_of: str | None
    lease: str


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class Runs:
    def __init__(self, store: Store, most_a_minute: int = MOST_A_MINUTE) -> None:
        self.store, self.most_a_minute = store, most_a_minute

    # Beginning

    def begin(self, db: sqlite3.Connection, kept: Kept, event: Mapping[str, Any], now: float) -> bool:
        """Whether it began now: not when it did before, nor when the flow itself, or a long chain, led to the event."""
        lineage = self._lineage(db, kept, event)
        if lineage is None:
            return False
        made = (f"run_{secrets.token_hex(8)}", kept.id, kept.version, kept.owner.id)
        begun = db.execute(
            "INSERT INTO run (id, flow_id, version, owner_id, event_key, event_id, event, lineage, state, due_at,"
            " started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?) ON CONFLICT (flow_id, event_key) DO NOTHING",
            (*made, event["id"], event["id"], dumped(event), dumped(sorted(lineage)), now, now),
        )
        return begun.rowcount == 1

    def too_many(self, db: sqlite3.Connection, kept: Kept, now: float) -> bool:
        row = db.execute(
            "SELECT count(*) FROM run WHERE flow_id = ? AND started_at > ? AND replay_of IS NULL", (kept.id, now - 60)
        ).fetchone()
        return bool(row[0] > self.most_a_minute)

    def _lineage(self, db: sqlite3.Connection, kept: Kept, event: Mapping[str, Any]) -> set[str] | None:
        """The flows that led to this event, by the runs whose calls name the event before it as their cause; None when
        this one is among them, or the chain is long."""
        cause = event.get("cause") or {}
        if (cause.get("depth") or 0) > DEEPEST:
            return None
        if cause.get("installation_id") != kept.installation_id or not cause.get("event_id"):
            return set()
        touched = f"%{event['resource']['id']}%"
        rows = db.execute(
            "SELECT run.flow_id, run.lineage, EXISTS (SELECT 1 FROM step WHERE run_id = run.id AND kind = 'call'"
            " AND (input LIKE ? OR output LIKE ?)) AS touched FROM run JOIN flow ON flow.id = run.flow_id"
            " WHERE run.event_id = ? AND flow.installation_id = ?",
            (touched, touched, cause["event_id"], kept.installation_id),
        ).fetchall()
        # Of several that began by the same event, those that wrote to this record; if it cannot be told, all.
        led = [row for row in rows if row["touched"]] or rows
        flows = {row["flow_id"] for row in led}.union(*(json.loads(row["lineage"]) for row in led))
        return None if kept.id in flows else flows

    def replay(self, old: sqlite3.Row, kept: Kept, steps: list[Step], first: str, now: float) -> str | None:
        """A new run of the present version, in which what comes before `first` is as it was recorded; None when that
        is not known. While one goes on, that one: who presses twice means it once."""
        names = [step["id"] for step in steps]
        if first not in names:
            return None
        before = names[: names.index(first)]
        run_id = f"run_{secrets.token_hex(8)}"
        with self.store.writing() as db:
            going_on = "SELECT id FROM run WHERE replay_of = ? AND finished_at IS NULL"
            if (row := db.execute(going_on, (old["id"],)).fetchone()) is not None:
                return str(row["id"])
            recorded = {row["id"]: row for row in db.execute("SELECT * FROM step WHERE run_id = ?", (old["id"],))}
            if any(name not in recorded or recorded[name]["state"] not in ("succeeded", "kept") for name in before):
                return None
            recorded_event = (old["event_id"], old["event"], old["lineage"])
            db.execute(
                "INSERT INTO run (id, flow_id, version, owner_id, event_key, event_id, event, lineage, replay_of,"
                " state, due_at, started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?)",
                (run_id, kept.id, kept.version, kept.owner.id, run_id, *recorded_event, old["id"], now, now),
            )
            for number, name in enumerate(before):
                row = recorded[name]
                db.execute(
                    "INSERT INTO step (run_id, id, number, kind, state, input, output)"
                    " VALUES (?, ?, ?, ?, 'kept', ?, ?)",
                    (run_id, name, number, row["kind"], row["input"], row["output"]),
                )
        return run_id

    # Holding

    def due(self, now: float) -> list[str]:
        rows = self.store.rows(
            "SELECT run.id FROM run JOIN flow ON flow.id = run.flow_id WHERE state IN ('running', 'waiting')"
            " AND due_at <= ? AND run.leased_until <= ? AND installation_id NOT IN (SELECT installation_id FROM held)"
            " ORDER BY due_at, run.id LIMIT 50",
            *(now, now),
        )
        return [row["id"] for row in rows]

    def take(self, run_id: str, now: float) -> Run | None:
        """The run, if nobody else has it."""
        lease = secrets.token_hex(8)
        taken = self.store.change(
            "UPDATE run SET lease = ?, leased_until = ? WHERE id = ? AND state IN ('running', 'waiting')"
            " AND due_at <= ? AND leased_until <= ?",
            *(lease, now + LEASE_S, run_id, now, now),
        )
        row = self.store.row(
            "SELECT run.*, installation_id FROM run JOIN flow ON flow.id = run.flow_id WHERE run.id = ?", run_id
        )
        if not taken or row is None:
            return None
        event = json.loads(row["event"])
        names = (row["flow_id"], row["installation_id"], row["version"], event, row["replay_of"])
        return Run(run_id, *names, lease)

    def steps(self, run_id: str) -> dict[str, sqlite3.Row]:
        return {row["id"]: row for row in self.store.rows("SELECT * FROM step WHERE run_id = ?", run_id)}

    def note(self, run: Run, number: int, step: Mapping[str, Any], now: float, changed: Changed = NOTHING) -> None:
        """What is known of a step now, and the run held for longer. Raises Lost."""
        with self.store.writing() as db:
            self._hold(db, run, "leased_until = ?", now + LEASE_S)
            db.execute(
                "INSERT INTO step (run_id, id, number, kind, state, started_at) VALUES (?, ?, ?, ?, 'running', ?)"
                " ON CONFLICT DO NOTHING",
                (run.id, step["id"], number, step["kind"], now),
            )
            self._set(db, run, step["id"], changed)

    def pause(self, run: Run, step_id: str, state: str, due_at: float, changed: Changed) -> None:
        """Until then. Raises Lost."""
        with self.store.writing() as db:
            self._hold(db, run, "state = ?, due_at = ?, leased_until = 0", state, due_at)
            self._set(db, run, step_id, changed)

    def finish(self, run: Run, state: str, now: float, step_id: str = "", changed: Changed = NOTHING) -> None:
        """Raises Lost."""
        with self.store.writing() as db:
            self._hold(db, run, "state = ?, finished_at = ?, leased_until = 0", state, now)
            if step_id:
                self._set(db, run, step_id, {**changed, "finished_at": now})

    def _hold(self, db: sqlite3.Connection, run: Run, change: str, *values: Any) -> None:
        statement = f"UPDATE run SET {change} WHERE id = ? AND lease = ?"  # noqa: S608  words of this file
        if not db.execute(statement, (*values, run.id, run.lease)).rowcount:
            raise Lost

    def _set(self, db: sqlite3.Connection, run: Run, step_id: str, changed: Mapping[str, Any]) -> None:
        if changed:
            names = ", ".join(f"{name} = ?" for name in changed)
            statement = f"UPDATE step SET {names} WHERE run_id = ? AND id = ?"  # noqa: S608  names of this package
            db.execute(statement, (*changed.values(), run.id, step_id))
