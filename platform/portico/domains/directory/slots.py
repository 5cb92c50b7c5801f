"""Where apps show up beside employees."""

from __future__ import annotations

from portico.kernel.slots import Slot
from portico.kernel.text import N_

EMPLOYEE_PANEL = Slot("employee.panel", N_("Beside an employee"), object_type="employee")
