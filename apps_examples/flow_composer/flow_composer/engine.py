"""From events to runs, and runs to their end.

What calls this app is a doorbell: which events there are for a flow is read with the owner's own token from where the
flow stands, so that nothing is lost when a call is, and nothing starts that the owner could not see. Several workers,
and several processes on one file, share the work by leases.
"""

import json
import logging
import random
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from flow_composer.calls import Again, Done, Failed, Outcome, call, failure, judged
from flow_composer.catalogue import Shelf, trigger_of
from flow_composer.checks import scopes_needed
from flow_composer.flows import Flows, Kept
from flow_composer.messages import say, told
from flow_composer.model import Step, steps_of
from flow_composer.owner import Owners
from flow_composer.posting import Poster, shown
from flow_composer.runs import LEASE_S, Lost, Run, Runs, dumped
from flow_composer.store import Store
from flow_composer.values import Missing, Unlike, compared, is_met, value_of
from portico_sdk import AuthorizationError, Portico, PorticoError

log = logging.getLogger("flow_composer")
WORKERS = 4
MOST_ATTEMPTS = 6
_POLL_S = 10.0
_POLL_WITH_BELL_S = 60.0
_SWEEP_S = 3600.0
_LOOK_S = 300.0
_LONGEST_PAUSE_S = 6 * 3600.0


@dataclass(frozen=True)
class Work:
    """A step of a run that is to be done now; `row` is what is known of it from before."""

    run: Run
    kept: Kept
    number: int
    step: Step
    row: sqlite3.Row | None

    @property
    def attempts(self) -> int:
        return self.row["attempts"] if self.row is not None else 0

    def recorded(self, name: str) -> Any:
        text = self.row[name] if self.row is not None else None
        return json.loads(text) if text else None


class Engine:
    """`workspace` gives the client of an installation, by which owners are told; `now` is in Unix seconds."""

    def __init__(
        self,
        store: Store,
        flows: Flows,
        owners: Owners,
        shelf: Shelf,
        poster: Poster,
        workspace: Callable[[str], Portico],
        now: Callable[[], float],
    ) -> None:
        self._store, self._flows, self._owners, self._shelf = store, flows, owners, shelf
        self._poster, self._workspace, self._now = poster, workspace, now
        self.runs = Runs(store)
        self._wake = threading.Event()
        self._swept = float("-inf")
        self._looked: dict[str, float] = {}

    # What runs beside the app

    def start(self) -> None:
        for number in range(WORKERS):
            threading.Thread(target=self._live, name=f"flows-{number}", daemon=True).start()

    def wake(self) -> None:
        self._wake.set()

    def ring(self, installation_id: str, event_type: str) -> None:
        """Something happened there; flows that wait for it are looked after at once."""
        self._store.change(
            "UPDATE flow SET rung = 1, has_bell = 1 WHERE installation_id = ? AND event = ? AND enabled",
            *(installation_id, event_type),
        )
        self.wake()

    def _ring_ourselves(self, installation_id: str) -> None:
        """An app is not called about what it did itself; other flows may wait for that."""
        self._store.change("UPDATE flow SET rung = 1 WHERE installation_id = ? AND enabled", installation_id)

    def _live(self) -> None:
        while True:
            try:
                self.run_due()
                self._sweep()
            except (sqlite3.Error, PorticoError, httpx.HTTPError):
                log.exception("Flows stopped for a moment.")
            self._wake.wait(2)
            self._wake.clear()

    def _sweep(self) -> None:
        if self._now() - self._swept > _SWEEP_S:
            self._swept = self._now()
            self._store.sweep(self._now())

    def run_due(self) -> int:
        """Do all that is due; how many runs were worked on."""
        worked = 0
        while True:
            self._listen()
            due = self.runs.due(self._now())
            for run_id in due:
                run = self.runs.take(run_id, self._now())
                if run is not None:
                    worked += 1
                    self._work_on(run)
            if not due:
                return worked

    # Events

    def _listen(self) -> None:
        now = self._now()
        rows = self._store.rows(
            "SELECT id, installation_id FROM flow WHERE enabled AND leased_until <= ?"
            " AND (rung OR polled_at <= ? - iif(has_bell, ?, ?))"
            " AND installation_id NOT IN (SELECT installation_id FROM held)",
            *(now, now, _POLL_WITH_BELL_S, _POLL_S),
        )
        for row in rows:
            taken = self._store.change(
                "UPDATE flow SET leased_until = ?, rung = 0, polled_at = ?"
                " WHERE id = ? AND enabled AND leased_until <= ?",
                *(now + LEASE_S, now, row["id"], now),
            )
            kept = self._flows.find(row["installation_id"], row["id"])
            if taken and kept is not None:
                try:
                    self._hear(kept)
                finally:
                    self._store.change("UPDATE flow SET leased_until = 0 WHERE id = ?", row["id"])

    def _hear(self, kept: Kept) -> None:
        """What happened since, as the owner may see it."""
        try:
            client = self._owners.client(kept.id, kept.owner.id)
            lacking = self._lacking(kept, client)
            if lacking:
                self._end(kept, failure("owner_lacks", kept.owner.name, ", ".join(lacking)))
                return
            for page in client.events.list(after=kept.cursor, types=[kept.event], limit=100).pages():
                if not self._begin(kept, [event.raw for event in page.data], str(page.next_cursor)):
                    return
        except AuthorizationError:
            self._end(kept, failure("owner_ended", kept.owner.name))
        except PorticoError as error:
            outcome = judged(error, kept.owner)
            if isinstance(outcome, Failed) and outcome.ends:
                self._end(kept, outcome.because)
            else:
                log.warning("flow %s hears nothing for a moment: %s", kept.id, error)
        except httpx.HTTPError as error:
            log.warning("flow %s hears nothing for a moment: %s", kept.id, error)

    def _lacking(self, kept: Kept, client: Portico) -> list[str]:
        """What the flow needs and its owner may not do any more; looked at every few minutes. Without it, events that
        the owner no longer sees would just not come."""
        if self._now() - self._looked.get(kept.id, float("-inf")) < _LOOK_S:
            return []
        content = self._flows.content(kept.id, kept.version)
        if content is None:
            return []
        needed = scopes_needed(content, self._shelf.of(kept.installation_id))
        lacking = sorted(set(needed).difference(client.me().scopes))
        if not lacking:
            self._looked[kept.id] = self._now()
        return lacking

    def _begin(self, kept: Kept, events: list[Mapping[str, Any]], cursor: str) -> bool:
        now = self._now()
        with self._store.writing() as db:
            for event in events:
                self.runs.begin(db, kept, event, now)
                if self.runs.too_many(db, kept, now):
                    break
            else:
                db.execute("UPDATE flow SET cursor = ? WHERE id = ?", (cursor, kept.id))
                return True
        self._end(kept, failure("too_many", self.runs.most_a_minute))
        return False

    # Steps

    def _work_on(self, run: Run) -> None:
        kept = self._flows.find(run.installation_id, run.flow_id)
        content = self._flows.content(run.flow_id, run.version)
        if kept is None or content is None:
            return  # deleted in this moment, and the run with it
        known: dict[str, Any] = {"trigger": trigger_of(run.event), "steps": {}}
        recorded = self.runs.steps(run.id)
        try:
            for number, step in enumerate(steps_of(content)):
                row = recorded.get(step["id"])
                if row is not None and row["state"] in ("succeeded", "kept"):
                    known["steps"][step["id"]] = json.loads(row["output"])
                    continue
                outcome = self._step(Work(run, kept, number, step, row), known)
                if outcome is None:
                    return
                known["steps"][step["id"]] = outcome.output
            self.runs.finish(run, "succeeded", self._now())
        except Lost:
            log.warning("run %s went to another worker", run.id)

    def _step(self, work: Work, known: Mapping[str, Any]) -> Done | None:
        """What it hands on; None when the run waits now, or is over."""
        run, step = work.run, work.step
        self.runs.note(run, work.number, step, self._now())
        if not work.kept.enabled and run.replay_of is None:
            self._failed(work, Failed(work.kept.off_because or failure("switched_off")))
            return None
        try:
            outcome = self._doing(work, known)
        except Missing as missing:
            outcome = Failed(failure("missing_value", missing.ref))
        except Unlike as unlike:
            outcome = Failed(failure("not_a_list", unlike.ref))
        if isinstance(outcome, Done):
            output = dumped(outcome.output)
            changed = {"state": "succeeded", "output": output, "error": None, "finished_at": self._now()}
            self.runs.note(run, work.number, step, self._now(), changed)
            return outcome
        self._over(work, outcome)
        return None

    def _doing(self, work: Work, known: Mapping[str, Any]) -> Outcome | None:
        """None when a filter was not met, or a wait begins."""
        step, kind = work.step, work.step["kind"]
        if kind == "filter":
            self.runs.note(work.run, work.number, step, self._now(), {"input": dumped(compared(step, known))})
            return Done({"passed": True}) if is_met(step, known) else None
        if kind == "map":
            return Done({name: value_of(one, known) for name, one in step["fields"].items()})
        if kind == "wait":
            return Done(work.recorded("output")) if work.row is not None and work.row["state"] == "waiting" else None
        if "note" in step:
            return Done({"note": value_of(step["note"], known)})
        return self._sent(work, known)

    def _sent(self, work: Work, known: Mapping[str, Any]) -> Outcome:
        """A call or a post. What is sent is written down first, and sent again as it was."""
        step, run, again = work.step, work.run, work.recorded("input")
        if again is None:
            fields = step["post"].get("body", {}) if "post" in step else step.get("input", {})
            given = {name: value_of(one, known) for name, one in fields.items()}
            again = shown(step["post"], given) if "post" in step else given
        trying = {"state": "running", "attempts": work.attempts + 1, "input": dumped(again)}
        self.runs.note(run, work.number, step, self._now(), trying)
        key = f"{run.id}:{step['id']}"
        if "post" in step:
            return self._poster.send(run.installation_id, step["post"], again["body"], key)
        try:
            catalogue = self._shelf.of(run.installation_id)
        except (PorticoError, httpx.HTTPError):
            return Again(failure("platform_away"))
        client = self._owners.client(run.flow_id, work.kept.owner.id, cause=run.event["id"])
        kept = work.recorded("output") if work.attempts else None
        outcome = call(step, again, catalogue, client, work.kept.owner, key, kept or ({} if work.attempts else None))
        if isinstance(outcome, Done):
            self._ring_ourselves(run.installation_id)
        return outcome

    def _over(self, work: Work, outcome: Again | Failed | None) -> None:
        run, step, now = work.run, work.step, self._now()
        if outcome is None and step["kind"] == "filter":
            self.runs.finish(run, "skipped", now, step["id"], {"state": "skipped"})
        elif outcome is None:
            due = now + step["seconds"]
            until = {"until": datetime.fromtimestamp(due, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")}
            self.runs.pause(run, step["id"], "waiting", due, {"state": "waiting", "output": dumped(until)})
        elif isinstance(outcome, Again) and work.attempts + 1 < MOST_ATTEMPTS:
            due = now + max(outcome.after or 0.0, pause_s(work.attempts + 1))
            left = {} if outcome.output is None else {"output": dumped(outcome.output)}
            changed = {"state": "retrying", "error": dumped(outcome.because), **left}
            self.runs.pause(run, step["id"], "running", due, changed)
        else:
            self._failed(work, outcome)

    def _failed(self, work: Work, outcome: Again | Failed) -> None:
        because = dict(outcome.because)
        if isinstance(outcome, Again):
            because = failure("gave_up", work.attempts + 1, because)
        changed = {"state": "failed", "error": dumped(because)}
        self.runs.finish(work.run, "failed", self._now(), work.step["id"], changed)
        if isinstance(outcome, Failed) and outcome.ends:
            self._end(work.kept, because)

    # The end of a flow's power

    def _end(self, kept: Kept, because: Mapping[str, Any]) -> None:
        """Switch it off and tell the owner why, once."""
        if not self._flows.switch_off(kept.id, dict(because)):
            return
        locale = kept.owner.locale
        try:
            self._workspace(kept.installation_id).notifications.send(
                to=[kept.owner.id],
                title=say(locale, "off_title", [kept.name]),
                body=told(locale, because),
                page="home",
                key=f"off-{kept.id}-{int(self._now())}",
            )
        except PorticoError as error:  # who has left is not told
            log.warning("the owner of flow %s was not told: %s", kept.id, error)


def pause_s(attempts: int) -> float:
    """Seconds until the next try: 5, 20, 80 …, a fifth more at most so that not all come at once."""
    return min(5.0 * 4.0 ** (attempts - 1), _LONGEST_PAUSE_S) * (1 + random.random() / 5)  # noqa: S311
