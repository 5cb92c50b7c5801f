"""Where the operations of announcements belong."""

from __future__ import annotations

from portico.web.api import ApiBlueprint

blp = ApiBlueprint("announcements", "Announcements", "What a company tells its people, and who has read it.")
ONE = '/announcements/<id("ann"):announcement_id>'
