"""The state machine by itself: whatever is asked, a ticket only takes the steps there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portico.domains.tickets import statuses
from portico.domains.tickets.statuses import STATUSES, STEPS, UNSOLVED

_STEP = st.sampled_from(["assign", "reply", *STATUSES])


def test_every_status_says_what_may_follow() -> None:
    assert set(STEPS) == set(STATUSES)
    assert all(following in STATUSES for after in STEPS.values() for following in after)
    assert all(status not in STEPS[status] for status in STATUSES)


def test_new_is_only_a_beginning_and_closed_only_an_end() -> None:
    assert not any("new" in after for after in STEPS.values())
    assert STEPS["closed"] == ()
    assert [status for status in STATUSES if "closed" in STEPS[status]] == ["solved"]
    assert all("solved" in STEPS[status] for status in UNSOLVED)


@given(st.lists(_STEP, max_size=30))
def test_any_sequence_stays_in_the_machine(steps: list[str]) -> None:
    ticket: dict[str, Any] = {
        "status": "new",
        "reopen_count": 0,
        "solved_at": None,
        "closed_at": None,
        "close_due_at": None,
        "hold_reason": None,
    }
    for minute, step in enumerate(steps, start=1):
        now = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=minute)
        status = str(ticket["status"])
        if step == "assign":
            wanted = statuses.after_assignment(status)
        elif step == "reply":
            wanted = statuses.after_requester_reply(status)
        else:
            wanted = step if statuses.may_follow(status, step) else status
        if wanted != status:
            assert statuses.may_follow(status, wanted)
            reason = {"hold_reason": "A part has to come"} if wanted == "on_hold" else {}
            ticket |= {"status": wanted, **reason, **statuses.stamps(ticket, wanted, now)}
        assert (ticket["solved_at"] is not None) == (ticket["status"] in ("solved", "closed"))
        assert (ticket["closed_at"] is not None) == (ticket["status"] == "closed")
        assert (ticket["close_due_at"] is not None) == (ticket["status"] == "solved")
        assert (ticket["hold_reason"] is not None) == (ticket["status"] == "on_hold")
