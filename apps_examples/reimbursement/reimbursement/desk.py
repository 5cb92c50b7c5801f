"""What every part of the app works with: the database, the time, and one company's rules and people."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portico_sdk import Portico
from portico_sdk.models import Employee
from reimbursement.rules import Rules, rules_of
from reimbursement.store import Store

_AT_ONCE = 100


class Refused(Exception):
    """`field` names the field of the form, `_` the whole; `key` a sentence in texts.py."""

    def __init__(self, field: str, key: str, detail: str | int = "") -> None:
        super().__init__(key)
        self.field, self.key, self.details = field, key, () if detail == "" else (detail,)


class Desk:
    """One company at one moment: what it reads of it, it reads once."""

    def __init__(self, store: Store, workspace: Portico, installation_id: str, now: Callable[[], float]) -> None:
        self.store = store
        self.workspace = workspace
        self.installation_id = installation_id
        self._now = now
        self._people: dict[str, Employee] = {}

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)

    def stamp(self) -> str:
        return self.now().isoformat(timespec="seconds")

    def today(self, timezone: str | None = None) -> date:
        try:
            zone = ZoneInfo(timezone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            zone = ZoneInfo("UTC")
        return self.now().astimezone(zone).date()

    @cached_property
    def rules(self) -> Rules:
        return rules_of(self.workspace.installations.me().settings)

    def people(self, ids: Iterable[str]) -> dict[str, Employee]:
        """Those of them who are still known."""
        wanted = sorted({*ids} - self._people.keys())
        for start in range(0, len(wanted), _AT_ONCE):
            for one in self.workspace.employees.lookup(ids=wanted[start : start + _AT_ONCE]):
                self._people[one.id] = one
        return self._people

    def name(self, employee_id: str | None) -> str:
        found = self.people([employee_id]).get(employee_id) if employee_id else None
        return found.display_name if found else "…"

    @cached_property
    def finance(self) -> frozenset[str]:
        """The ids of those who pay, and see everything."""
        return frozenset(self._named(self.rules.finance))

    @cached_property
    def second(self) -> tuple[str, ...]:
        """The ids of those who may be the second to approve."""
        return tuple(self._named(self.rules.second))

    def _named(self, names: Iterable[str]) -> list[str]:
        """By work addresses and names of groups; only who is active."""
        names = [*names]
        found: list[Employee] = []
        emails = [one for one in names if "@" in one][:_AT_ONCE]
        if emails:
            found += self.workspace.employees.lookup(emails=emails)
        groups = {one for one in names if "@" not in one}
        if groups:
            for group in self.workspace.groups.list():
                if group.name.lower() in groups:
                    found += self.workspace.groups.members(group.id)
        return list(dict.fromkeys(one.id for one in found if one.status == "active"))
