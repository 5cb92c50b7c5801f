"""What lies over the plan of a day: approved absences and approved overtime, by person and date.

For whoever computes; the caller has asked whether the actor may. Corrections need no reading of their own: an approved
one has made a punch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from portico.domains.attendance.reckoning.values import AbsenceFact, OvertimeFact

Absences = Mapping[tuple[str, date], tuple[AbsenceFact, ...]]
Overtime = Mapping[tuple[str, date], tuple[OvertimeFact, ...]]


def absences_of(workspace_id: str, employee_ids: Sequence[str], first: date, last: date) -> Absences:
    """Approved absences of these people on these dates."""
    return {}


def overtime_of(workspace_id: str, employee_ids: Sequence[str], first: date, last: date) -> Overtime:
    """Approved overtime of these people on these dates."""
    return {}
