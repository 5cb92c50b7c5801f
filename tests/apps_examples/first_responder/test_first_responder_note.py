from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from first_responder import create_app

from portico_sdk.manifest import check, load_toml, with_files
from portico_sdk.testing import FakePortico, signed_webhook

APP = Path(__file__).parents[3] / "apps_examples" / "first_responder"
MANIFEST = load_toml(APP / "portico.toml")


@pytest.fixture
def fake():
    """With the scopes of the manifest and no more: what the app needs, it has asked for."""
    return FakePortico(scopes=[scope["name"] for scope in MANIFEST["access"]["scopes"]])


@pytest.fixture
def deliver(fake):
    """Delivers `ticket.created` to a fresh process of the app; the status of the answer."""

    def deliver(event):
        web = create_app(fake.app_config(), fake.http_client).test_client()
        body, headers = signed_webhook(event, fake.signing_secret)
        return web.post(MANIFEST["events"]["url"], data=body, headers=headers).status_code

    return deliver


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def test_the_manifest_is_right():
    whole, missing = with_files(MANIFEST, APP)
    assert missing == []
    assert check(whole, development=True) == []


def test_the_note_tells_who_writes_what_they_wrote_and_how_much_it_presses(fake, deliver):
    zoe = fake.add_contact(display_name="Zoë")
    requester = {"contact_id": zoe["id"]}
    fake.add_ticket(subject="Invoice", status="solved", requester=requester, created_at="2025-03-04T09:00:00Z")
    fake.add_ticket(subject="Login", status="open", requester=requester, created_at="2025-04-05T09:00:00Z")
    fake.add_ticket(subject="Somebody else's", requester={"contact_id": "con_other"})
    ticket = fake.add_ticket(subject="Everything is DOWN", requester=requester)

    assert deliver(fake.event("ticket.created", ticket)) == 200

    (note,) = fake.comments_of(ticket)
    assert note["visibility"] == "internal"
    assert note["body"] == (
        "Zoë wrote before: 2 tickets, 1 still open.\n"
        "• #2 Login (open, 5 Apr 2025)\n"
        "• #1 Invoice (solved, 4 Mar 2025)\n"
        "\n"
        "Suggested priority: urgent\n"
        "• The subject says “DOWN”\n"
        "• Another ticket of this customer is open"
    )


def test_the_app_reads_with_its_own_token_and_names_the_event(fake, deliver):
    ticket = fake.add_ticket(requester={"contact_id": fake.add_contact()["id"]})
    event = fake.event("ticket.created", ticket)
    deliver(event)
    mint, *calls = fake.requests
    assert mint.url.path == "/oauth/token"
    assert len(calls) == 3
    assert {call.headers["portico-cause"] for call in calls} == {event["id"]}


def test_an_event_that_comes_again_writes_no_second_note(fake, deliver):
    requester = {"contact_id": fake.add_contact()["id"]}
    ticket = fake.add_ticket(requester=requester)
    event = fake.event("ticket.created", ticket)
    assert deliver(event) == 200
    assert deliver(event) == 200
    fake.add_ticket(subject="older", requester=requester, id="tkt_" + "0" * 26)  # the note would differ now
    assert deliver(event) == 200
    assert len(fake.comments_of(ticket)) == 1


def test_a_refusal_of_the_platform_lets_it_deliver_again(fake, deliver):
    ticket = fake.add_ticket(requester={"contact_id": fake.add_contact()["id"]})
    event = fake.event("ticket.created", ticket)
    fake.fail_next(422, "invalid")
    assert deliver(event) == 500
    assert deliver(event) == 200
    assert len(fake.comments_of(ticket)) == 1


@pytest.mark.parametrize(
    ("requester", "line"),
    [
        ({"employee_id": "emp_1"}, "A colleague asks."),
        ({"contact_id": "con_gone"}, "A customer who cannot be shown asks."),
    ],
)
def test_who_cannot_be_looked_up_gets_a_note_all_the_same(fake, deliver, requester, line):
    ticket = fake.add_ticket(subject="Thanks for the coffee", requester=requester)
    assert deliver(fake.event("ticket.created", ticket)) == 200
    body = fake.comments_of(ticket)[0]["body"]
    assert body.splitlines() == [
        line,
        "",
        "Suggested priority: low",
        "• The subject says “Thanks”, which can wait",
    ]


@pytest.mark.parametrize(
    ("subject", "earlier", "priority"),
    [
        ("Opening hours", [], "normal"),
        ("A question", [], "low"),
        ("A question, but urgent", [], "high"),
        ("网站无法登录", [], "high"),
        ("谢谢你们", [], "low"),
        ("The download page", [], "normal"),
        ("Opening hours", [("open", 90)], "high"),
        ("Opening hours", [("solved", 90)] * 5, "normal"),
        ("Opening hours", [("solved", 5)] * 3, "high"),
        ("Opening hours", [("open", 5)] * 3, "urgent"),
        ("A question", [("closed", 5)] * 3, "normal"),
    ],
)
def test_the_rule_of_the_readme(fake, deliver, subject, earlier, priority):
    requester = {"contact_id": fake.add_contact()["id"]}
    for status, days in earlier:
        fake.add_ticket(status=status, requester=requester, created_at=ago(days=days))
    ticket = fake.add_ticket(subject=subject, requester=requester)
    deliver(fake.event("ticket.created", ticket))
    assert f"Suggested priority: {priority}" in fake.comments_of(ticket)[0]["body"].splitlines()


def test_a_long_history_is_cut(fake, deliver):
    requester = {"contact_id": fake.add_contact()["id"]}
    for _ in range(8):
        fake.add_ticket(status="closed", requester=requester, created_at=ago(days=300))
    ticket = fake.add_ticket(requester=requester)
    deliver(fake.event("ticket.created", ticket))
    assert "• and 3 more" in fake.comments_of(ticket)[0]["body"].splitlines()
