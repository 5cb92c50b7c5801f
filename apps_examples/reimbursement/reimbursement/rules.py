"""What the company decided: the settings of the installation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reimbursement.money import CURRENCIES, minor

_LINE = re.compile(r"\s*([A-Za-z]{3})\s*[=:]?\s*([0-9][0-9.,' ]*)\s*")
_USUAL = ("travel", "lodging", "meals", "equipment", "other")


@dataclass(frozen=True)
class Rules:
    """`finance` and `second` are work addresses and names of groups, in small letters."""

    finance: tuple[str, ...]
    second: tuple[str, ...]
    thresholds: Mapping[str, int]
    currencies: tuple[str, ...]
    categories: tuple[str, ...]
    receipts_needed: bool
    oldest_days: int

    def needs_second(self, sums: Mapping[str, int]) -> bool:
        """Above the threshold of one of its currencies. One without a threshold always does, if there are any."""
        if not self.thresholds:
            return False
        return any(amount > self.thresholds.get(currency, 0) for currency, amount in sums.items())


def rules_of(settings: Mapping[str, Any]) -> Rules:
    """What cannot be read counts as not said."""
    currencies = tuple(code for code in _listed(settings.get("currencies"), upper=True) if code in CURRENCIES)
    finance = _listed(settings.get("finance"))
    return Rules(
        finance=finance,
        second=_listed(settings.get("second_approvers")) or finance,
        thresholds=_thresholds(settings.get("thresholds")),
        currencies=currencies or ("EUR",),
        categories=tuple(one[:40] for one in _listed(settings.get("categories"))) or _USUAL,
        receipts_needed=settings.get("receipts") != "optional",
        oldest_days=max(1, int(settings.get("oldest_days") or 180)),
    )


def _listed(said: Any, *, upper: bool = False) -> tuple[str, ...]:
    parts = [" ".join(one.split()) for one in re.split(r"[,;，；\n]", str(said or ""))]
    return tuple(dict.fromkeys(one.upper() if upper else one.lower() for one in parts if one))


def _thresholds(said: Any) -> dict[str, int]:
    found = {}
    for line in str(said or "").splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[1].upper() not in CURRENCIES:
            continue
        amount = 0 if match[2].strip() == "0" else minor(match[2], match[1].upper())
        if amount is not None:
            found[match[1].upper()] = amount
    return found
