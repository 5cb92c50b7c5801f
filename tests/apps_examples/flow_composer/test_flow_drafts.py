"""Drafts: what they are made of, what is wrong with them, and how they are kept."""

import pytest

from tests.apps_examples.flow_composer.conftest import POST, READ, TAG, flow


def found(checked):
    return {one["pointer"]: one["message"] for one in checked["findings"]}


def test_the_catalogue_holds_events_and_operations_with_their_types(shared):
    catalogue = shared.get("/catalogue")
    (solved,) = [one for one in catalogue["events"] if one["type"] == "ticket.solved"]
    assert solved["title"] == "A ticket was solved"
    ticket = solved["shape"]["fields"]["ticket"]["fields"]
    assert ticket["requester"]["fields"]["contact_id"] == {"type": "string", "of": "contact"}
    (update,) = [one for one in catalogue["operations"] if one["id"] == "update_contact"]
    parameters = {one["name"]: one for one in update["parameters"]}
    assert (parameters["contact_id"]["required"], parameters["contact_id"]["shape"]["of"]) == (True, "contact")
    assert parameters["tags"]["type"] == "list"
    assert update["scopes"] == ["contacts:write"]
    assert update["result"]["fields"]["tags"]["type"] == "list"
    scopes = {scope for one in catalogue["operations"] for scope in one["scopes"]}
    assert not {"webhooks:write", "directory:write"} & scopes


def test_findings_say_where_and_what(shared):
    wrong = {
        **TAG,
        "input": {"contact_id": {"ref": "trigger.ticket.id"}, "tags": {"text": "solved"}, "nme": {"text": ""}},
    }
    early = {"id": "early", "kind": "map", "fields": {"name": {"ref": "steps.contact.display_name"}}}
    post = {**POST, "post": {**POST["post"], "url": "https://elsewhere.example/", "body": {}}}
    drawn = flow(early, READ, wrong, {"id": "rest", "kind": "wait", "seconds": 0})
    assert found(shared.post("/check", {"flow": drawn})) == {"/steps/3/seconds": "Wait from 1 second to 30 days."}
    drawn["steps"][3] = post
    said = found(shared.post("/check", {"flow": drawn}))
    assert said == {
        "/steps/0/fields/name": "steps.contact.display_name comes later than this step.",
        "/steps/2/input/contact_id": "This takes the id of a contact; what is given is that of a ticket.",
        "/steps/2/input/tags": "This takes a value of type list; what is given is of type string.",
        "/steps/2/input/nme": "There is no field nme here.",
        "/steps/3/post/url": (
            "elsewhere.example is no host that flows may post to; an admin names them in the settings of the app."
        ),
    }


def test_what_a_step_hands_on_is_known_to_the_next(shared):
    checked = shared.post("/check", {"flow": flow(READ, TAG, POST)})
    assert checked["findings"] == []
    assert checked["shapes"]["contact"]["fields"]["id"] == {"type": "string", "of": "contact"}
    assert checked["shapes"]["trigger"]["fields"]["ticket"]["fields"]["subject"] == {"type": "string"}


@pytest.mark.parametrize(
    ("step", "field", "first", "why"),
    [
        (READ, "contact_id", {"ref": "trigger.ticket.requester.contact_id"}, "The same kind of record"),
        (TAG, "tags", {"append": [{"ref": "steps.contact.tags"}, {"text": ""}]}, "The same name"),
    ],
)
def test_suggestions_are_typed(shared, step, field, first, why):
    drawn = flow(READ, TAG, {"id": "new", "kind": "call"})
    said = shared.post("/suggest", {"flow": drawn, "step": step["id"], "field": field})["suggestions"]
    assert (said[0]["expr"], said[0]["why"]) == (first, why)


def test_versions_grow_and_two_editors_do_not_overwrite_each_other(shared):
    made = shared.post("/flows", {"flow": flow(READ)}, status=201)
    path = f"/flows/{made['id']}"
    saved = shared.call("PUT", path, {"flow": flow(READ, TAG), "version": 1})
    assert (saved["version"], [one["version"] for one in saved["versions"]]) == (2, [2, 1])
    refused = shared.call("PUT", path, {"flow": flow(TAG), "version": 1}, status=409)
    assert refused["error"]["message"].startswith("Somebody saved another version")
    assert len(shared.get(f"{path}?version=1")["flow"]["steps"]) == 1
    assert shared.get(path, who="employee", status=404)["error"]["message"].startswith("There is no such flow")
    assert made["id"] not in [one["id"] for one in shared.get("/flows", who="employee")["flows"]]
    assert made["id"] in [one["id"] for one in shared.get("/flows", who="app_manager")["flows"]]
    shared.call("DELETE", path, status=204)
    shared.get(path, status=404)


def test_a_file_leaves_without_secrets_and_comes_back_as_a_draft(shared):
    made = shared.post("/flows", {"flow": flow(READ, TAG, POST)}, status=201)
    assert made["flow"]["steps"][2]["post"]["headers"] == {"X-Token": "••••••"}
    file = shared.get(f"/flows/{made['id']}/export")
    assert file["steps"][2]["post"]["headers"] == {"X-Token": ""}
    again = shared.post("/import", {"file": file}, who="admin", status=201)
    assert (again["enabled"], again["findings"], again["owner"]["name"]) == (False, [], "Admin")
    assert {**again["flow"], "steps": again["flow"]["steps"][:2]} == flow(READ, TAG)
    kept = b"".join(path.read_bytes() for path in shared.data_dir.glob("*.sqlite3*"))
    assert b"sesame" not in kept
    refused = shared.post("/import", {"file": {"format": "other/1"}}, status=422)
    assert refused["error"] == {"message": "This is not a flow of the form portico.flow/1.", "pointer": "/flow/format"}


def test_a_secret_does_not_follow_the_address_to_another_host(shared):
    made = shared.post("/flows", {"flow": flow(READ, TAG, POST)}, status=201)
    masked, path = made["flow"], f"/flows/{made['id']}"
    masked["steps"][2]["post"]["url"] = "https://hooks.example.com/in/another-path"
    kept = shared.call("PUT", path, {"flow": masked, "version": 1}, who="app_manager")
    masked["steps"][2]["post"]["url"] = "https://evil.example/"
    refused = shared.call("PUT", path, {"flow": masked, "version": 2}, who="app_manager", status=422)
    assert refused["error"] == {
        "message": "This value belongs to another address. Give it again.",
        "pointer": "/flow/steps/2/post/headers/X-Token",
    }
    assert shared.get(path, who="app_manager")["version"] == kept["version"] == 2


def test_nobody_gets_in_without_the_portal(shared):
    answer = shared.web.test_client().get("/api/flows", headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.json) == (401, {"error": {"message": "请从门户打开此页面。"}})
