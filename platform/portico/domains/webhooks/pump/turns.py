"""Whose turn it is: as many calls as there are free slots, in turn over the workspaces and their endpoints; and what is
left over, ahead, for who answers fast (docs/decisions/0037)."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from portico.domains.webhooks.pump.health import Wards
from portico.kernel import clock

if TYPE_CHECKING:
    from portico.domains.webhooks.pump.preparing import Sending

IN_FLIGHT = 512
AHEAD_IN_ALL = 1024
"""So many are claimed at most that have no slot yet."""
QUANTUM = 4
"""Calls of one turn: workspaces have equal turns however many endpoints and deliveries they have."""
SLOW_SHARE = 4
"""Endpoints that are slow or unwell have a quarter of the slots, all together."""
SLOW_S = 2.0


@dataclass(frozen=True, slots=True)
class Ready:
    """An endpoint that can be called and has something due."""

    workspace_id: str
    endpoint_id: str
    trips: int = 0
    """How often in a row its breaker has opened."""
    ordered: bool = False
    """It sends in order, or coalesces, or did until just now: not all that is due may go."""


class Turns:
    """Remembers whose turn is next; slots are counted by the pump."""

    def __init__(self, wards: Wards, in_flight: int = IN_FLIGHT) -> None:
        self._wards = wards
        self._in_flight = in_flight
        self.is_full = False
        """Whether the last turn left no slot: then each one that is freed may be somebody's turn."""
        self._starved: frozenset[str] = frozenset()
        """Who was ready at the last turn: after one at which nothing could be claimed, those wait for a slot."""
        self._last_workspace = ""
        self._last_endpoint: dict[str, str] = {}

    def free(
        self, ready: Sequence[Ready], flying: Sequence[Sending], queued: Mapping[str, int] | None = None
    ) -> list[tuple[Ready, int]]:
        """Whom to claim for, and how many: in turn over workspaces and their endpoints, from who came last on.

        `flying` is all that is claimed; of that, `queued` (by endpoint) has no slot yet. When slots are left over, who
        answers fast gets some besides, as many as make a claim worth while.
        """
        queued = queued or {}
        self._starved = frozenset(one.endpoint_id for one in ready)
        busy = Counter(sending.endpoint_id for sending in flying)
        slow = self._slow(ready, flying)
        room = self._in_flight - busy.total() + sum(queued.values())
        slow_room = self._in_flight // SLOW_SHARE - sum(busy[endpoint_id] for endpoint_id in slow)
        able = {one: self._wards.limit(one.endpoint_id, one.trips) - busy[one.endpoint_id] for one in ready}
        shares: dict[Ready, int] = {}
        left = self._deal(able, shares, room, slow, slow_room)
        self.is_full = left <= 0
        if not self.is_full:
            besides = {one: self._besides(one, busy[one.endpoint_id] + shares.get(one, 0)) for one in ready}
            self._deal(besides, shares, AHEAD_IN_ALL - sum(queued.values()), slow, 0)
        return list(shares.items())

    def wants_more(self, endpoint_ids: Iterable[str], queued: Mapping[str, int]) -> bool:
        """Whether a turn is worth while, now that something of these was answered: somebody waits for such a slot."""
        starved = self._starved
        return bool(starved) and (self.is_full or any(self._frees(one, starved, queued) for one in endpoint_ids))

    def _frees(self, endpoint_id: str, starved: Collection[str], queued: Mapping[str, int]) -> bool:
        """Who is unwell shares its slots with all that are."""
        health = self._wards.of(endpoint_id)
        if endpoint_id not in starved:
            return not health.is_well
        return 2 * queued.get(endpoint_id, 0) <= health.ahead

    def _besides(self, one: Ready, claimed: int) -> int:
        health = self._wards.of(one.endpoint_id)
        if one.trips or one.ordered or not health.ahead:
            return 0
        missing = health.limit + health.ahead - claimed
        return missing if 2 * missing >= health.ahead else 0

    def _deal(
        self, able: Mapping[Ready, int], shares: dict[Ready, int], room: int, slow: Collection[str], slow_room: int
    ) -> int:
        """Hand out slots, a quantum in each turn; answers how many are left."""
        left = dict(able)
        queues = self._queues(one for one, calls in left.items() if calls > 0)
        while room > 0 and queues:
            queue = queues.popleft()
            one = queue.popleft()
            is_slow = one.endpoint_id in slow
            share = min(left[one], QUANTUM, room, slow_room if is_slow else room)
            if share > 0:
                shares[one] = shares.get(one, 0) + share
                left[one] -= share
                room -= share
                slow_room -= share if is_slow else 0
                self._last_workspace = one.workspace_id
                self._last_endpoint[one.workspace_id] = one.endpoint_id
                if left[one] > 0:
                    queue.append(one)
            if queue:
                queues.append(queue)
        return room

    def _queues(self, ready: Iterable[Ready]) -> deque[deque[Ready]]:
        """The endpoints of each workspace; both begin behind the one that came last."""
        by_workspace: dict[str, list[Ready]] = {}
        for one in sorted(ready, key=lambda one: one.endpoint_id):
            by_workspace.setdefault(one.workspace_id, []).append(one)
        for workspace_id, rows in by_workspace.items():
            last = self._last_endpoint.get(workspace_id, "")
            rows.sort(key=lambda one: one.endpoint_id <= last)
        self._last_endpoint = {key: last for key, last in self._last_endpoint.items() if key in by_workspace}
        turns = sorted(by_workspace, key=lambda key: (key <= self._last_workspace, key))
        return deque(deque(by_workspace[key]) for key in turns)

    def _slow(self, ready: Sequence[Ready], flying: Sequence[Sending]) -> set[str]:
        """Who is unwell, answers slowly, or has not answered for a while right now."""
        long_ago = clock.now() - timedelta(seconds=SLOW_S)
        slow = {one.endpoint_id for one in ready if one.trips or not self._wards.of(one.endpoint_id).is_well}
        for sending in flying:
            unwell = not self._wards.of(sending.endpoint_id).is_well
            if unwell or sending.probing or sending.claimed_at < long_ago:
                slow.add(sending.endpoint_id)
        return slow
