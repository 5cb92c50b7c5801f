"""How often, and how long: the measures of time that listeners notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    heartbeat_s: float = 15.0
    power_s: float = 2.0
    """How long a cut of somebody's power can go unnoticed while nothing happens; before each event it is looked at."""
    sending_s: float = 30.0
    """A reader that takes nothing for so long is hung up on; it comes back and goes on where it was."""
