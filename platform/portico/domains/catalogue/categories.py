"""The categories that manifests can name, in the words that people read."""

from __future__ import annotations

from portico.kernel.text import N_

CATEGORIES = {
    "support": N_("Support"),
    "sales": N_("Sales"),
    "marketing": N_("Marketing"),
    "hr": N_("People and time"),
    "finance": N_("Finance"),
    "projects": N_("Projects"),
    "communication": N_("Communication"),
    "automation": N_("Automation"),
    "analytics": N_("Analytics"),
    "developer": N_("Developer tools"),
}
