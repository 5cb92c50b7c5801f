"""What the company decided: the settings of the installation as policies of types."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

VACATION = "vacation"
_LINE = re.compile(r"\s*([a-z][a-z0-9_]{1,39})\s*[=:]\s*([0-9]+(?:[.,][05])?)\s*")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


@dataclass(frozen=True)
class Policy:
    """Of one type. Amounts are in half days."""

    per_year: int
    monthly: bool = False
    carry_cap: int = 0
    carry_until: tuple[int, int] = (3, 31)
    probation_months: int = 0
    overdraft: int = 0

    @property
    def floor(self) -> int:
        """The lowest balance that a request may lead to."""
        return -self.overdraft

    def carry_ends(self, year: int) -> date:
        """The last day for what came over from the year before."""
        month, day = self.carry_until
        while True:
            try:
                return date(year, month, day)
            except ValueError:  # 30 February is its last day
                day -= 1


@dataclass(frozen=True)
class Rules:
    policies: Mapping[str, Policy]
    hr_too: bool
    keepers: frozenset[str]


def rules_of(settings: Mapping[str, Any]) -> Rules:
    """What cannot be read counts as not said."""
    vacation = Policy(
        per_year=_halves(settings.get("days_per_year"), 25),
        monthly=settings.get("accrual") == "monthly",
        carry_cap=_halves(settings.get("carry_over_days"), 5),
        carry_until=_month_day(settings.get("carry_over_until")),
        probation_months=int(settings.get("probation_months") or 0),
        overdraft=_halves(settings.get("overdraft_days"), 0),
    )
    more = {
        found[1]: Policy(per_year=_halves(float(found[2].replace(",", ".")), 0))
        for line in str(settings.get("more_types") or "").splitlines()
        if (found := _LINE.fullmatch(line))
    }
    keepers = str(settings.get("keepers") or "").lower().replace(";", ",").split(",")
    return Rules(
        policies={**more, VACATION: vacation},
        hr_too=settings.get("approval") == "manager, then HR",
        keepers=frozenset(name.strip() for name in keepers if name.strip()),
    )


def _halves(days: Any, otherwise: float) -> int:
    return max(0, round(float(otherwise if days is None else days) * 2))


def _month_day(said: Any) -> tuple[int, int]:
    found = _MONTH_DAY.fullmatch(str(said or "").strip())
    return (int(found[1]), int(found[2])) if found else (3, 31)
