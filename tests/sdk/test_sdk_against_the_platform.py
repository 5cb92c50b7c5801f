"""The SDK and the platform, together: nothing stands between them but WSGI."""

import inspect
import re
from datetime import UTC, datetime
from functools import cached_property

import httpx
import pytest

from portico.kernel import jobs
from portico_sdk import (
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    Portico,
    Results,
    StaleError,
    ValidationFailed,
)

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def client(app, cast):
    """`client("agent")`: the SDK with all that this person may do."""
    http = httpx.Client(transport=httpx.WSGITransport(app=app))

    def client(name, *scopes):
        return Portico(cast.token(name, *scopes), base_url=BASE, http_client=http, max_retries=0)

    yield client
    http.close()


def test_contacts(client):
    agent = client("support_admin")
    email = {"kind": "email", "value": "zoe@example.com"}
    shop = {"kind": "external", "namespace": "shop", "value": "a/7"}
    contact = agent.contacts.create(display_name="Zoë", identifiers=[email, shop])
    assert agent.contacts.get(contact.id) == contact
    assert agent.contacts.by_id("shop", "a/7").id == agent.contacts.by_id("email", "zoe@example.com").id == contact.id
    assert agent.contacts.upsert(identifiers=[shop], display_name="Zoe").id == contact.id
    with pytest.raises(StaleError):
        agent.contacts.update(contact.id, display_name="x", if_match=contact.etag)
    good, bad = agent.contacts.batch([{"display_name": "a"}, {"comet": 1}])
    assert good.data.display_name == "a"
    assert bad.error.errors[0].pointer
    agent.contacts.delete(contact.id)
    with pytest.raises(NotFoundError):
        agent.contacts.get(contact.id)
    assert agent.contacts.restore(contact.id).display_name == "Zoe"
    with pytest.raises(ValidationFailed, match="comet"):
        agent.contacts.create(display_name="x", comet=1)


def test_companies_ties_timeline_and_consents(client):
    agent = client("support_admin")
    acme = agent.companies.create(name="Acme", domains=["acme.example"], tags=["vip"])
    zoe = agent.contacts.create(display_name="Zoë")
    tie = agent.contacts.associations.create(zoe.id, company_id=acme.id, label="billing")
    assert [one.id for one in agent.contacts.list(company_id=acme.id)] == [zoe.id]
    assert agent.contacts.get(zoe.id).company_ids == (acme.id,)
    assert agent.contacts.associations.update(zoe.id, tie.id, label="referrer").label == "referrer"
    mail = agent.contacts.identifiers.create(zoe.id, kind="email", value="z@acme.example", verification="otp")
    assert mail.verified_at is not None
    first = agent.contacts.activities.create(zoe.id, kind="call", body="Hello", source_ref="1")
    assert agent.contacts.activities.create(zoe.id, kind="call", body="again", source_ref="1") == first
    assert [one.kind for one in agent.contacts.activities.list(zoe.id, kinds=["call", "note"])] == ["call"]
    agent.contacts.consents.create(zoe.id, channel="email", purpose="newsletter", status="granted")
    assert [one.status for one in agent.contacts.consents.list(zoe.id, is_current=True)] == ["granted"]
    assert agent.contacts.settings.get().stages[0].key == "lead"
    [tag] = agent.tags.list()
    assert agent.tags.update(tag.id, color="violet").color == "violet"
    with pytest.raises(ConflictError, match="tag_in_use"):
        agent.tags.delete(tag.id)
    with pytest.raises(ConflictError, match="domain_taken"):
        agent.companies.create(name="Other", domains=["acme.example"])
    agent.companies.delete(acme.id)
    assert agent.companies.restore(acme.id).domains == ("acme.example",)


def test_tickets(client, cast):
    agent = client("agent")
    contact = agent.contacts.create(display_name="Zoë")
    made = [
        agent.tickets.create(subject=f"Door {n}", requester={"contact_id": contact.id}, comment={"body": "Help"})
        for n in range(5)
    ]
    agent.tickets.create(subject="Other", requester={"contact_id": agent.contacts.create(display_name="B").id})
    mine = agent.tickets.list(requester__contact_id=contact.id, sort="-created_at", limit=2)
    assert [ticket.id for ticket in mine] == [ticket.id for ticket in reversed(made)]
    assert len(list(agent.tickets.list(status__in=["new", "open"], created_at__lte=made[-1].created_at, q="doo"))) == 5

    ticket = agent.tickets.take(made[0].id)
    assert ticket.assignee_id == cast.employee_id("agent")
    agent.tickets.update(made[1].id, status="open")
    with pytest.raises(ConflictError, match="invalid_transition"):
        agent.tickets.update(made[1].id, status="new")
    assert agent.tickets.assign(ticket.id, assignee_id=None).assignee_id is None
    key = "evt_1"
    notes = [agent.tickets.comments.create(ticket.id, body="note", idempotency_key=key) for _ in range(2)]
    assert notes[0] == notes[1]
    assert notes[0].author.id == cast.employee_id("agent")
    assert [comment.visibility for comment in agent.tickets.comments.list(ticket.id)].count("internal") == 1


def test_the_workspace(client):
    admin = client("admin")
    before = admin.workspace.get()
    assert admin.workspace.update(timezone="Asia/Shanghai", if_match=before.etag).timezone == "Asia/Shanghai"
    with pytest.raises(StaleError):
        admin.workspace.update(name="Late", if_match=before.etag)
    with pytest.raises(ValidationFailed, match="time zone"):
        admin.workspace.update(timezone="Mars/Phobos")
    with pytest.raises(ConflictError, match="own_factor_first"):
        admin.workspace.update(two_factor="everyone")
    with pytest.raises(PermissionDeniedError):
        client("agent").workspace.update(name="Mine")


def test_directory_and_members(client, cast):
    owner = client("owner")
    support = owner.departments.create(name="Support")
    below = owner.departments.create(name="Night", parent_id=support.id)
    assert below.path
    (node,) = [node for node in owner.departments.tree() if node.id == support.id]
    assert node.children[0].name == "Night"
    ada = owner.employees.create(display_name="Ada", primary_email="ada@acme.example", departments=[{"id": below.id}])
    assert [e.id for e in owner.departments.members(support.id, recursive=True)] == [ada.id]
    assert [e.id for e in owner.employees.lookup(emails=["ada@acme.example"])] == [ada.id]
    assert owner.employees.depart(ada.id).status == "departed"
    assert {member.role for member in owner.members.list(limit=1)} >= {"owner", "agent"}
    invitation = owner.invitations.create(email="bob@acme.example", display_name="Bob", department_ids=[support.id])
    assert owner.invitations.resend(invitation.id).id
    owner.invitations.delete(invitation.id)
    assert owner.me().employee.id == cast.employee_id("owner")


def test_properties(client):
    admin = client("admin")
    tier = admin.properties.create("contact", key="tier", label="Tier", type="select", options=["gold", "silver"])
    assert [one.key for one in admin.properties.list("contact", state="active")] == ["tier"]
    assert admin.properties.update("contact", tier.id, label="Level", if_match=tier.etag).label == "Level"
    gold, silver = (admin.contacts.create(display_name=name, properties={"tier": name}) for name in ("gold", "silver"))
    assert gold.properties == {"tier": "gold"}
    assert [one.id for one in admin.contacts.list(properties__tier="gold")] == [gold.id]
    assert [one.id for one in admin.contacts.list(properties__tier__ne="gold")] == [silver.id]
    admin.properties.delete("contact", tier.id)
    assert admin.contacts.get(gold.id).properties == {}
    assert admin.properties.restore("contact", tier.id) == admin.properties.get("contact", tier.id)
    with pytest.raises(ValidationFailed, match="Level"):
        admin.contacts.update(gold.id, properties={"tier": "lead", "visits": 1})


def test_attachments(client, tmp_path):
    agent = client("agent")
    (tmp_path / "größe.csv").write_text("a,b\n")
    file = agent.attachments.upload(tmp_path / "größe.csv")
    assert (file.name, file.type, file.linked_to) == ("größe.csv", "text/csv", None)
    assert agent.attachments.content(file.id) == b"a,b\n"
    note = agent.attachments.upload(b"to be taken back", "note.txt")
    agent.attachments.delete(note.id)
    with pytest.raises(NotFoundError):
        agent.attachments.get(note.id)


def test_views(client):
    agent = client("agent")
    view = agent.views.create(object="ticket", name="Mine", filter={"assignee_id": "me"}, sort="-number")
    contact = agent.contacts.create(display_name="Zoë")
    made = agent.tickets.create(subject="Door", requester={"contact_id": contact.id})
    agent.tickets.take(made.id)
    assert [one.id for one in agent.views.tickets(view.id)] == [made.id]
    assert (agent.views.count(view.id).count, agent.views.count(view.id).more) == (1, False)
    assert agent.views.update(view.id, name="Ours", if_match=view.etag).name == "Ours"
    assert [one.name for one in agent.views.list(object="ticket")] == ["Ours"]
    agent.views.delete(view.id)


def test_refusals_are_typed(client):
    with pytest.raises(PermissionDeniedError, match="contacts:read") as caught:
        client("employee").contacts.list().page()
    assert caught.value.code == "insufficient_scope"
    assert caught.value.request_id


SAMPLES = {
    "audience": {},
    "scopes": ["tickets:read"],
    "app_key": "key",
    "assignee_id": None,
    "body": "text",
    "channel": "email",
    "color": "violet",
    "kind": "note",
    "purpose": "newsletter",
    "status": "granted",
    "category": "open",
    "comment_id": "ID",
    "other_id": "ID",
    "until": None,
    "company_id": "ID",
    "display_name": "name",
    "domain": "a.example",
    "email": "a@b.example",
    "employee_id": "ID",
    "if_match": '"0"',
    "identifiers": [],
    "items": [],
    "manifest": {},
    "jwk": {},
    "key": "tier",
    "label": "Tier",
    "name": "name",
    "reason": "text",
    "requester": {},
    "object": "ticket",
    "resource": "audit",
    "since": datetime(2026, 11, 22, tzinfo=UTC),
    "delegate_id": "ID",
    "minutes": 60,
    "type_key": "vacation",
    "work_on": "2026-12-01",
    "from_on": "2026-12-01",
    "until_on": "2026-12-02",
    "on": "2026-12-01",
    "effective_from": "2026-12-01",
    "from_week_on": "2026-12-01",
    "to_week_on": "2026-12-08",
    "month": "2026-11",
    "rules": {},
    "lat": 1.0,
    "lng": 1.0,
    "ssid": "text",
    "bssid": "text",
    "stars": 5,
    "steps": [],
    "title": "text",
    "text": "text",
    "to": [],
    "subject": "text",
    "type": "text",
    "types": [],
    "url": "https://a.example",
    "local_url": "http://localhost:5000",
}


def operations_of_the_sdk():
    """Every method of every resource is called once; what it asked for is noted."""
    asked = set()

    def note(request):
        asked.add((request.method, request.url.path.removeprefix("/api/v1").replace("/ID", "/{}")))
        return httpx.Response(200, json={"data": [], "results": [], "page": {}})

    client = Portico("ptp_x", base_url=BASE, http_client=httpx.Client(transport=httpx.MockTransport(note)))
    client.me()
    client.visibility()
    assert client.search("nobody", types=["ticket", "employee"], limit=3).data == ()
    for name, kind in vars(Portico).items():
        if isinstance(kind, cached_property):
            call_all(getattr(client, name))
    call_all(client.tickets.comments)
    call_all(client.announcements.comments)
    call_all(client.contacts.activities)
    call_all(client.contacts.consents)
    call_all(client.tickets.followers)
    call_all(client.tickets.links)
    call_all(client.contacts.associations)
    call_all(client.contacts.identifiers)
    call_all(client.contacts.settings)
    call_all(client.apps.secrets)
    call_all(client.apps.keys)
    call_all(client.apps.dev_sessions)
    call_all(client.apps.requests)
    for name, kind in vars(type(client.attendance)).items():
        if isinstance(kind, cached_property):
            call_all(getattr(client.attendance, name))
    return asked


def call_all(resource):
    for name, method in inspect.getmembers(resource, inspect.ismethod):
        if name.startswith("_"):
            continue
        positional, named = arguments(method)
        answer = method(*positional, **named)
        if isinstance(answer, Results):
            answer.page()


def arguments(method):
    """What the method cannot do without."""
    positional, named = [], {}
    for parameter in inspect.signature(method).parameters.values():
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            positional.append({"items": [], "source": b"x"}.get(parameter.name, "ID"))
        elif parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty:
            named[parameter.name] = SAMPLES[parameter.name]
    return positional, named


def test_every_operation_of_the_platform_has_its_method_and_no_method_is_made_up(app):
    document = app.test_client().get("/api/openapi.json").json
    operations = {
        (method.upper(), re.sub(r"\{[^}]+\}", "{}", path).removeprefix("/api/v1"))
        for path, methods in document["paths"].items()
        for method in methods.keys() & {"get", "post", "patch", "put", "delete"}
    }
    assert operations_of_the_sdk() == operations


def test_an_export_is_begun_followed_and_fetched(client, cast):
    people = client("admin")
    begun = people.exports.create(resource="me", format="jsonl")
    jobs.perform(cast.acme, begun.id)
    done = people.jobs.get(begun.id)
    assert done.state == "succeeded"
    assert done.result.rows == len(people.jobs.file(begun.id).splitlines())
    assert [job.id for job in people.jobs.list()] == [begun.id]


def test_a_replay_is_counted_begun_and_stopped(client):
    people = client("admin")
    made = people.webhook_endpoints.create(url="https://hooks.example/x", types=["contact.*"])
    since = datetime(2026, 1, 1, tzinfo=UTC)
    assert people.webhook_endpoints.count_replay(made.id, since=since).total == 0
    begun = people.webhook_endpoints.replay(made.id, since=since)
    assert people.webhook_endpoints.cancel_replay(made.id, begun.id).state == "cancelled"
    assert [one.id for one in people.webhook_endpoints.replays(made.id)] == [begun.id]
