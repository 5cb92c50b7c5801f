"""What interactions refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class SurfaceGone(Refusal):
    code, status, title = "surface_gone", 410, "The app was suspended or uninstalled, or is not for you any more."
