"""Where apps show up beside tickets."""

from __future__ import annotations

from portico.kernel.slots import Slot
from portico.kernel.text import N_

TICKET_PANEL = Slot("ticket.panel", N_("Beside a ticket"), object_type="ticket")
