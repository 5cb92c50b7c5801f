import base64
import json
from datetime import UTC, datetime

import pytest
import standardwebhooks

from portico_sdk import Event, EventBatch, UnknownEvent, WebhookVerificationError, webhooks
from portico_sdk.models import TicketEvent

# The vector of the standard's reference libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIME = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

OTHER = "whsec_" + base64.b64encode(b"b" * 32).decode()
EVENT = {
    "id": "evt_1",
    "type": "ticket.created",
    "version": 1,
    "seq": 7,
    "occurred_at": "2026-01-05T09:00:00.000Z",
    "installation_id": "ins_1",
    "data": {"id": "tkt_1", "subject": "Hilfe", "number": 3, "requester": {"contact_id": "con_1"}},
}


def headers_for(body: bytes, *secrets: str, at: int = TIME, webhook_id: str = "evt_1") -> dict[str, str]:
    return webhooks.sign(body, secrets=secrets or [SECRET], webhook_id=webhook_id, timestamp=at)


def vector(**changes: str) -> dict[str, str]:
    headers = {"webhook-id": ID, "webhook-timestamp": str(TIME), "webhook-signature": SIGNATURE}
    return headers | {name.replace("_", "-"): value for name, value in changes.items()}


def test_the_standard_vector_is_signed_and_verified():
    assert webhooks.sign(BODY, secrets=SECRET, webhook_id=ID, timestamp=TIME) == vector()
    assert webhooks.verify_content(BODY, vector(), secrets=[SECRET], now=TIME) == (ID, {"test": 2432232314})


def test_a_known_event_is_typed():
    body = json.dumps(EVENT).encode()
    event = webhooks.verify(body, headers_for(body), secrets=[SECRET], now=TIME)
    assert isinstance(event, TicketEvent)
    assert event.ticket.requester.contact_id == "con_1"
    assert event.occurred_at == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert event.raw == EVENT


def test_an_event_newer_than_the_sdk_arrives_as_unknown():
    body = json.dumps({"id": "evt_2", "type": "comet.sighted", "data": 5, "occurred_at": "soon"}).encode()
    event = webhooks.verify(body, headers_for(body), secrets=[SECRET], now=TIME)
    assert isinstance(event, UnknownEvent)
    assert isinstance(event, Event)
    assert event.raw["data"] == 5
    assert event.occurred_at is None


def test_any_secret_will_do_while_one_replaces_the_other():
    body = json.dumps(EVENT).encode()
    signed_with_both = headers_for(body, OTHER, SECRET)
    assert signed_with_both["webhook-signature"].count("v1,") == 2
    for secrets in ([SECRET], [OTHER], [OTHER, SECRET], SECRET):
        assert webhooks.verify(body, signed_with_both, secrets=secrets, now=TIME).id == "evt_1"
    assert webhooks.verify(body, headers_for(body, SECRET), secrets=[OTHER, SECRET], now=TIME).id == "evt_1"


@pytest.mark.parametrize("moment", [TIME, float(TIME), datetime.fromtimestamp(TIME, UTC)])
def test_the_clock_can_be_given(moment):
    body = json.dumps(EVENT).encode()
    assert webhooks.verify(body, headers_for(body), secrets=[SECRET], now=moment).id == "evt_1"


def test_a_naive_clock_is_the_callers_mistake():
    with pytest.raises(ValueError, match="time zone"):
        webhooks.verify(BODY, vector(), secrets=[SECRET], now=datetime(2026, 1, 1))  # noqa: DTZ001


def test_foreign_and_malformed_tokens_beside_a_good_one_are_passed_over():
    body = json.dumps(EVENT).encode()
    headers = headers_for(body)
    for stray in ("v1a,AAAA", "v1", "v1,%%%", "v1,é", "", ","):
        mixed = headers | {"webhook-signature": f"{stray} {headers['webhook-signature']}"}
        assert webhooks.verify(body, mixed, secrets=[SECRET], now=TIME).id == "evt_1"


@pytest.mark.parametrize(
    ("headers", "because"),
    [
        (vector(webhook_signature="v1,AAAA"), "No signature matches"),
        (vector(webhook_signature="v1"), "No signature matches"),
        (vector(webhook_signature="g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), "No signature matches"),
        (vector(webhook_signature="v1,not base64!"), "No signature matches"),
        (vector(webhook_signature="v1,ü"), "No signature matches"),
        (vector(webhook_signature=SIGNATURE.replace("v1,", "v2,")), "No signature matches"),
        (vector(webhook_signature=SIGNATURE.replace("v1,", "v1,,")), "No signature matches"),
        (vector(webhook_signature=""), "webhook-signature is missing"),
        (vector(webhook_id="msg_other"), "No signature matches"),
        (vector(webhook_id="a.b"), "webhook-id is malformed"),
        (vector(webhook_id="a\nb"), "webhook-id is malformed"),
        (vector(webhook_id=""), "webhook-id is missing"),
        (vector(webhook_timestamp="soon"), "whole number"),
        (vector(webhook_timestamp="1614265330.5"), "whole number"),
        (vector(webhook_timestamp="-1614265330"), "whole number"),
        (vector(webhook_timestamp="١٦١٤٢٦٥٣٣٠"), "whole number"),
        (vector(webhook_timestamp="9" * 400), "whole number"),
        (vector(webhook_timestamp=str(TIME - 301)), "old"),
        (vector(webhook_timestamp=str(TIME + 301)), "future"),
        ({}, "webhook-id is missing"),
    ],
)
def test_wrong_headers_are_one_exception(headers, because):
    with pytest.raises(WebhookVerificationError, match=because):
        webhooks.verify(BODY, headers, secrets=[SECRET], now=TIME)


class Repeating:
    """Headers of a framework that keeps repeated names."""

    def __init__(self, *pairs):
        self.pairs = pairs

    def items(self):
        return self.pairs


@pytest.mark.parametrize("name", ["webhook-id", "Webhook-Timestamp", "WEBHOOK-SIGNATURE"])
def test_a_header_that_stands_twice_is_refused(name):
    headers = Repeating(*vector().items(), (name, vector()[name.lower()]))
    with pytest.raises(WebhookVerificationError, match="twice"):
        webhooks.verify(BODY, headers, secrets=[SECRET], now=TIME)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"",
        b"no json",
        b"[1]",
        b'"text"',
        b"{}",
        b'{"type": 5}',
        b'{"type": "ticket.created", "type": "ticket.solved"}',
        b"[" * 100_000,
    ],
)
def test_a_signed_body_that_is_no_event_is_the_same_exception(body):
    with pytest.raises(WebhookVerificationError):
        webhooks.verify(body, headers_for(body), secrets=[SECRET], now=TIME)


@pytest.mark.parametrize("secrets", [[], "", ["whsec_"], ["whsec_%%%"], ["whsec_c2hvcnQ="], ["whsec_é"]])
def test_a_secret_that_is_none_is_the_same_exception(secrets):
    with pytest.raises(WebhookVerificationError, match="signing secret"):
        webhooks.verify(BODY, vector(), secrets=secrets, now=TIME)


def test_the_tolerance_holds_on_both_sides():
    for now in (TIME - 300, TIME + 300):
        webhooks.verify_content(BODY, vector(), secrets=SECRET, now=now)
    with pytest.raises(WebhookVerificationError):
        webhooks.verify_content(BODY, vector(), secrets=SECRET, now=TIME + 11, tolerance=10)


def test_the_stock_library_verifies_what_this_signs_and_the_other_way_round():
    now = datetime.now(UTC)
    text = json.dumps(EVENT, ensure_ascii=False)
    stock = standardwebhooks.Webhook(SECRET)
    assert stock.verify(text, webhooks.sign(text, secrets=[OTHER, SECRET], webhook_id="evt_1")) == EVENT

    signature = stock.sign("evt_1", now, text)
    headers = vector(webhook_id="evt_1", webhook_timestamp=str(int(now.timestamp())))
    headers["webhook-signature"] = signature
    assert webhooks.verify(text, headers, secrets=[SECRET]).id == "evt_1"


def test_a_known_event_without_a_class_of_its_own_is_an_event():
    body = json.dumps({"id": "evt_3", "type": "member.joined", "data": {"id": "mem_1"}}).encode()
    event = webhooks.verify(body, headers_for(body), secrets=[SECRET], now=TIME)
    assert type(event) is Event
    assert event.data["id"] == "mem_1"


def test_a_batch_is_all_its_events_each_typed():
    unknown = {**EVENT, "id": "evt_2", "type": "comet.seen"}
    body = json.dumps({"id": "bat_1", "type": "batch", "data": {"events": [EVENT, unknown]}}).encode()
    headers = headers_for(body, webhook_id="bat_1")
    batch = webhooks.verify(body, headers, secrets=[SECRET], now=TIME)
    assert isinstance(batch, EventBatch)
    assert (batch.id, len(batch), [event.id for event in batch]) == ("bat_1", 2, ["evt_1", "evt_2"])
    assert [type(event) for event in batch.events] == [TicketEvent, UnknownEvent]
    alone = json.dumps(EVENT).encode()
    event = webhooks.verify(alone, headers_for(alone), secrets=[SECRET], now=TIME)
    assert event.events == (event,)
