"""What the record of a workspace holds of how its people sign in, and that nobody else hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portico.domains.audit import service as audit
from portico.domains.audit.models import AuditEntry
from portico.domains.identity import doors, queries, second_steps, service
from portico.domains.identity.errands import run_errands
from portico.domains.identity.errors import SignInFailed
from portico.domains.identity.models import Errand
from portico.kernel import clock, mail, origin
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit, unit
from portico.settings import Settings
from tests.support.cast import PASSWORD, Cast
from tests.support.factors import HERE, login_of, with_phone
from tests.support.http import Api

pytestmark = pytest.mark.both_databases
SIGNING_IN = ("session.", "sign_in.", "password.", "two_factor.")


def record(workspace_id: str) -> list[Any]:
    run_errands()
    audit.derive()
    entry: Any = AuditEntry.__table__
    with unit(workspace_id, write=False) as work:
        rows = work.execute(select(entry).where(entry.c.workspace_id == workspace_id).order_by(entry.c.seq)).all()
    return [row for row in rows if row.action.startswith(SIGNING_IN)]


def actions(workspace_id: str) -> list[str]:
    return [row.action for row in record(workspace_id)]


def test_what_people_do_with_their_credentials_stands_in_each_of_their_workspaces(cast: Cast) -> None:
    with system_unit("tests: the agent works there too", write=True):
        service.join(cast.system(cast.other), user_id=cast.users["agent"], employee_id=new_id("emp"), role="agent")
    phone = with_phone(cast, "agent")
    changed = second_steps.turn_off(login_of(phone.session_token))
    doors.change_password(login_of(changed.session_token), PASSWORD, "another long password", HERE)
    doors.sign_out(login_of(doors.sign_in(cast.email("agent"), "another long password", HERE)))
    expected = [
        "session.started",
        "two_factor.enabled",
        "two_factor.disabled",
        "password.changed",
        "session.started",
        "session.ended",
    ]
    assert actions(cast.acme) == actions(cast.other) == expected


def test_a_failure_is_recorded_from_where_it_was_tried(cast: Cast) -> None:
    origin.begin(origin.Origin("192.0.2.66", "curl", "req_1"))
    with pytest.raises(SignInFailed):
        doors.sign_in(cast.email("agent"), "wrong password", HERE)
    origin.end()
    (row,) = record(cast.acme)
    assert (row.action, row.origin["address"]) == ("sign_in.failed", "192.0.2.66")
    assert row.actor_id == cast.employee_id("agent")
    assert record(cast.other) == []


def test_a_flood_of_failures_does_not_flood_the_record(cast: Cast) -> None:
    for place in range(12):
        with pytest.raises(SignInFailed):
            doors.sign_in(cast.email("agent"), "wrong password", doors.Origin(f"198.51.100.{place}", "curl"))
    assert actions(cast.acme) == ["sign_in.failed"] * 5


def test_no_app_and_no_cursor_carries_it(cast: Cast, api: Api) -> None:
    doors.sign_in(cast.email("agent"), PASSWORD, HERE)
    assert actions(cast.acme) == ["session.started"]
    found = api("owner").get("/events?limit=200").json["data"]
    assert [event["type"] for event in found if event["type"].startswith(SIGNING_IN)] == []


# --- errands ----------------------------------------------------------------------------------------------------------


def errands() -> list[Any]:
    with system_unit("tests: what is left to do") as work:
        return list(work.execute(select(Errand.kind, Errand.about, Errand.attempts)))


def test_the_door_leaves_the_same_for_an_address_that_nobody_has(cast: Cast) -> None:
    for email in (cast.email("agent"), "nobody@acme.example"):
        doors.ask_for_reset(email, HERE)
        with pytest.raises(SignInFailed):
            doors.sign_in(email, "wrong password", HERE)
    kinds = [(row.kind, row.about["email"]) for row in errands()]
    assert sorted(kinds) == sorted(
        (kind, email) for kind in ("reset", "failed") for email in (cast.email("agent"), "nobody@acme.example")
    )
    assert run_errands() == 4
    assert errands() == []


def test_a_mail_server_that_is_away_gets_the_same_link_later(
    cast: Cast, settings: Settings, held_clock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors.ask_for_reset(cast.email("agent"), HERE)
    with monkeypatch.context() as away:
        away.setattr(mail, "_sender", _away)
        assert run_errands() == 1
    (left,) = errands()
    assert left.attempts == 1
    assert run_errands() == 0  # not yet
    clock.advance(timedelta(minutes=1))
    assert run_errands() == 1
    assert errands() == []
    (sent,) = (settings.home / "mail").glob("*.eml")
    assert "/account/reset/" in sent.read_text().replace("=\n", "")
    with system_unit("tests: one link was made"):
        assert queries.open_resets(cast.users["agent"]) == 1


def _away(message: object) -> None:
    raise ConnectionRefusedError("the mail server is away")


def test_one_place_does_not_fill_the_list_of_errands(cast: Cast) -> None:
    for number in range(25):
        doors.ask_for_reset(f"nobody{number}@acme.example", HERE)
    assert len(errands()) == 20
