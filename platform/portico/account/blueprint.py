"""The pages of the account face stand outside the workspaces."""

from __future__ import annotations

from portico.web.pages import PageBlueprint

blueprint = PageBlueprint("account", "portico.account", in_workspace=False)
