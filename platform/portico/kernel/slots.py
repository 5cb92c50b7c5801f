"""Places where apps show up. Declared in a domain's `slots.py`, drawn by the page that offers them."""

from __future__ import annotations

from dataclasses import dataclass

from portico.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Slot:
    """`object_type` is what a surface in this place stands beside; None where it stands alone."""

    place: str
    title: str
    object_type: str | None = None


SLOTS: Registry[Slot] = Registry("place", lambda slot: slot.place)
