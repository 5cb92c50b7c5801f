"""Places for apps that belong to no domain."""

from __future__ import annotations

from portico.kernel.slots import Slot
from portico.kernel.text import N_

PORTAL_PAGE = Slot("portal.page", N_("A page of its own in the portal"))
HOME_CARD = Slot("home.card", N_("A card on the first page"))
COMMAND = Slot("command", N_("Among the commands"))
SETTINGS = Slot("settings", N_("Beside its settings, for who manages apps"))
AGENT = Slot("agent", N_("For agents and programs"))
FLOW = Slot("flow", N_("In flows"))
