"""How notifications leave: at once, after a break as a digest, at the time of day somebody chose, and after a fault."""

from __future__ import annotations

import email
import email.policy
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from portico.domains.directory import service as directory
from portico.domains.notifications import senders, sending, service, sweeping
from portico.domains.notifications.channels import Message, Receiver
from portico.domains.notifications.errors import TooManyUrgent
from portico.domains.notifications.models import Notification, NotificationSending
from portico.domains.notifications.senders import Sender
from portico.domains.notifications.service.urgency import URGENT_A_DAY
from portico.kernel import clock, jobs
from portico.kernel.events import Event
from portico.settings import Settings
from tests.domains.notifications.test_telling import inbox, tell, unread
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.world import World

MORNING = datetime(2026, 11, 25, 8, tzinfo=UTC)  # a Wednesday
HOURS = {day: [{"from": "09:00", "to": "17:00"}] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.held(MORNING):
        yield


def mails(settings: Settings) -> list[tuple[str, str, str]]:
    """(to, subject, text), in the order in which they left."""
    found = []
    for path in sorted(Path(settings.home / "mail").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body()
        found.append((str(message["To"]), str(message["Subject"]), body.get_content() if body else ""))
    return found


def work(cast: Cast) -> None:
    """What the sweep and the job do, as often as there is something to do."""
    sweeping.sweep()
    while jobs.drain():
        pass


def policy(cast: Cast, name: str, **values: Any) -> None:
    with cast.writing():
        service.put_policy(cast.actor(name), values)


@pytest.mark.both_databases
def test_what_is_told_leaves_by_mail_once_in_the_language_of_who_receives_it(cast: Cast, settings: Settings) -> None:
    with cast.writing():
        directory.update_employee(cast.actor("hr_admin"), cast.employee_id("agent"), {"locale": "zh-CN"})
    tell(cast, "agent", title="Messages of apps", params={}, url="/tickets")
    work(cast)
    work(cast)
    ((to, subject, text),) = mails(settings)
    assert (to, subject) == ("agent@acme.example", "应用的消息")
    assert "http://127.0.0.1:8000/w/acme/tickets\n" in text
    assert "/w/acme/notifications/settings" in text


@pytest.mark.both_databases
def test_after_a_break_one_message_lists_what_was_held(cast: Cast, settings: Settings) -> None:
    with cast.writing():
        directory.take_break(cast.actor("agent"), minutes=30)
    for number in range(3):
        tell(cast, "agent", key=str(number), params={"who": str(number)})
    work(cast)
    assert (mails(settings), unread(cast, "agent")) == ([], 0)
    clock.advance(timedelta(minutes=30))
    work(cast)
    ((_, subject, text),) = mails(settings)
    assert subject == "3 notifications came while you were away"
    assert [f"* Hello {number}" in text for number in range(3)] == [True] * 3
    assert unread(cast, "agent") == 3
    assert inbox(cast, "agent")[0]["title"] == "%(count)s notifications came while you were away"


@pytest.mark.both_databases
def test_who_ends_the_break_is_told_at_once_and_one_by_itself_is_no_digest(cast: Cast, settings: Settings) -> None:
    with cast.writing():
        directory.take_break(cast.actor("agent"), minutes=60)
    tell(cast, "agent")
    with cast.writing():
        directory.end_break(cast.actor("agent"))
    work(cast)
    assert [subject for _, subject, _ in mails(settings)] == ["Hello you"]


@pytest.mark.both_databases
def test_what_was_to_leave_is_held_when_a_break_begins_before_it_does(cast: Cast, settings: Settings) -> None:
    tell(cast, "agent")
    with cast.writing():
        directory.take_break(cast.actor("agent"), minutes=30)
    work(cast)
    assert (mails(settings), unread(cast, "agent")) == ([], 0)
    with cast.writing():
        directory.take_break(cast.actor("agent"), minutes=60)
    clock.advance(timedelta(minutes=30))
    work(cast)
    assert mails(settings) == []
    clock.advance(timedelta(minutes=30))
    work(cast)
    assert len(mails(settings)) == 1


def test_what_was_read_meanwhile_does_not_leave(cast: Cast, settings: Settings) -> None:
    with cast.writing():
        directory.take_break(cast.actor("agent"), minutes=30)
    for key in ("one", "two"):
        tell(cast, "agent", key=key)
    with cast.writing():
        service.mark_all_read(cast.actor("agent"))
    clock.advance(timedelta(minutes=30))
    work(cast)
    assert mails(settings) == []


@pytest.mark.both_databases
def test_outside_of_the_hours_it_is_held_until_they_begin(cast: Cast, settings: Settings) -> None:
    policy(cast, "agent", working_hours=HOURS, timezone="UTC", hold_outside=True)
    tell(cast, "agent", key="early")
    assert inbox(cast, "agent")[0]["held_until"] == MORNING + timedelta(hours=1)
    clock.advance(timedelta(hours=1))
    work(cast)
    assert len(mails(settings)) == 1


def test_the_digest_comes_at_its_time_of_day_though_the_hours_have_not_begun(cast: Cast, settings: Settings) -> None:
    policy(cast, "agent", working_hours=HOURS, timezone="UTC", hold_outside=True, digest_at="08:30")
    for key in ("one", "two"):
        tell(cast, "agent", key=key)
    work(cast)
    assert mails(settings) == []
    clock.advance(timedelta(minutes=31))
    work(cast)
    assert [subject for _, subject, _ in mails(settings)] == ["2 notifications came while you were away"]
    # On Friday evening the next day with hours is Monday.
    with clock.held(datetime(2026, 11, 27, 18, tzinfo=UTC)):
        tell(cast, "agent", key="late")
        assert inbox(cast, "agent")[0]["held_until"] == datetime(2026, 11, 30, 8, 30, tzinfo=UTC)


def test_changing_the_hours_lets_go_what_they_held(cast: Cast, settings: Settings) -> None:
    policy(cast, "agent", working_hours=HOURS, timezone="UTC", hold_outside=True)
    tell(cast, "agent")
    policy(cast, "agent", working_hours=HOURS, timezone="UTC", hold_outside=False)
    work(cast)
    assert len(mails(settings)) == 1


def test_a_kind_leaves_by_the_channels_that_somebody_chose(cast: Cast, settings: Settings) -> None:
    policy(cast, "agent", channels={"app.message": []})
    tell(cast, "agent", "employee")
    work(cast)
    assert [to for to, _, _ in mails(settings)] == ["employee@acme.example"]


def test_without_an_address_nothing_leaves_and_the_inbox_has_it(cast: Cast, settings: Settings) -> None:
    with cast.writing():
        person = directory.create_employee(cast.actor("hr_admin"), {"display_name": "Nobody's mail"})
        service.notify(cast.system(), "app.message", [person["id"]], title="Hello", key="k")
    work(cast)
    assert mails(settings) == []
    with cast.reading() as session:
        states = session.scalars(select(NotificationSending.state).where(NotificationSending.workspace_id == cast.acme))
        assert states.all() == ["dropped"]


class Post:
    """A way that can be out of order: a sender like any other, under the name of the mail."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.refuses = False

    def send(self, to: Receiver, message: Message) -> None:
        if self.refuses:
            raise smtplib.SMTPServerDisconnected
        self.sent.append(message.title)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    made = Post()
    monkeypatch.setitem(senders.SENDERS._items, "email", Sender("email", "E-mail", lambda to: True, made.send))
    return made


@pytest.mark.both_databases
def test_what_could_not_be_sent_is_sent_later_and_nothing_is_sent_twice(cast: Cast, post: Post) -> None:
    post.refuses = True
    tell(cast, "agent")
    work(cast)
    work(cast)
    post.refuses = False
    clock.advance(timedelta(seconds=31))
    work(cast)
    work(cast)
    assert post.sent == ["Hello you"]


def test_after_eight_tries_it_is_given_up(cast: Cast, post: Post) -> None:
    post.refuses = True
    tell(cast, "agent")
    for _ in range(10):
        work(cast)
        clock.advance(timedelta(hours=2))
    with cast.reading() as session:
        row = session.execute(
            select(NotificationSending.state, NotificationSending.attempts, NotificationSending.error).where(
                NotificationSending.workspace_id == cast.acme
            )
        ).one()
    assert tuple(row) == ("failed", 8, "SMTPServerDisconnected")


@pytest.mark.both_databases
def test_who_dies_with_one_in_hand_costs_that_it_is_sent_again_after_its_lease(cast: Cast, post: Post) -> None:
    tell(cast, "agent", "employee")
    with cast.writing():
        service.let_out(cast.system())
    with cast.writing():
        taken = service.take_sending(cast.system())
    assert taken is not None  # and here the process ends
    sending.send_due(cast.system())
    assert len(post.sent) == 1
    clock.advance(timedelta(minutes=3))
    sending.send_due(cast.system())
    assert len(post.sent) == 2
    with cast.writing():
        service.finish_sending(cast.system(), taken, "waiting", "late")
    with cast.reading() as session:
        states = session.scalars(select(NotificationSending.state).where(NotificationSending.workspace_id == cast.acme))
        assert set(states) == {"sent"}


@pytest.mark.both_databases
def test_urgent_rings_through_a_break_and_says_so_unless_somebody_does_not_want_that(
    cast: Cast, settings: Settings
) -> None:
    policy(cast, "employee", urgent_allowed=False)
    with cast.writing():
        for name in ("agent", "employee"):
            directory.take_break(cast.actor(name), minutes=30)
    tell(cast, "agent", "employee", "admin", by=cast.actor("announcer"), urgent=True)
    work(cast)
    assert {to for to, _, _ in mails(settings)} == {"agent@acme.example", "admin@acme.example"}
    assert [(inbox(cast, name)[0]["overrode"], unread(cast, name)) for name in ("agent", "employee", "admin")] == [
        (True, 1),
        (False, 0),
        (False, 1),
    ]
    with cast.reading() as session:
        (told,) = session.scalars(
            select(Event.data).where(Event.workspace_id == cast.acme, Event.type == "notification.urgent_sent")
        )
    assert (told["title"], told["employee_id"]) == ("Hello you", cast.employee_id("announcer"))


@pytest.mark.both_databases
def test_urgent_is_for_few_things_a_day(cast: Cast) -> None:
    for number in range(URGENT_A_DAY):
        tell(cast, "agent", key=str(number), by=cast.actor("announcer"), urgent=True)
    with pytest.raises(TooManyUrgent):
        tell(cast, "agent", key="more", by=cast.actor("announcer"), urgent=True)
    tell(cast, "agent", key="another", by=cast.actor("hr_admin"), urgent=True)
    clock.advance(timedelta(days=1))
    tell(cast, "agent", key="tomorrow", by=cast.actor("announcer"), urgent=True)


@pytest.mark.both_databases
def test_what_is_old_is_forgotten(cast: Cast) -> None:
    tell(cast, "agent", "employee", key="old")
    tell(cast, "agent", key="new")
    with cast.writing() as session:
        session.execute(
            update(Notification)
            .where(Notification.workspace_id == cast.acme, Notification.key == "old")
            .values(created_at=clock.now() - timedelta(days=91))
        )
    assert sweeping.forget() == 2
    assert [row["key"] for name in ("agent", "employee") for row in _rows(cast, name)] == ["new"]


def _rows(cast: Cast, name: str) -> list[dict[str, Any]]:
    with cast.reading() as session:
        mine = (Notification.workspace_id == cast.acme, Notification.employee_id == cast.employee_id(name))
        return [dict(row._mapping) for row in session.execute(select(Notification.__table__).where(*mine))]


def test_an_app_tells_people_under_its_name(cast: Cast, api: Api, settings: Settings) -> None:
    world = World(api)
    app, person = world.powerful_app(), cast.employee_id("employee")
    ticket = world.ticket()
    body = {"to": [person], "title": "Parcel", "key": "parcel 7", "resource": {"type": "ticket", "id": ticket["id"]}}
    for _ in range(2):
        assert app.post("/notifications", json=body).json == {"count": 1}
    (row,) = api("employee").get("/notifications").json["data"]
    assert row["app"]["name"] == "Helper"
    assert row["url"].endswith(f"/w/acme/tickets/{ticket['id']}")
    assert row["sender"]["kind"] == "app"
    work(cast)
    assert [subject for _, subject, _ in mails(settings)] == [f"{row['app']['name']}: Parcel"]
    assert app.post("/notifications/retract", json={"key": "parcel 7"}).status_code == 204
    assert api("employee").get("/notifications").json["data"] == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"to": ["emp_01jd0000000000000000000000"]}, "/to/0"),
        ({"resource": {"type": "ticket", "id": "con_01jd0000000000000000000000"}}, "/resource/id"),
        ({"resource": {"type": "secret", "id": "x"}}, "/resource/type"),
        ({"page": "../admin"}, "/page"),
        ({"page": "home", "resource": {"type": "ticket", "id": "tkt_01jd0000000000000000000000"}}, "/page"),
    ],
)
def test_an_app_names_people_and_places_that_it_sees(
    cast: Cast, api: Api, change: dict[str, Any], pointer: str
) -> None:
    body = {"to": [cast.employee_id("employee")], "title": "Parcel", **change}
    answer = World(api).powerful_app().post("/notifications", json=body)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_an_app_that_tells_too_much_waits(cast: Cast, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portico.domains.notifications.service.urgency.SENT_A_MINUTE", 2)
    app, body = World(api).powerful_app(), {"to": [cast.employee_id("employee")], "title": "Parcel"}
    answers = [app.post("/notifications", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) == 60


def test_a_muted_app_is_not_heard(cast: Cast, api: Api) -> None:
    world = World(api)
    app = world.app("notifications:send")
    installation = world.install(app)
    mine = api("employee")
    mine.patch("/notification-mutes/me", json={"mute": {"installation_ids": [installation["id"]]}})
    caller = api.bearer(world.mint(app, installation))
    assert caller.post("/notifications", json={"to": [cast.employee_id("employee")], "title": "x"}).status_code == 200
    assert mine.get("/notifications").json["data"] == []
    assert len(mine.get("/notifications?filter[muted]=true").json["data"]) == 1
    refused = mine.patch("/notification-mutes/me", json={"mute": {"kinds": ["digest"]}})
    assert (refused.status_code, refused.json["code"]) == (409, "not_mutable")


def test_the_policy_over_the_api(api: Api) -> None:
    me = api("employee")
    assert me.get("/notification-policy/me").json["version"] == 0
    hours = {"mon": [{"from": "13:00", "to": "17:00"}, {"from": "09:00", "to": "12:00"}]}
    saved = me.put("/notification-policy/me", json={"working_hours": hours, "channels": {"app.message": ["email"]}})
    assert (saved.status_code, saved.json["version"]) == (200, 1)
    assert saved.json["working_hours"]["mon"] == [hours["mon"][1], hours["mon"][0]]
    assert me.put("/notification-policy/me", json={}, headers={"If-Match": '"0"'}).status_code == 412
    wrong = [
        {"working_hours": {"mon": [{"from": "09:00", "to": "12:00"}, {"from": "11:00", "to": "13:00"}]}},
        {"working_hours": {"mon": [{"from": "12:00", "to": "09:00"}]}},
        {"working_hours": {"mon": [{"from": "24:00", "to": "24:00"}]}},
        {"channels": {"app.message": ["pigeon"]}},
        {"channels": {"no.such": []}},
        {"timezone": "Mars/Olympus"},
        {"digest_at": "8:30"},
    ]
    assert [me.put("/notification-policy/me", json=body).status_code for body in wrong] == [422] * len(wrong)
