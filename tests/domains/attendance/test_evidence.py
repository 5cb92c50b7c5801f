"""What speaks for a punch: distances, places, networks, devices, and what a group does about it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portico.domains.attendance.evidence import (
    EARTH_M,
    Claim,
    EvidencePolicy,
    Finding,
    Place,
    Position,
    canonical_bssid,
    distance_m,
    impossible_travel,
    judge,
)

METRE = math.degrees(1 / EARTH_M)
"""One metre to the north, in degrees."""
ANYWHERE = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180), st.just(0.0))


def place(lat: float = 48.0, lng: float = 11.0, *, id: str = "loc_1", radius_m: float = 100) -> Place:
    return Place(id, lat, lng, radius_m=radius_m, worst_accuracy_m=100)


def at(policy: EvidencePolicy, lat: float, lng: float, accuracy_m: float = 0, **more: bool) -> Finding:
    return judge(policy, Claim(Position(lat, lng, accuracy_m), **more))


def strict(*places: Place) -> EvidencePolicy:
    return EvidencePolicy(places=places, outside="reject", unknown="pending")


@pytest.mark.parametrize(("lat", "lng"), [(48.0, 11.0), (0.0, 0.0), (-33.9, 151.2), (89.9, 0.0), (0.0, 180.0)])
def test_e_p_14_a_metre_decides_at_the_radius(lat: float, lng: float) -> None:
    policy = strict(place(lat, lng))
    assert at(policy, lat + 99 * METRE, lng) == Finding("inside", "allow", "loc_1")
    assert at(policy, lat + 101 * METRE, lng) == Finding("outside", "reject")


def test_e_p_14_zero_and_zero_is_a_place_like_any_other() -> None:
    assert at(strict(place(0.0, 0.0)), 0.0, 0.0).evidence == "inside"
    assert at(strict(place(48.0, 11.0)), 0.0, 0.0).evidence == "outside"


def test_e_p_14_across_the_antimeridian() -> None:
    policy = strict(place(-17.0, 179.9999))
    assert at(policy, -17.0, -179.9999).evidence == "inside"  # some 21 m to the east
    assert at(policy, -17.0, -179.99).evidence == "outside"
    assert distance_m(Position(-17, 179.9999, 0), Position(-17, -179.9999, 0)) == pytest.approx(21.27, abs=0.01)


def test_e_p_14_poor_accuracy_opens_no_place_and_condemns_nobody() -> None:
    policy = strict(place())
    beside, far = 48.0 + 150 * METRE, 49.0
    assert at(policy, beside, 11.0, 60).evidence == "inside"  # perhaps within, so it counts
    assert at(policy, beside, 11.0, 40).evidence == "outside"
    assert at(policy, 48.0, 11.0, 101) == Finding("low_accuracy", "pending")
    assert at(policy, far, 11.0, 5_000).evidence == "outside"  # 111 km away, however inexact


def test_any_of_several_places_will_do() -> None:
    policy = strict(place(10, 10, id="loc_a"), place(48, 11, id="loc_b"), place(0, 0, id="loc_c"))
    assert at(policy, 48.0, 11.0).location_id == "loc_b"
    assert at(policy, 0.0, 0.0).location_id == "loc_c"
    assert at(policy, 20.0, 20.0).evidence == "outside"


@pytest.mark.parametrize("text", ["AA:BB:CC:DD:EE:0F", "aa-bb-cc-dd-ee-0f", "aabb.ccdd.ee0f", "AABBCCDDEE0F"])
def test_e_p_15_bssids_are_one_in_any_writing(text: str) -> None:
    assert canonical_bssid(text) == "aa:bb:cc:dd:ee:0f"
    policy = EvidencePolicy(bssids=frozenset({"aa:bb:cc:dd:ee:0f"}), unknown="reject")
    assert judge(policy, Claim(bssid=canonical_bssid(text))).evidence == "inside"
    assert judge(policy, Claim()) == Finding("no_evidence", "reject")


@pytest.mark.parametrize("text", ["", "aa:bb:cc:dd:ee", "aa:bb:cc:dd:ee:0g", "aa:bb:cc:dd:ee:0f:00", "\x00"])
def test_e_p_15_what_is_no_bssid(text: str) -> None:
    assert canonical_bssid(text) is None


def test_network_and_device_speak_for_a_punch_without_a_place() -> None:
    policy = EvidencePolicy((place(),), frozenset({"aa:bb:cc:dd:ee:0f"}), frozenset({"adv_1"}), "reject", "reject")
    assert judge(policy, Claim(bssid="aa:bb:cc:dd:ee:0f")).consequence == "allow"
    assert judge(policy, Claim(device_id="adv_1")).consequence == "allow"
    assert judge(policy, Claim(Position(0, 0, 5), "00:00:00:00:00:00", "adv_2")) == Finding("outside", "reject")


def test_who_asks_for_nothing_judges_nothing() -> None:
    assert judge(EvidencePolicy(outside="reject", unknown="reject"), Claim(mocked=True)) == Finding(
        "no_evidence", "allow"
    )


def test_a_place_from_an_app_is_looked_at_by_somebody() -> None:
    lenient = EvidencePolicy((place(),))
    assert at(lenient, 48.0, 11.0, mocked=True) == Finding("mock_suspected", "pending", None, ["mock_location"])
    assert at(strict(place()), 48.0, 11.0, mocked=True).consequence == "reject"


def test_nobody_flies_between_two_punches() -> None:
    now = datetime(2026, 11, 27, 8, tzinfo=UTC)
    berlin, munich = Position(52.52, 13.4, 50), Position(48.14, 11.58, 50)  # 504 km
    assert impossible_travel(berlin, now, munich, now + timedelta(hours=1))
    assert not impossible_travel(berlin, now, munich, now + timedelta(hours=2))
    assert impossible_travel(munich, now, berlin, now - timedelta(hours=1))
    assert not impossible_travel(berlin, now, Position(52.5203, 13.4, 50), now)  # 33 m, and 50 m inexact


@settings(max_examples=60)
@given(one=ANYWHERE, other=ANYWHERE)
def test_distances_are_distances(one: Position, other: Position) -> None:
    there = distance_m(one, other)
    assert 0 <= there <= math.pi * EARTH_M + 1
    assert there == pytest.approx(distance_m(other, one), abs=1e-6)
