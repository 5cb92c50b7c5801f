"""What speaks for a punch: where the device says it is, which Wi-Fi it sees, which device it is. Pure functions.

All of it can be faked, so it is a hint for who reviews punches, and no proof. What a group does about it is its
`EvidencePolicy`; a group that names no place, Wi-Fi or device asks for nothing, and then nothing is kept.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

EARTH_M = 6_371_008.8
"""The mean radius (IUGG)."""
MOST_ALLOWANCE_M = 100.0
"""An accuracy that is worse than this opens a place no further."""
IMPOSSIBLE_M_PER_S = 300_000 / 3600
CLOCK_DIFFERS_S = 300

Consequence = Literal["allow", "pending", "reject"]
Evidence = Literal["inside", "outside", "low_accuracy", "mock_suspected", "no_evidence"]
EVIDENCE: tuple[Evidence, ...] = ("inside", "outside", "low_accuracy", "mock_suspected", "no_evidence")
_NOT_HEX = re.compile(r"[:.\-\s]")
_BSSID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Position:
    lat: float
    lng: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    lat: float
    lng: float
    radius_m: float
    worst_accuracy_m: float


@dataclass(frozen=True, slots=True)
class EvidencePolicy:
    """What a group accepts, and what it does about the rest. Any one of several places, networks or devices will do."""

    places: Sequence[Place] = ()
    bssids: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    outside: Consequence = "allow"
    unknown: Consequence = "allow"
    """When there is no evidence, or none that is exact enough."""
    names_some: bool = False
    """The group names a place, network or device, though it may be gone: then it still asks."""

    @property
    def wants_position(self) -> bool:
        return bool(self.places)

    @property
    def wants_anything(self) -> bool:
        return self.names_some or bool(self.places or self.bssids or self.devices)


@dataclass(frozen=True, slots=True)
class Claim:
    """What came with a punch."""

    position: Position | None = None
    bssid: str | None = None
    device_id: str | None = None
    mocked: bool = False
    """The device says that an app gives it its place."""


@dataclass(frozen=True, slots=True)
class Finding:
    evidence: Evidence
    consequence: Consequence
    location_id: str | None = None
    hints: list[str] = field(default_factory=list)


def distance_m(one: Position | Place, other: Position | Place) -> float:
    """Along the great circle, by the haversine formula: good across the antimeridian and at (0, 0)."""
    north = math.radians(other.lat - one.lat)
    east = math.radians(other.lng - one.lng)
    cosines = math.cos(math.radians(one.lat)) * math.cos(math.radians(other.lat))
    chord = math.sin(north / 2) ** 2 + cosines * math.sin(east / 2) ** 2
    # Rounding can bring antipodes a hair over 1.
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, chord)))


def canonical_bssid(text: str) -> str | None:
    """`AA-BB-CC-DD-EE-FF`, `aabb.ccdd.eeff` and so on as `aa:bb:cc:dd:ee:ff`; None for what is no such address."""
    digits = _NOT_HEX.sub("", text).lower()
    if not _BSSID.fullmatch(digits):
        return None
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def judge(policy: EvidencePolicy, claim: Claim) -> Finding:
    """What a claim comes to for this group."""
    if not policy.wants_anything:
        return Finding("no_evidence", "allow")
    if claim.mocked:
        return Finding("mock_suspected", _at_least_pending(policy.outside), hints=["mock_location"])
    if claim.bssid in policy.bssids:
        return Finding("inside", "allow")
    if claim.device_id in policy.devices:
        return Finding("inside", "allow")
    if claim.position is None or not policy.places:
        return Finding("no_evidence", policy.unknown)
    return _where(policy, claim.position)


def _at_least_pending(consequence: Consequence) -> Consequence:
    return "pending" if consequence == "allow" else consequence


def _where(policy: EvidencePolicy, position: Position) -> Finding:
    unclear = False
    for place in policy.places:
        away = distance_m(position, place)
        exact = position.accuracy_m <= place.worst_accuracy_m
        if exact and away - min(position.accuracy_m, MOST_ALLOWANCE_M) <= place.radius_m:
            return Finding("inside", "allow", place.id)
        # Of a place that is far beyond any doubt, a poor accuracy is good enough to say so.
        unclear = unclear or (not exact and away - position.accuracy_m <= place.radius_m)
    if unclear:
        return Finding("low_accuracy", policy.unknown)
    return Finding("outside", policy.outside)


def impossible_travel(before: Position, before_at: datetime, now: Position, now_at: datetime) -> bool:
    """Whether nobody moves that fast, even if both places were as inexact as they say. The order does not matter."""
    least_m = distance_m(before, now) - before.accuracy_m - now.accuracy_m
    return least_m > IMPOSSIBLE_M_PER_S * abs((now_at - before_at).total_seconds())
