"""What every part of the app works with: the database, the time, and one company's rules, people and balances."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leave import ledger
from leave.accrual import bring_up_to
from leave.ledger import Account, Entry
from leave.rules import Policy, Rules, rules_of
from leave.store import Store
from leave.texts import Language
from portico_sdk import Portico
from portico_sdk.models import AbsenceType, Employee


@dataclass(frozen=True)
class Balance:
    """Of one type, in half days; `taken` are those of this year, also to come."""

    type: AbsenceType
    left: int
    taken: int
    expiring: int
    expires_on: date

    def label(self, language: Language) -> str:
        return language.type_label(self.type.key, self.type.label)


class Desk:
    """One company at one moment: what it reads of it, it reads once."""

    def __init__(self, store: Store, workspace: Portico, installation_id: str, now: Callable[[], float]) -> None:
        self.store = store
        self.workspace = workspace
        self.installation_id = installation_id
        self._now = now

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)

    def today(self, timezone: str | None = None) -> date:
        try:
            zone = ZoneInfo(timezone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            zone = ZoneInfo("UTC")
        return self.now().astimezone(zone).date()

    @cached_property
    def rules(self) -> Rules:
        return rules_of(self.workspace.installations.me().settings)

    @cached_property
    def types(self) -> dict[str, AbsenceType]:
        """What can be asked for here."""
        return {one.key: one for one in self.workspace.absence_types.list(archived=False)}

    def label(self, language: Language, type_key: str) -> str:
        """What people call a type."""
        return language.type_label(type_key, self.types[type_key].label if type_key in self.types else type_key)

    def account(self, employee_id: str, type_key: str) -> Account:
        return Account(self.installation_id, employee_id, type_key)

    def balances(self, employee: Employee) -> list[Balance]:
        today = self.today(employee.timezone)
        counted = [(self.types[key], policy) for key, policy in self.rules.policies.items() if key in self.types]
        with self.store.writing() as db:
            return [
                _balance(kind, policy, self._entries(db, employee, kind.key, policy, today), today)
                for kind, policy in sorted(counted, key=lambda one: one[0].key != "vacation")
            ]

    def _entries(
        self, db: sqlite3.Connection, employee: Employee, key: str, policy: Policy, today: date
    ) -> list[Entry]:
        account = self.account(employee.id, key)
        bring_up_to(db, account, policy, hired_on=employee.hired_on, today=today, on=today)
        return ledger.entries(db, account, today.year)


def _balance(kind: AbsenceType, policy: Policy, rows: list[Entry], today: date) -> Balance:
    ends = policy.carry_ends(today.year)
    return Balance(
        type=kind,
        left=ledger.left_on(rows, today),
        taken=-sum(row.half_days for row in rows if row.kind in ("use", "cancel")),
        expiring=ledger.carried_left(rows, ends) if today <= ends else 0,
        expires_on=ends,
    )
