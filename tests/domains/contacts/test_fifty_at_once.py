"""Fifty who bring one address at the same moment, over the API with real threads, on both databases."""

from __future__ import annotations

import pytest

from tests.domains.contacts.test_contacts_at_once import together
from tests.support.http import Api

pytestmark = pytest.mark.both_databases
THREADS = 50


def test_e_c_01_of_fifty_with_one_email_one_is_created_and_the_others_are_told(api: Api) -> None:
    body = {"identifiers": [{"kind": "email", "value": "zoe@example.com"}]}
    agent = api("agent")
    answers = together(*[lambda: agent.post("/contacts", json=body)] * THREADS)
    made = [answer.json for answer in answers if answer.status_code == 201]
    refused = [answer.json for answer in answers if answer.status_code == 409]
    assert (len(made), len(refused)) == (1, THREADS - 1), sorted(answer.status_code for answer in answers)
    assert {(one["code"], one["contact_id"]) for one in refused} == {("identifier_taken", made[0]["id"])}
    assert api("agent").get("/contacts?count=exact").json["page"]["total"] == 1
