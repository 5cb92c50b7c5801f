import json
from datetime import UTC, date, datetime

import httpx
import pytest

from portico_sdk import Portico, PorticoError
from portico_sdk._encoding import filters, json_body, path, query


def answering(*answers, **options):
    """A client over canned answers, and the requests that it made."""
    seen, queue = [], list(answers)

    def handle(request):
        seen.append(request)
        return queue.pop(0)

    http = httpx.Client(transport=httpx.MockTransport(handle))
    return Portico("ptp_x", base_url="https://work.example/", http_client=http, **options), seen


def ok(body, status=200, **headers):
    return httpx.Response(status, json=body, headers=headers)


def test_token_and_address_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("PORTICO_TOKEN", "ptp_env")
    monkeypatch.setenv("PORTICO_BASE_URL", "https://env.example/")
    seen = []
    http = httpx.Client(transport=httpx.MockTransport(lambda r: seen.append(r) or ok({"actor": {}})))
    assert Portico(http_client=http).me().actor is not None
    assert str(seen[0].url) == "https://env.example/api/v1/me"
    assert seen[0].headers["authorization"] == "Bearer ptp_env"
    assert seen[0].headers["user-agent"].startswith("portico-sdk/")


@pytest.mark.parametrize("address", [None, "", "work.example", "ftp://work.example"])
def test_an_address_is_needed(monkeypatch, address):
    monkeypatch.delenv("PORTICO_BASE_URL", raising=False)
    with pytest.raises(PorticoError, match=r"base_url|PORTICO_BASE_URL"):
        Portico("ptp_x", base_url=address)


def test_without_a_token_the_first_call_says_what_to_do(monkeypatch):
    monkeypatch.delenv("PORTICO_TOKEN", raising=False)
    with (
        Portico(base_url="https://work.example") as client,
        pytest.raises(PorticoError, match="PORTICO_TOKEN"),
    ):
        client.contacts.get("con_1")


def test_an_object_is_typed_and_keeps_what_is_newer():
    raw = {
        "id": "con_1",
        "display_name": "Zoë",
        "identifiers": [{"kind": "email", "value": "zoe@example.com", "primary": True}],
        "created_at": "2026-01-05T09:00:00.000Z",
        "version": 4,
        "mood": "sunny",
        "_redacted": ["owner_employee_id"],
    }
    client, seen = answering(ok(raw))
    contact = client.contacts.get("con_1")
    assert (contact.display_name, contact.identifiers[0].value) == ("Zoë", "zoe@example.com")
    assert contact.created_at == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert contact.etag == '"4"'
    assert contact.redacted == ("owner_employee_id",)
    assert contact.raw["mood"] == "sunny"
    assert contact.tags == ()
    with pytest.raises(AttributeError):
        contact.display_name = "other"
    assert seen[0].url.path == "/api/v1/contacts/con_1"


def test_a_for_loop_walks_every_page_and_only_as_far_as_it_goes():
    def page(ids, cursor):
        return ok({"data": [{"id": i} for i in ids], "page": {"next_cursor": cursor, "has_more": bool(cursor)}})

    client, seen = answering(page(["a", "b"], "c1"), page(["c"], None), page(["a", "b"], "c1"))
    tickets = client.tickets.list(status="open", priority__in=["high", "urgent"], sort="-created_at", limit=2)
    assert seen == []
    assert [ticket.id for ticket in tickets] == ["a", "b", "c"]
    assert dict(seen[0].url.params) == {
        "filter[status]": "open",
        "filter[priority][in]": "high,urgent",
        "sort": "-created_at",
        "limit": "2",
    }
    assert seen[1].url.params["cursor"] == "c1"
    assert seen[1].url.params["filter[status]"] == "open"
    assert tickets.first().id == "a"
    assert len(seen) == 3


def test_pages_one_at_a_time():
    page = {"data": [{"id": "a"}], "page": {"next_cursor": "c1", "has_more": True}}
    client, seen = answering(ok(page))
    got = client.contacts.list(limit=1, cursor="c0").page()
    assert (len(got), got.next_cursor, got.has_more) == (1, "c1", True)
    assert seen[0].url.params["cursor"] == "c0"


def test_the_event_cursor_goes_on_as_after():
    def page(ids, cursor, more):
        events = [{"id": i, "type": "ticket.created", "data": {}} for i in ids]
        return ok({"data": events, "page": {"next_cursor": cursor, "has_more": more}})

    client, seen = answering(page(["e1"], "s1", True), page(["e2"], "s2", False))
    pages = list(client.events.list(after="s0", types=["ticket.*", "contact.*"]).pages())
    assert [request.url.params["after"] for request in seen] == ["s0", "s1"]
    assert seen[0].url.params["types"] == "ticket.*,contact.*"
    assert pages[-1].next_cursor == "s2"


def test_writes_send_json_keys_and_conditions():
    contact = {"id": "con_1", "version": 2}
    client, seen = answering(ok(contact, 201), ok(contact), httpx.Response(204), ok({"id": "cmt_1"}, 201))
    client.contacts.create(display_name="Zoë", identifiers=({"kind": "email", "value": "z@e.example"},))
    client.contacts.update("con_1", display_name=None, if_match='"2"')
    client.contacts.delete("con_1", if_match='"2"')
    client.with_options(cause="evt_1").tickets.comments.create("tkt_1", body="…", idempotency_key="evt_1")

    create, update, delete, comment = seen
    assert json.loads(create.content)["identifiers"] == [{"kind": "email", "value": "z@e.example"}]
    assert len(create.headers["idempotency-key"]) == 36
    assert (update.method, json.loads(update.content)) == ("PATCH", {"display_name": None})
    assert update.headers["if-match"] == delete.headers["if-match"] == '"2"'
    assert "idempotency-key" not in update.headers
    assert "portico-cause" not in create.headers
    assert comment.headers["portico-cause"] == comment.headers["idempotency-key"] == "evt_1"
    assert json.loads(comment.content) == {"body": "…", "visibility": "internal"}


def test_a_batch_answers_item_by_item():
    results = [
        {"status": 201, "data": {"id": "con_1"}},
        {"status": 422, "error": {"code": "invalid", "detail": "No.", "errors": [{"pointer": "/x"}]}},
    ]
    client, seen = answering(ok({"results": results}))
    good, bad = client.contacts.batch([{"display_name": "a"}, {"x": 1}], atomic=True)
    assert good.data.id == "con_1"
    assert good.error is None
    assert (bad.error.status, bad.error.code, bad.error.errors[0].pointer) == (422, "invalid", "/x")
    assert json.loads(seen[0].content)["atomic"] is True


def test_every_resource_asks_its_own_path():
    calls = [
        (lambda c: c.departments.tree(), "GET", "/departments/tree", {"data": []}),
        (lambda c: c.departments.members("dep_1").page(), "GET", "/departments/dep_1/members", {"data": []}),
        (lambda c: c.employees.lookup(emails=["a@b.example"]), "POST", "/employees/lookup", {"data": []}),
        (lambda c: c.employees.suspend("emp_1"), "POST", "/employees/emp_1/suspend", {}),
        (lambda c: c.employees.reactivate("emp_1"), "POST", "/employees/emp_1/reactivate", {}),
        (lambda c: c.employees.depart("emp_1"), "POST", "/employees/emp_1/depart", {}),
        (lambda c: c.members.get("mem_1"), "GET", "/members/mem_1", {}),
        (lambda c: c.invitations.create(email="a@b.example", display_name="A"), "POST", "/invitations", {}),
        (lambda c: c.invitations.resend("inv_1"), "POST", "/invitations/inv_1/resend", {}),
        (lambda c: c.contacts.upsert(identifiers=[]), "POST", "/contacts/upsert", {}),
        (lambda c: c.contacts.by_id("shop", "a/b ü"), "GET", "/contacts/by-id/shop/a%2Fb%20%C3%BC", {}),
        (lambda c: c.contacts.restore("con_1"), "POST", "/contacts/con_1/restore", {}),
        (lambda c: c.tickets.take("tkt_1"), "POST", "/tickets/tkt_1/take", {}),
        (lambda c: c.tickets.assign("tkt_1", assignee_id=None), "POST", "/tickets/tkt_1/assign", {}),
        (lambda c: c.tickets.comments.list("tkt_1").page(), "GET", "/tickets/tkt_1/comments", {"data": []}),
        (lambda c: c.webhook_endpoints.rotate_secret("w"), "POST", "/webhook-endpoints/w/secrets/rotate", {}),
        (lambda c: c.webhook_endpoints.ping("w"), "POST", "/webhook-endpoints/w/ping", {}),
        (lambda c: c.webhook_endpoints.send_sample("w", type="t"), "POST", "/webhook-endpoints/w/sample", {}),
        (lambda c: c.webhook_endpoints.preview_sample("w", type="t"), "POST", "/webhook-endpoints/w/sample", {}),
        (lambda c: c.webhook_endpoints.enable("w"), "POST", "/webhook-endpoints/w/enable", {}),
        (lambda c: c.deliveries.attempts("d").page(), "GET", "/deliveries/d/attempts", {"data": []}),
        (lambda c: c.deliveries.redeliver("d"), "POST", "/deliveries/d/redeliver", {}),
        (lambda c: c.apps.create(manifest={}), "POST", "/apps", {}),
        (lambda c: c.apps.plan("a", manifest={}), "POST", "/apps/a/plan", {}),
        (lambda c: c.apps.create_version("a", manifest={}), "POST", "/apps/a/versions", {}),
        (lambda c: c.apps.secrets.create("a"), "POST", "/apps/a/secrets", {}),
        (lambda c: c.apps.secrets.delete("a", "s"), "DELETE", "/apps/a/secrets/s", None),
        (lambda c: c.catalogue.get("leave"), "GET", "/catalogue/leave", {}),
        (lambda c: c.installations.me(), "GET", "/installations/me", {}),
        (lambda c: c.installations.create(app_key="leave"), "POST", "/installations", {}),
        (lambda c: c.installations.suspend("i"), "POST", "/installations/i/suspend", {}),
        (lambda c: c.installations.resume("i"), "POST", "/installations/i/resume", {}),
        (lambda c: c.installations.uninstall("i"), "POST", "/installations/i/uninstall", {}),
        (lambda c: c.request("get", "/comets"), "GET", "/comets", {}),
    ]
    for call, method, where, answer in calls:
        client, seen = answering(httpx.Response(204) if answer is None else ok(answer))
        call(client)
        assert (seen[0].method, seen[0].url.raw_path.decode()) == (method, f"/api/v1{where}")


def test_keywords_become_filters():
    assert filters({"requester__contact_id": "con_1", "seen_on__gte": date(2026, 1, 5), "tags__exists": True}) == {
        "filter[requester.contact_id]": "con_1",
        "filter[seen_on][gte]": "2026-01-05",
        "filter[tags][exists]": "true",
    }
    assert filters({"in": "x", "properties__in": "y"}) == {"filter[in]": "x", "filter[properties][in]": "y"}
    assert query({"limit": 5, "q": None, "fields": ["id", "name"]}) == {"limit": "5", "fields": "id,name"}


@pytest.mark.parametrize(
    "keywords",
    [{"status": None}, {"tags__in": ["a,b"]}, {"created_at__gt": datetime(2026, 1, 1)}],  # noqa: DTZ001
)
def test_what_cannot_be_asked_is_refused_here(keywords):
    with pytest.raises(ValueError, match=r"ambiguous|comma|time zone"):
        filters(keywords)


def test_values_travel_by_the_rules_of_the_api():
    when = datetime.fromisoformat("2026-01-05T10:00:00.123456+01:00")
    assert json_body({"at": when, "on": date(2026, 1, 5), "tags": {"a"}}) == (
        b'{"at": "2026-01-05T09:00:00.123Z", "on": "2026-01-05", "tags": ["a"]}'
    )
    with pytest.raises(ValueError, match="JSON"):
        json_body({"x": float("nan")})
    with pytest.raises(TypeError, match="JSON"):
        json_body({"x": object()})
    with pytest.raises(TypeError, match="query"):
        query({"x": object()})


@pytest.mark.parametrize("identifier", ["", ".", ".."])
def test_an_empty_id_never_addresses_the_collection(identifier):
    with pytest.raises(ValueError, match="not an id"):
        path("contacts", identifier)


def test_options_copy_and_connections_stay_with_their_owner():
    client, _ = answering()
    copy = client.with_options(timeout=3, max_retries=0, token="ptp_y")
    assert copy is not client
    assert (copy._transport.timeout, copy._transport.max_retries) == (3, 0)
    assert (client._transport.timeout, client._transport.max_retries) == (30.0, 2)
    client.close()
    assert not client._transport.http.is_closed
    with Portico("ptp_x", base_url="https://work.example") as owner:
        pass
    assert owner._transport.http.is_closed
