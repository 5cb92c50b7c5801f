"""The pages of the portal stand in a workspace: `/w/<slug>/…`."""

from __future__ import annotations

from portico.web.pages import PageBlueprint

blueprint = PageBlueprint("portal", "portico.portal")
