"""Places for apps that belong to no domain."""

from __future__ import annotations

from portico.kernel.slots import Slot
from portico.kernel.text import N_

PORTAL_PAGE = Slot("portal.page", N_("A page of its own in the portal"))
