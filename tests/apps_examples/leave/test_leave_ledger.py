"""The ledger alone: what time gives and takes, and the two laws of its database."""

import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from datetime import date

import pytest
from leave import ledger
from leave.accrual import bring_up_to, grants
from leave.ledger import Account, Entry, Overdrawn
from leave.panel import half_days
from leave.rules import Policy, rules_of
from leave.store import Store

ZOE = Account("ins_1", "emp_1", "vacation")
YEARLY = Policy(per_year=50, carry_cap=10)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "leave.sqlite3")


def at(store, today, policy=YEARLY, hired_on=None, on=None):
    with store.writing() as db:
        day = date.fromisoformat(today)
        until = date.fromisoformat(on) if on else day
        bring_up_to(db, ZOE, policy, hired_on=hired_on, today=day, on=until)


def take(store, on, half_days, subject=None, policy=YEARLY):
    day = date.fromisoformat(on)
    with store.writing() as db:
        ends = policy.carry_ends(ledger.period_for(db, ZOE, day.year))
        ledger.use(db, ZOE, subject=subject or on, on=day, half_days=half_days, floor=policy.floor, carry_ends=ends)


def amounts(store, year):
    with store.reading() as db:
        return [(one.kind, one.half_days) for one in ledger.entries(db, ZOE, year)]


@pytest.mark.parametrize(
    ("policy", "hired", "until", "expected"),
    [
        (YEARLY, None, "2026-01-01", [50]),
        (YEARLY, "2026-07-15", "2026-12-31", [25]),
        (YEARLY, "2026-07-16", "2026-12-31", [21]),
        (YEARLY, "2026-07-15", "2026-07-14", []),
        (YEARLY, "2027-02-01", "2026-12-31", []),
        (Policy(50, monthly=True), None, "2026-03-31", [4, 4, 5]),
        (Policy(50, monthly=True), "2026-11-20", "2026-12-31", [4]),
    ],
)
def test_what_is_granted_when(policy, hired, until, expected):
    found = grants(policy, hired and date.fromisoformat(hired), 2026, date.fromisoformat(until))
    assert [one.half_days for one in found] == expected


def test_twelve_months_come_to_the_year():
    assert sum(one.half_days for one in grants(Policy(51, monthly=True), None, 2026, date(2026, 12, 31))) == 51


def test_looking_twice_posts_nothing_twice(store):
    for _ in range(2):
        at(store, "2026-05-05")
    assert amounts(store, 2026) == [("grant", 50)]


def test_the_rest_goes_over_up_to_the_cap_and_ends_with_march(store):
    at(store, "2026-05-05")
    take(store, "2026-05-06", 30)
    at(store, "2027-02-01")
    assert amounts(store, 2026) == [("grant", 50), ("use", -30), ("expire", -10), ("carry", -10)]
    take(store, "2027-03-01", 4)  # of the oldest
    at(store, "2027-04-01")
    assert amounts(store, 2027) == [("carry", 10), ("grant", 50), ("use", -4), ("expire", -6)]


def test_days_after_the_expiry_cannot_lean_on_what_expires(store):
    at(store, "2026-05-05")
    at(store, "2027-01-04")
    with pytest.raises(Overdrawn):
        take(store, "2027-05-03", 51)
    take(store, "2027-05-03", 50)
    take(store, "2027-03-30", 10)
    with pytest.raises(Overdrawn):
        take(store, "2027-03-31", 1)


def test_what_is_earned_later_cannot_be_taken_before(store):
    monthly = Policy(24, monthly=True)
    at(store, "2026-03-15", monthly, on="2026-12-20")
    take(store, "2026-12-20", 20, policy=monthly)
    with pytest.raises(Overdrawn):  # six are earned by then, and December would lack two
        take(store, "2026-03-20", 6, policy=monthly)
    take(store, "2026-03-20", 4, policy=monthly)


def test_a_closed_year_is_not_opened_again(store):
    at(store, "2026-05-05")
    take(store, "2026-12-30", 4, "old")
    at(store, "2027-01-04")
    take(store, "2026-12-31", 2, "late")
    with store.writing() as db:
        ledger.settle(db, ZOE, "old", {}, {})
        ledger.settle(db, ZOE, "old", {}, {})
    assert amounts(store, 2026)[-1] == ("carry", -10)
    assert amounts(store, 2027) == [("carry", 10), ("grant", 50), ("cancel", 4), ("use", -2)]


def test_a_debt_goes_over_whole(store):
    ahead = Policy(per_year=10, overdraft=6)
    at(store, "2026-05-05", ahead)
    take(store, "2026-06-01", 16, policy=ahead)
    at(store, "2027-01-04", ahead)
    assert amounts(store, 2027) == [("grant", 10), ("carry", -6)]


def _process(path, number):
    """As a careless program would: without a look before."""
    entry = Entry(
        period=2026, kind="use", half_days=-2, effective_on=date(2026, 6, 1), ref=f"use:{number}", year=2026, floor=0
    )
    with Store(path).writing() as db:
        try:
            return ledger.post(db, ZOE, entry)
        except Overdrawn:
            return False


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_twenty_processes_at_once_never_go_below_the_limit(store, tmp_path):
    at(store, "2026-05-05", Policy(per_year=21))
    with ProcessPoolExecutor(20, mp_context=multiprocessing.get_context("fork")) as pool:
        took = list(pool.map(_process, [tmp_path / "leave.sqlite3"] * 20, range(20)))
    assert took.count(True) == 10
    assert sum(amount for _, amount in amounts(store, 2026)) == 1


def test_entries_are_neither_changed_nor_deleted_but_by_erasing_a_company(store):
    at(store, "2026-05-05")
    for statement in ("UPDATE ledger SET half_days = 99", "DELETE FROM ledger"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"), store.writing() as db:
            db.execute(statement)
    store.erase("ins_2")
    assert amounts(store, 2026) == [("grant", 50)]
    store.erase("ins_1")
    assert amounts(store, 2026) == []


def test_settings_are_read_as_people_write_them():
    said = {"days_per_year": 27.5, "carry_over_until": "02-30", "more_types": "study = 5\nNonsense\ncare: 2,5"}
    rules = rules_of({**said, "keepers": "HR@acme.example, zoe@acme.example"})
    assert {key: one.per_year for key, one in rules.policies.items()} == {"study": 10, "care": 5, "vacation": 55}
    assert rules.policies["vacation"].carry_ends(2027) == date(2027, 2, 28)
    assert rules.keepers == {"hr@acme.example", "zoe@acme.example"}
    assert [half_days(one) for one in ("1.5", "-2", "-0,5", "+3", "1.3", "many")] == [3, -4, -1, 6, None, None]
