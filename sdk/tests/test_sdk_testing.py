from datetime import datetime, timedelta

import pytest

from portico_sdk import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    StaleError,
    ValidationFailed,
    webhooks,
)
from portico_sdk.testing import FakePortico, HeldClock


def test_contacts_live(fake_portico):
    client = fake_portico.client()
    email = {"kind": "email", "value": "zoe@example.com"}
    shop = {"kind": "external", "namespace": "shop", "value": "a/7"}
    contact = client.contacts.create(display_name="Zoë", identifiers=[email, shop])
    assert client.contacts.get(contact.id) == contact
    assert client.contacts.by_id("email", "zoe@example.com").id == contact.id
    assert client.contacts.by_id("shop", "a/7").id == contact.id
    assert client.contacts.upsert(identifiers=[shop], display_name="Zoe").id == contact.id
    assert client.contacts.upsert(identifiers=[{"kind": "phone", "value": "+1"}], display_name="B").id != contact.id

    with pytest.raises(StaleError):
        client.contacts.update(contact.id, display_name="x", if_match=contact.etag)
    client.contacts.delete(contact.id)
    with pytest.raises(NotFoundError):
        client.contacts.get(contact.id)
    assert client.contacts.restore(contact.id).display_name == "Zoe"
    with pytest.raises(ValidationFailed):
        client.contacts.create(display_name="")


def test_tickets_are_found_by_filter_sort_and_page(fake_portico):
    client = fake_portico.client()
    for number in range(5):
        status = "open" if number % 2 else "solved"
        fake_portico.add_ticket(subject=f"Door {number}", status=status, requester={"contact_id": f"con_{number % 2}"})
    assert len(list(client.tickets.list(limit=2))) == 5
    mine = client.tickets.list(requester__contact_id="con_1", sort="number")
    assert [ticket.subject for ticket in mine] == ["Door 1", "Door 3"]
    assert len(list(client.tickets.list(status__in=["open"], q="doo"))) == 2
    late = client.tickets.list(status__ne="open", number__gt=3, solved_at__exists=False)
    assert [ticket.number for ticket in late] == [5]
    ticket = client.tickets.create(subject="x", requester={"contact_id": "con_1"})
    assert client.tickets.update(ticket.id, status="open").version == 2
    assert client.tickets.assign(ticket.id, assignee_id="emp_1").assignee_id == "emp_1"


def test_scopes_limit_and_notes_stay_hidden():
    fake = FakePortico(scopes=["tickets:read", "tickets.internal:write"])
    ticket, client = fake.add_ticket(), fake.client()
    client.tickets.comments.create(ticket["id"], body="note")
    assert [comment["visibility"] for comment in fake.comments_of(ticket)] == ["internal"]
    assert list(client.tickets.comments.list(ticket["id"])) == []
    for call in (
        lambda: client.contacts.list().page(),
        lambda: client.tickets.comments.create(ticket["id"], body="hi", visibility="public"),
    ):
        with pytest.raises(PermissionDeniedError, match="insufficient_scope"):
            call()


def test_a_write_with_the_same_key_happens_once(fake_portico):
    client, ticket = fake_portico.client(), fake_portico.add_ticket()
    for _ in range(2):
        client.tickets.comments.create(ticket["id"], body="note", idempotency_key="evt_1")
    assert len(fake_portico.comments_of(ticket)) == 1
    with pytest.raises(ValidationFailed, match="idempotency_key_reused"):
        client.tickets.comments.create(ticket["id"], body="other", idempotency_key="evt_1")


def test_faults_and_dead_tokens(fake_portico):
    client = fake_portico.client().with_options(max_retries=0)
    fake_portico.fail_next(503)
    with pytest.raises(ServerError):
        client.me()
    fake_portico.fail_next(409, "invalid_transition")
    with pytest.raises(ConflictError):
        client.me()
    fake_portico.expire_tokens()
    assert client.me().workspace.id == fake_portico.workspace_id
    assert client.installations.me().id == fake_portico.installation_id
    with pytest.raises(AuthenticationError):
        client.with_options(token="pti_unknown").me()


def test_what_the_fake_does_not_know_is_not_made_up(fake_portico):
    with pytest.raises(NotFoundError, match="does not know"):
        fake_portico.client().catalogue.get("leave")


def test_a_held_clock_moves_when_told(held_clock):
    start = held_clock.now()
    held_clock.advance(90)
    assert held_clock.now() - start == timedelta(seconds=90)
    held_clock.advance(to=start)
    assert held_clock() == start.timestamp()
    with pytest.raises(ValueError, match="time zone"):
        HeldClock(datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_fixture_signs_for_the_fake(fake_portico, signed_webhook, held_clock):
    event = fake_portico.event("ticket.created", fake_portico.add_ticket())
    body, headers = signed_webhook(event, now=held_clock())
    assert headers["portico-installation-id"] == fake_portico.installation_id
    verified = webhooks.verify(body, headers, secrets=fake_portico.signing_secret, now=held_clock())
    assert (verified.raw, verified.is_echo) == (event, False)
