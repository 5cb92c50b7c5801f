"""Flows that run: by a real event, once, with the power of their owner, and seen step by step."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from flow_composer.engine import Engine

from portico_sdk.apps import App
from portico_sdk.testing._installing import manifest_of
from tests.apps_examples.flow_composer.conftest import HOOK, POST, READ, TAG, contact_of, flow, solve

NOTE = {
    "id": "note",
    "kind": "call",
    "call": {"operation": "create_ticket_comment"},
    "input": {
        "ticket_id": {"ref": "trigger.ticket.id"},
        "body": {"text": "Thank you"},
        "visibility": {"text": "internal"},
    },
}


def tags_of(acme, contact):
    return list(acme.ws.agent.client.contacts.get(contact.id).tags)


def test_ticket_solved_tags_the_contact_and_posts(acme):
    flow_id, contact = acme.add(READ, TAG, POST), contact_of(acme)
    solve(acme, contact)
    acme.run()
    assert tags_of(acme, contact) == ["vip", "solved"]
    (request,) = acme.outside.posted
    assert request.headers["x-token"] == "sesame"
    assert json.loads(request.content) == {
        "text": "Solved: The printer is on fire for Zoë",
        "tags": ["vip", "solved"],
    }
    (changed,) = [one for one in acme.ws.events("contact.updated") if one.resource.id == contact.id]
    assert (changed.actor.kind, changed.actor.on_behalf_of) == ("app_for_employee", acme.ws.agent.employee_id)
    assert changed.cause.event_id == acme.ws.events("ticket.solved")[-1].id

    run = acme.runs(flow_id)[0]
    assert [(one["id"], one["state"]) for one in run["steps"]] == [
        ("contact", "succeeded"),
        ("tag", "succeeded"),
        ("tell", "succeeded"),
    ]
    assert run["steps"][1]["input"]["tags"] == ["vip", "solved"]
    assert "sesame" not in json.dumps(run)
    assert "secret-part" not in json.dumps(run)
    (line,) = acme.get("/flows")["flows"]
    assert (line["last_run"]["state"], line["counts_7d"]["succeeded"]) == ("succeeded", 1)
    assert acme.get(f"/runs/{run['id']}", who="app_manager")["steps"][1]["input"] is None
    acme.get(f"/runs/{run['id']}", who="employee", status=404)


def test_workers_share_the_work_and_each_step_is_done_once(acme):
    flow_id = acme.add({**NOTE, "id": "contact"}, {**POST, "post": {"url": HOOK, "body": {"text": {"text": "done"}}}})
    contact = contact_of(acme)
    tickets = [solve(acme, contact, f"No. {number}") for number in range(4)]
    acme.ws.run()
    start = threading.Barrier(4)

    def work():
        start.wait()
        acme.engine.run_due()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work) for _ in range(4)]:
            done.result()
    assert [one["state"] for one in acme.runs(flow_id)] == ["succeeded"] * 4
    assert len(acme.outside.posted) == 4
    comments = acme.ws.agent.client.tickets.comments
    assert [len(list(comments.list(ticket.id))) for ticket in tickets] == [1] * 4
    acme.store.sweep(acme.ws.clock() + 31 * 24 * 3600)
    assert acme.runs(flow_id) == []


def test_the_newest_events_are_found_from_a_place_kept_before(acme):
    contact, made = contact_of(acme), acme.post("/flows", {"flow": flow(READ)}, status=201)
    path = f"/flows/{made['id']}/events?limit=2"
    acme.allow(acme.get(path))
    solve(acme, contact, "One")
    acme.get(path)
    for subject in ("Two", "Three", "Four"):
        acme.ws.clock.advance(hours=2)
        solve(acme, contact, subject)
    assert [one["data"]["subject"] for one in acme.get(path)["events"]] == ["Four", "Three"]
    acme.ws.clock.advance(days=2)
    assert [one["data"]["subject"] for one in acme.get(path)["events"]] == ["Four", "Three"]


def test_a_dry_run_asks_and_sends_nothing(acme):
    contact = contact_of(acme)
    solve(acme, contact)
    drawn = flow(READ, TAG, POST)
    made = acme.post("/flows", {"flow": drawn}, status=201)
    acme.allow(acme.get(f"/flows/{made['id']}/events"))
    (event,) = acme.get(f"/flows/{made['id']}/events?limit=1")["events"]
    tried = acme.post("/dry-run", {"flow": drawn, "event_id": event["id"], "id": made["id"]})["steps"]
    assert [one["state"] for one in tried] == ["succeeded", "would_send", "would_send"]
    assert tried[0]["output"]["display_name"] == "Zoë"
    assert tried[1]["would_send"] == {
        "method": "PATCH",
        "path": f"/contacts/{contact.id}",
        "query": {},
        "body": {"tags": ["vip", "solved"]},
    }
    assert tried[2]["would_send"]["body"]["text"] == "Solved: The printer is on fire for Zoë"
    acme.run()
    assert (tags_of(acme, contact), acme.outside.posted) == (["vip"], [])


def test_an_event_that_comes_twice_starts_once(acme):
    flow_id, contact = acme.add(READ), contact_of(acme)
    (stood,) = acme.store.rows("SELECT cursor FROM flow")
    solve(acme, contact)
    acme.run()
    acme.store.change("UPDATE flow SET cursor = ?, rung = 1", stood["cursor"])  # it hears all of it again
    acme.engine.run_due()
    assert len(acme.runs(flow_id)) == 1


def test_a_call_whose_answer_was_lost_is_not_done_twice(acme, monkeypatch):
    """The process dies between the platform's answer and its own note of it; another one goes on."""
    flow_id = acme.add(NOTE)
    ticket = solve(acme, contact_of(acme))
    monkeypatch.setattr(Engine, "_over", died)
    done = Engine._sent

    def dies_after(self, work, known):
        done(self, work, known)
        raise KeyboardInterrupt

    monkeypatch.setattr(Engine, "_sent", dies_after)
    with pytest.raises(KeyboardInterrupt):
        acme.run()
    monkeypatch.undo()
    assert len(list(acme.ws.agent.client.tickets.comments.list(ticket.id))) == 1
    acme.serve(acme.installed.config, acme.ws.http_client)
    acme.engine.run_due()
    assert acme.runs(flow_id)[0]["state"] == "running"  # the dead one holds it still
    acme.ws.clock.advance(minutes=3)
    acme.engine.run_due()
    (run,) = acme.runs(flow_id)
    assert (run["state"], run["steps"][0]["attempts"]) == ("succeeded", 2)
    assert len(list(acme.ws.agent.client.tickets.comments.list(ticket.id))) == 1


def died(self, work, outcome):
    raise AssertionError("nobody is left to note it")


def test_filter_wait_and_note(acme):
    passes = {"all": [{"value": {"ref": "trigger.ticket.priority"}, "op": "eq", "to": "urgent"}]}
    wait = {"id": "later", "kind": "wait", "seconds": 3600}
    note = {"id": "say", "kind": "output", "note": {"template": "{{trigger.ticket.subject}} is done"}}
    flow_id, contact = acme.add({"id": "only", "kind": "filter", **passes}, wait, note), contact_of(acme)
    tickets = acme.ws.agent.client.tickets
    solve(acme, contact, "Slow")
    urgent = tickets.create(subject="Fire", priority="urgent", requester={"contact_id": contact.id})
    tickets.update(urgent.id, status="solved")
    acme.run()
    assert sorted(one["state"] for one in acme.runs(flow_id)) == ["skipped", "waiting"]
    acme.ws.clock.advance(minutes=59)
    acme.engine.run_due()
    assert sorted(one["state"] for one in acme.runs(flow_id)) == ["skipped", "waiting"]
    acme.ws.clock.advance(minutes=1)
    acme.engine.run_due()
    (run,) = [one for one in acme.runs(flow_id) if one["state"] == "succeeded"]
    assert run["steps"][2]["output"] == {"note": "Fire is done"}
    (skipped,) = [one for one in acme.runs(flow_id) if one["state"] == "skipped"]
    assert skipped["steps"][0]["input"] == [{"value": "normal", "op": "eq", "to": "urgent"}]


def let_it_echo(acme):
    for _ in range(4):
        acme.run()


def test_a_flow_does_not_start_itself_and_two_do_not_start_each_other_for_ever(acme):
    again = {**TAG, "input": {**TAG["input"], "tags": {"list": [{"template": "{{trigger.event.id}}"}]}}}
    again["input"]["contact_id"] = {"ref": "trigger.contact.id"}
    ids = [acme.add(again, event="contact.updated", name=name) for name in ("One", "Two")]
    contact = contact_of(acme)
    acme.ws.agent.client.contacts.update(contact.id, display_name="Zoë B")
    let_it_echo(acme)
    assert [len(acme.runs(one)) for one in ids] == [1, 1]
    acme.add(READ, TAG, name="Three")
    solve(acme, contact)  # the tag that it sets is news for the two, once
    let_it_echo(acme)
    assert [len(acme.runs(one)) for one in ids] == [2, 2]


def test_replay_from_a_step_takes_what_was_recorded(acme):
    acme.outside.replies = [httpx.Response(400, text="no such channel")]
    flow_id, contact = acme.add(READ, TAG, POST), contact_of(acme)
    solve(acme, contact)
    acme.run()
    (failed,) = acme.runs(flow_id)
    assert failed["error"] == "hooks.example.com answered 400 no such channel"
    acme.ws.agent.client.contacts.update(contact.id, display_name="Zed", tags=[])
    acme.post(f"/runs/{failed['id']}/replay", {"from": "nobody"}, status=422)
    made = acme.post(f"/runs/{failed['id']}/replay", {"from": "tell"}, status=201)
    assert acme.post(f"/runs/{failed['id']}/replay", {"from": "tell"}, status=201)["id"] == made["id"]
    acme.engine.run_due()
    run = acme.get(f"/runs/{made['id']}")
    assert (run["state"], run["replay_of"]) == ("succeeded", failed["id"])
    assert [one["state"] for one in run["steps"]] == ["kept", "kept", "succeeded"]
    assert json.loads(acme.outside.posted[1].content)["text"].endswith("for Zoë")
    assert tags_of(acme, contact) == []


def test_what_fails_for_a_while_is_tried_again_when_it_asks_for(acme):
    acme.outside.replies = [httpx.Response(429, headers={"retry-after": "120"}), httpx.Response(503)]
    flow_id = acme.add(READ, TAG, POST)
    solve(acme, contact_of(acme))
    acme.run()
    acme.ws.clock.advance(seconds=119)
    acme.engine.run_due()
    assert len(acme.outside.posted) == 1
    acme.ws.clock.advance(seconds=1)
    acme.engine.run_due()
    assert len(acme.outside.posted) == 2
    acme.ws.clock.advance(minutes=2)
    acme.engine.run_due()
    assert acme.runs(flow_id)[0]["steps"][2]["attempts"] == 3
    assert acme.runs(flow_id)[0]["state"] == "succeeded"
    assert len({request.headers["idempotency-key"] for request in acme.outside.posted}) == 1


def test_a_role_that_lacks_what_the_flow_does_is_said(acme):
    made = acme.post("/flows", {"flow": flow(READ, TAG)}, who="employee", status=201)
    needed = acme.post(f"/flows/{made['id']}/enable", who="employee")
    assert needed["needs_grant"]["scopes"] == ["contacts:read", "contacts:write", "openid", "tickets:read"]
    acme.allow(needed, who="employee", but=("contacts:write", "contacts:read"))
    refused = acme.post(f"/flows/{made['id']}/enable", who="employee", status=403)
    assert refused["error"]["message"] == "Your role does not allow what this flow does: contacts:read, contacts:write."


def test_a_consent_of_somebody_else_does_not_count(acme):
    made = acme.post("/flows", {"flow": flow(READ)}, status=201)
    answer = acme.allow(acme.post(f"/flows/{made['id']}/enable"), who="admin")
    assert (answer.status_code, "Somebody else was signed in" in answer.text) == (400, True)
    assert "needs_grant" in acme.post(f"/flows/{made['id']}/enable")


def test_changed_by_who_manages_apps_it_is_theirs_and_off(acme):
    flow_id = acme.add(READ)
    solve(acme, contact_of(acme))
    acme.run()
    saved = acme.call("PUT", f"/flows/{flow_id}", {"flow": flow(READ, TAG), "version": 1}, who="app_manager")
    assert (saved["enabled"], saved["owner"]["name"]) == (False, "App Manager")
    acme.get(f"/flows/{flow_id}", status=404)
    (run,) = acme.runs(flow_id, who="app_manager")
    assert (run["steps"][0]["input"], run["event"]) == (None, None)  # it was read with the power of somebody else
    assert "Only the owner" in run["withheld"]
    acme.post(f"/runs/{run['id']}/replay", {"from": "contact"}, who="app_manager", status=403)


def test_while_the_app_is_suspended_nothing_runs_and_nothing_is_lost(acme):
    flow_id = acme.add(READ)
    acme.ws.admin.client.installations.suspend(acme.installed.installation_id)
    acme.ws.run()
    solve(acme, contact_of(acme))
    acme.ws.clock.advance(minutes=1)
    acme.run()
    acme.ws.admin.client.installations.resume(acme.installed.installation_id)
    acme.run()
    assert [one["state"] for one in acme.runs(flow_id)] == ["succeeded"]


def test_too_many_events_switch_it_off_with_words(acme):
    note = {"id": "say", "kind": "output", "note": {"text": "x"}}
    flow_id = acme.add(note, event="contact.created")
    acme.engine.runs.most_a_minute = 3
    acme.ws.agent.client.contacts.batch([{"display_name": f"C{number}"} for number in range(5)])
    acme.run()
    (line,) = acme.get("/flows")["flows"]
    assert line["off_because"] == "It was started more than 3 times within a minute, and is switched off."
    states = [(one["state"], one["error"]) for one in acme.runs(flow_id)]
    assert states == [("failed", line["off_because"])] * 4


def test_a_step_runs_an_action_of_another_app(acme):
    greeter = App("", "", "whsec_AAAA", "http://localhost:1")
    names = []

    @greeter.action("greet")
    def greet(run):
        names.append(run.input["name"])
        return run.toast(f"Hello {run.input['name']}")

    manifest = manifest_of(greeter, "greeter")
    manifest["actions"][0] |= {"places": ["flow"], "input": {"name": {"type": "string"}}}
    acme.ws.install(manifest, greeter)
    acme.ws.clock.advance(minutes=11)  # what there is, is looked at every ten
    step = {
        "id": "greet",
        "kind": "call",
        "call": {"action": {"app": "greeter", "action": "greet"}},
        "input": {"name": {"ref": "trigger.contact.display_name"}},
    }
    (offered,) = acme.get("/catalogue")["actions"]
    assert (offered["app"], offered["input"][0]["name"], offered["input"][0]["required"]) == ("greeter", "name", True)
    flow_id = acme.add(step, event="contact.created")
    contact_of(acme)
    for _ in range(3):
        acme.run()
        acme.ws.clock.advance(seconds=30)
    (run,) = acme.runs(flow_id)
    assert (run["state"], run["steps"][0]["output"]["answer"]["toast"]) == ("succeeded", "Hello Zoë")
    assert names == ["Zoë"]


def test_what_is_posted_goes_only_where_the_company_said_and_never_inside(acme):
    acme.address = "10.0.0.7"
    flow_id = acme.add(READ, TAG, POST)
    solve(acme, contact_of(acme))
    acme.run()
    assert acme.outside.posted == []
    assert acme.runs(flow_id)[0]["error"].startswith("hooks.example.com is an address inside a network")
