"""A month of attendance computed anew: 1,000 people with shifts, punches, absences and corrections, on PostgreSQL.

The floor reads the same punches through psycopg, subtracts, and writes the same rows by hand.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import _support
import psycopg
from sqlalchemy import Table, create_engine, insert, text

from portico.app import start
from portico.domains.attendance import sweeping
from portico.domains.attendance.models import Punch
from portico.domains.attendance.queries import reports, workdays
from portico.domains.attendance.schemas.absences import AbsenceCreate
from portico.domains.attendance.service import absences, punch_corrections, recomputing, rostering, settling
from portico.domains.directory.models import Employee
from portico.kernel import clock
from portico.kernel.ids import new_id
from portico.kernel.schemas import load
from portico.kernel.unit_of_work import session, unit
from portico.settings import Settings
from tests.support import databases
from tests.support.attending import Company
from tests.support.cast import Cast, make_cast
from tests.support.days import at

GOAL = "1,000 people's month in under 30 s"
MONTH = "2026-10"
_YEAR, _NUMBER = (int(part) for part in MONTH.split("-"))
DAYS = [date(_YEAR, _NUMBER, number) for number in range(1, monthrange(_YEAR, _NUMBER)[1] + 1)]


@contextmanager
def _workspace() -> Iterator[tuple[Cast, databases.PostgresDatabase]]:
    database = databases.postgres()
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(
            home=Path(home), database_url=database.url, migrate_url=database.url, secret_keys=("bench",), mode="demo"
        )
        opened = start(settings)
        try:
            database.empty()
            yield make_cast("postgres"), database
        finally:
            opened.dispose()
            databases.drop_postgres()


def _people(cast: Cast, count: int) -> list[str]:
    now, ids = clock.now(), [new_id("emp") for _ in range(count)]
    rows = [
        {
            "workspace_id": cast.acme,
            "id": one,
            "display_name": f"Person {place}",
            "name_key": f"person {place:06}",
            "status": "active",
            "hide_mobile": False,
            "properties": {},
            "created_at": now,
            "updated_at": now,
            "version": 1,
        }
        for place, one in enumerate(ids)
    ]
    with cast.writing():
        session().execute(insert(Employee), rows)
    return ids


def _rules(cast: Cast, ids: list[str]) -> None:
    """Three quarters in the office, a quarter at night by the roster."""
    company = Company(cast)
    office = company.shift(
        "09:00-18:00", breaks=[{"start": "12:00", "end": "13:00"}], grace={"late": 5, "serious_late": 30}
    )
    night = company.shift("22:00-30:00", dst_pay="nominal")
    workers = [{"kind": "employee", "id": one} for one in ids[: len(ids) // 4][:199]]
    company.group("roster", *workers, start=f"{MONTH}-01")
    company.group("fixed", {"kind": "all"}, daily=(office,), start=f"{MONTH}-01")
    with cast.writing():
        settling.settle(cast.system(), DAYS[0])
    nights = [rule["id"] for rule in workers]
    for place in range(0, len(nights), 15):
        _roster(company, nights[place : place + 15], night)


def _roster(company: Company, ids: list[str], shift_id: str) -> None:

    entries = [
        {"employee_id": one, "work_on": on, "slot": 0, "shift_id": shift_id, "location_id": None}
        for one in ids
        for on in DAYS
    ]
    with company.cast.writing():
        rostering.put_entries(company.hr, entries)
        rostering.publish(company.hr, DAYS[0], DAYS[-1], ids)


def _punches(cast: Cast, ids: list[str]) -> int:
    """In and out on every planned day, of which one in twelve is missed and one in nine is late."""
    chance, now, rows = random.Random(1), clock.now(), []
    nights = set(ids[: len(ids) // 4][:199])
    for one in ids:
        for on in DAYS:
            if chance.random() < 1 / 12 or (one not in nights and on.isoweekday() > 5):
                continue
            late = chance.randrange(60) if chance.random() < 1 / 9 else 0
            came, left = (22 * 60, 30 * 60) if one in nights else (9 * 60, 18 * 60)
            for kind, minute in (("in", came + late), ("out", left + chance.randrange(30))):
                rows.append(_punch(cast, one, on, kind, minute, now))
    table: Any = Punch.__table__
    with cast.writing():
        for place in range(0, len(rows), 5000):
            session().execute(insert(table), rows[place : place + 5000])
    return len(rows)


def _punch(cast: Cast, employee_id: str, on: date, kind: str, minute: int, now: datetime) -> dict[str, Any]:
    shown = f"{minute // 60:02}:{minute % 60:02}"
    return {
        "workspace_id": cast.acme,
        "id": new_id("pun"),
        "employee_id": employee_id,
        "kind": kind,
        "occurred_at": at(on.isoformat(), shown),
        "timezone": "Europe/Berlin",
        "work_on": on,
        "method": "web",
        "evidence": "no_evidence",
        "hints": [],
        "status": "accepted",
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }


def _absences(cast: Cast, ids: list[str]) -> int:
    """Three days and a half of vacation for one person in four."""
    away = ids[::4]
    for place in range(0, len(away), 50):
        with cast.writing():
            for one in away[place : place + 50]:
                wanted = load(
                    AbsenceCreate(),
                    {
                        "employee_id": one,
                        "type_key": "vacation",
                        "from": {"on": DAYS[5].isoformat(), "slot": "full"},
                        "to": {"on": DAYS[8].isoformat(), "slot": "am"},
                        "status": "approved",
                    },
                )
                absences.create_absence(cast.actor("hr_admin"), wanted)
    return len(away)


def _corrections(cast: Cast, ids: list[str]) -> int:
    """A punch that was forgotten, written down for one person in five."""
    forgetful = ids[1::5]
    for place in range(0, len(forgetful), 50):
        with cast.writing():
            for one in forgetful[place : place + 50]:
                wanted = {
                    "id": new_id("cor"),
                    "employee_id": one,
                    "work_on": DAYS[13],
                    "kind": "in",
                    "occurred_at": at(DAYS[13].isoformat(), "08:55"),
                    "punch_id": None,
                    "reason": "Forgotten",
                }
                punch_corrections.record_correction(cast.actor("hr_admin"), wanted)
    return len(forgetful)


def _mark(cast: Cast, ids: list[str]) -> None:
    for place in range(0, len(ids), 50):
        with unit(cast.acme, write=True):
            days = [(one, on) for one in ids[place : place + 50] for on in DAYS]
            recomputing.mark_days_stale(cast.acme, days)


def _computed() -> tuple[float, float]:
    """By the clock, and of this process's own processor time."""
    began, cpu = time.perf_counter(), time.process_time()
    while sweeping.recompute_stale():
        pass
    return time.perf_counter() - began, time.process_time() - cpu


def _floor(url: str, workspace_id: str, ids: list[str]) -> float:
    """The same punches read, subtracted and written as rows of the same table, by hand; rolled back."""
    table: Table = workdays.DAY
    columns = [column.name for column in table.columns]
    began = time.perf_counter()
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("SELECT set_config('portico.workspace', %s, true)", [workspace_id])
        rows = connection.execute(
            "SELECT employee_id, kind, occurred_at FROM punch WHERE workspace_id = %s ORDER BY 1, 3",
            [workspace_id],
        ).fetchall()
        worked: dict[tuple[str, date], int] = defaultdict(int)
        came: dict[str, datetime] = {}
        for employee_id, kind, moment in rows:
            if kind == "in":
                came[employee_id] = moment
            elif employee_id in came:
                since = came.pop(employee_id)
                worked[employee_id, since.date()] += int((moment - since).total_seconds())
        sql = (
            f"INSERT INTO workday ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) "
            "ON CONFLICT (workspace_id, employee_id, work_on) DO UPDATE SET worked_s = excluded.worked_s, "
            "stale = false, version = excluded.version + 1"
        )
        values = [_by_hand(columns, workspace_id, one, on, worked[one, on]) for one in ids for on in DAYS]
        with connection.cursor() as cursor:
            cursor.executemany(sql, values)
        connection.rollback()
    return time.perf_counter() - began


def _by_hand(columns: list[str], workspace_id: str, employee_id: str, on: date, worked: int) -> list[Any]:
    now = datetime.now(UTC)
    known: dict[str, Any] = {
        "workspace_id": workspace_id,
        "id": new_id("wkd"),
        "employee_id": employee_id,
        "work_on": on,
        "shift_version_ids": "[]",
        "exceptions": "[]",
        "details": "{}",
        "status": "computed",
        "stale": False,
        "definition_version": 1,
        "worked_s": worked,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    return [known.get(name, 0 if name.endswith("_s") else None) for name in columns]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    about = _support.machine()
    with clock.held(datetime(2026, 11, 27, 12, tzinfo=UTC)), _workspace() as (cast, database):
        ids = _people(cast, options.people)
        _rules(cast, ids)
        _support.say(f"{_punches(cast, ids):,} punches")
        away, corrected = _absences(cast, ids), _corrections(cast, ids)
        with create_engine(database.owner_url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
        figures: dict[str, Any] = {"goal": GOAL, "people": len(ids), "days": len(ids) * len(DAYS)}
        figures |= {"absences": away, "corrections": corrected}
        _mark(cast, ids)
        wall, cpu = _computed()
        figures |= {"first_time_s": round(wall, 1), "first_time_cpu_s": round(cpu, 1)}
        again, floors = [], []
        for _ in range(options.rounds):
            _mark(cast, ids)
            again.append(_computed()[0])
            floors.append(_floor(database.owner_url, cast.acme, ids))
        figures["again_unchanged_s"] = round(min(again), 1)
        figures["floor_s"] = round(min(floors), 1)
        figures["ratio_to_the_floor"] = round(figures["first_time_s"] / min(floors), 1)
        with cast.reading():
            hr = cast.actor("hr_admin")
            began = time.perf_counter()
            people = dict.fromkeys(ids[: reports.MOST_PEOPLE], "")
            rows = reports.monthly(hr, people, MONTH)["data"]
            figures["report_of_100_ms"] = round((time.perf_counter() - began) * 1000)
        figures["worked_hours_of_them"] = sum(row["worked_minutes"] for row in rows) // 60
    _support.report(about, figures)


if __name__ == "__main__":
    main()
