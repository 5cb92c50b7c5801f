"""Where apps show up beside contacts."""

from __future__ import annotations

from portico.kernel.slots import Slot
from portico.kernel.text import N_

CONTACT_PANEL = Slot("contact.panel", N_("Beside a contact"), object_type="contact")
COMPANY_PANEL = Slot("company.panel", N_("Beside a company"), object_type="company")
