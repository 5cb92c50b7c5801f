"""What people see of Leave: pages, card, panel and calendar file; and what becomes of it when the app goes."""

import json
import re

import pytest

from portico_sdk.cards import check_card
from portico_sdk.manifest import load_toml
from portico_sdk.testing import signed_webhook


@pytest.fixture(scope="module")
def acme(opened):
    """With one approved absence of Zoë's on 3 December, one that waits, and the admin as the keeper of leave."""
    acme = opened(settings={"keepers": "Admin@acme.example", "more_types": "other = 3"})
    acme.ask("2026-12-03")
    acme.decide()
    acme.ask("2026-12-10")
    return acme


def test_the_form_sent_twice_is_one_request_and_what_is_wrong_is_said_beside_what_was_written(acme):
    page = acme.open(acme.ws.agent, "home")
    nonce = re.search(r'name="nonce" value="(\w+)"', page)[1]
    form = {"do": "ask", "nonce": nonce, "type": "vacation", "to": "", "part": "afternoon", "note": ""}
    refused = acme.open(acme.ws.agent, "home", **{**form, "from": "2026-11-29"})
    assert "There is no working day among them." in refused
    assert 'value="2026-11-29"' in refused
    for _ in range(2):
        page = acme.open(acme.ws.agent, "home", **{**form, "from": "2026-11-27"})
    assert "Your request is with whoever decides." in page
    assert page.count("Waits for a decision") == 1
    assert "0.5 days" in page


def test_the_card_shows_what_is_left_and_what_comes(acme):
    call = {"type": "card", "card": "balance", "installation_id": acme.installed.installation_id}
    who = {"actor": {"kind": "employee", "id": acme.zoe.employee_id}, "locale": "zh-CN", "timezone": "Europe/Berlin"}
    body, headers = signed_webhook({"id": "card_1", **call, **who}, acme.installed.signing_secret, now=acme.ws.clock())
    card = acme.web.test_client().post("/cards/balance", data=body, headers=headers).json
    manifest = load_toml(acme.folder / "portico.toml")
    assert check_card(card, actions=[], surfaces=[one["key"] for one in manifest["surfaces"]]) == []
    assert [one["value"] for one in card["blocks"][0]["items"]] == ["24 天", "3 天"]
    assert card["blocks"][2]["items"][0] == {"title": "2026年12月3日", "detail": "年假"}


def test_balances_are_for_the_person_their_manager_and_the_keeper(acme):
    about = ("employee", acme.zoe.employee_id)
    for who in (acme.zoe, acme.ws.agent, acme.ws.admin):
        assert "24 days" in acme.open(who, "history", about=about)
    page = acme.open(acme.ws.developer, "history", about=about)
    assert "Leave is shown to the person" in page
    assert "24 days" not in page
    assert "Vacation" not in page
    assert "Dec 2026" not in page


def test_the_keeper_corrects_with_a_reason_and_nobody_else_does(acme):
    form = {"type": "other", "amount": "-1.5", "reason": "Counted twice", "nonce": "n1"}
    about = ("employee", acme.zoe.employee_id)
    assert "Correct the balance" not in acme.open(acme.ws.agent, "history", about=about, **form)
    assert acme.ledger(type_key="other") == [("grant", 6)]
    assert "Say why." in acme.open(acme.ws.admin, "history", about=about, **{**form, "reason": " "})
    for _ in range(2):
        page = acme.open(acme.ws.admin, "history", about=about, **form)
    assert "The correction is in the ledger." in page
    assert "Counted twice" in page
    assert acme.ledger(type_key="other") == [("grant", 6), ("adjust", -3)]


def test_the_team_in_ones_own_calendar(acme):
    def address():
        page = acme.open(acme.ws.agent, "team", do="feed")
        return re.search(r"/calendar/[\w-]+\.ics", page)[0]

    old, new = address(), address()
    browser = acme.web.test_client()
    assert browser.get(old).status_code == 404
    file = browser.get(new)
    assert file.content_type == "text/calendar; charset=utf-8"
    lines = file.text.split("\r\n")
    assert lines.count("BEGIN:VEVENT") == 1
    assert {"DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261204", "SUMMARY:Employee: Away"} <= set(lines)
    assert all(len(line.encode()) <= 75 for line in lines)

    acme.ws.admin.client.installations.suspend(acme.installed.installation_id)
    assert browser.get(new).status_code == 404
    acme.ws.admin.client.installations.resume(acme.installed.installation_id)
    assert browser.get(new).status_code == 200


def test_what_was_agreed_before_the_app_came_counts_and_erasing_leaves_nothing(opened):
    acme = opened(
        before=lambda ws: ws.hr_admin.client.absences.create(
            employee_id=ws.employee.employee_id,
            type_key="vacation",
            start="2026-11-24",
            to="2026-11-25",
            status="approved",
        )
    )
    assert ("use", -4) in acme.ledger()
    admin = acme.ws.admin.client
    admin.installations.uninstall(acme.installed.installation_id)
    acme.ws.run()
    assert ("use", -4) in acme.ledger()
    admin.installations.erase(acme.installed.installation_id)
    acme.ws.run()
    assert acme.ledger() == []
    (told,) = acme.ws.deliveries("privacy.erase_requested")
    assert json.loads(told.answer)["erased"] is True
