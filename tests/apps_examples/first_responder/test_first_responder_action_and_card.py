from pathlib import Path

import pytest
from first_responder import create_app, make_app

from portico_sdk.cards import check_answer, check_card
from portico_sdk.manifest import load_toml
from portico_sdk.testing import FakePortico, signed_webhook

APP = Path(__file__).parents[3] / "apps_examples" / "first_responder"
MANIFEST = load_toml(APP / "portico.toml")
ACTIONS = [action["key"] for action in MANIFEST["actions"]]


@pytest.fixture
def fake():
    """With the scopes of the manifest and no more."""
    return FakePortico(scopes=[scope["name"] for scope in MANIFEST["access"]["scopes"]])


@pytest.fixture
def app(fake):
    return make_app(fake.app_config(), fake.http_client)


@pytest.fixture
def case(fake):
    requester = {"contact_id": fake.add_contact(display_name="Zoë")["id"]}
    fake.add_ticket(subject="Login", status="open", requester=requester)
    fake.add_ticket(subject="Invoice", status="solved", requester=requester)
    return fake.add_ticket(subject="Everything is DOWN", requester=requester)


def test_the_summary_is_a_note_and_a_card(fake, app, case):
    answer = fake.run_action(app, "hand_over", case, input={"note": "Back on Monday"})
    assert answer["toast"] == "The summary is in the ticket, for your team."
    facts, others, note = answer["card"]["blocks"]
    assert facts["items"][1] == {"label": "Suggested priority", "value": "Urgent", "tone": "bad"}
    assert [item["title"] for item in others["items"]] == ["Login"]
    assert note["text"] == "Back on Monday"
    (written,) = fake.comments_of(case)
    assert written["visibility"] == "internal"
    assert written["body"].endswith("Back on Monday")
    assert check_answer(answer, actions=ACTIONS, surfaces=[]) == []


def test_asked_again_it_writes_one_note(fake, case):
    call = fake.interaction("hand_over", case)
    for _ in range(2):  # each time a fresh process, which remembers nothing
        web = create_app(fake.app_config(), fake.http_client).test_client()
        body, headers = signed_webhook({**call, "id": call["interaction_id"]}, fake.signing_secret)
        assert web.post(MANIFEST["actions"][0]["url"], data=body, headers=headers).status_code == 200
    assert len(fake.comments_of(case)) == 1


def test_a_ticket_that_it_cannot_see_is_said_and_in_chinese(fake, app):
    gone = {"id": "tkt_00000000000000000000000000"}
    answer = fake.run_action(app, "hand_over", gone, locale="zh-Hans-CN")
    assert answer == {"errors": {"_": "第一响应目前无法读取此工单。"}}


def test_the_card_shows_what_waits_for_whom(fake, app):
    for priority in ("normal", "urgent", "low"):
        fake.add_ticket(subject=priority.title(), priority=priority, assignee_id=fake.employee_id)
    fake.add_ticket(subject="Done", status="solved", assignee_id=fake.employee_id)
    fake.add_ticket(subject="Another's")
    found = fake.card(app, "waiting")
    drawing, list_ = found["blocks"]
    assert [point["value"] for point in drawing["points"]] == [1, 0, 1, 1]
    assert [item["title"] for item in list_["items"]] == ["Urgent", "Normal", "Low"]
    assert check_card(found, actions=[], surfaces=[]) == []
    assert fake.card(app, "waiting", locale="zh-CN")["blocks"][0]["title"] == "按优先级"


def test_nothing_waits(fake, app):
    assert fake.card(app, "waiting")["blocks"] == [{"type": "list", "items": [], "empty": "Nothing waits for you."}]
