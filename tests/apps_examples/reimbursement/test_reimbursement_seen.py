"""What people see of Expenses, and what they do not: receipts, warnings, finance, card and action."""

import csv
import io
import re

import pytest
from reimbursement import editing
from reimbursement.desk import Refused

from portico_sdk.cards import check_card
from portico_sdk.manifest import load_toml
from portico_sdk.testing import signed_webhook
from tests.support.expenses import APP
from tests.support.pictures import picture


def files_of(page):
    return re.findall(r'href="(/files/[^"]+)"', page)


def test_a_receipt_is_cleaned_shown_to_who_sees_the_claim_and_runs_nothing(acme):
    claim = acme.begin()
    acme.line(claim)
    for _ in range(2):
        page = acme.receipt(claim, picture(), "photo of lunch.jpg")
    (address,) = files_of(page)
    browser = acme.web.test_client()
    shown = browser.get(address)
    assert shown.content_type == "image/jpeg"
    assert b"SecretCam" not in shown.data
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert (shown.headers["X-Content-Type-Options"], shown.headers["Cache-Control"]) == ("nosniff", "private, no-store")
    assert browser.get(address + "x").status_code == 404
    for content, name in ((b"<!doctype html><script>1</script>", "x.html"), (b"<html>", "x.png")):
        assert re.search("Give a JPEG|is not what its name says", acme.receipt(claim, content, name))
    with pytest.raises(Refused, match="receipt_large"):
        editing.add_receipt(acme.desk, acme.zoe.employee_id, claim, "large.pdf", b"%PDF" + bytes(10 * 1024 * 1024))

    for who in (acme.manager, acme.finance, acme.ws.developer):
        assert "shown to the person" in acme.send(who, query=f"?claim={claim}")  # a draft is nobody else's
    acme.send(acme.zoe, do="submit", claim=claim)
    for who, sees in ((acme.manager, 1), (acme.finance, 1), (acme.ws.developer, 0), (acme.ws.announcer, 0)):
        assert len(files_of(acme.send(who, query=f"?claim={claim}"))) == sees
    acme.ws.clock.advance(minutes=10)
    assert browser.get(address).status_code == 404


def test_an_invoice_used_before_warns_the_person_and_shows_the_other_claim_to_who_decides(acme):
    first = acme.sent("80", "Secret project", who=acme.ws.announcer, supplier="Müller GmbH", invoice_no="INV-001")
    claim = acme.begin("Lunch")
    page = acme.line(claim, "80", supplier="muller", invoice_no="inv 001")
    acme.receipt(claim)
    assert "Somebody else has used invoice inv 001 of muller before." in page
    refused = acme.send(acme.zoe, do="submit", claim=claim)
    assert "Look at the warning" in refused
    acme.send(acme.zoe, do="submit", claim=claim, known="1")
    for page in (refused, acme.send(acme.zoe, query=f"?claim={claim}")):
        assert "Secret project" not in page
        assert first not in page
    request = acme.zoe.client.approvals.get(acme.claim(claim).approval_id)
    assert [one.value for one in request.details if one.label == "Invoice used before"] == ["muller inv 001"]
    seen = acme.send(acme.manager, query=f"?claim={claim}")
    assert "stands also in “Secret project” by Announcer: 20 Nov 2026, EUR 80.00, Waits for approval." in seen
    assert f"claim={first}" in acme.send(acme.finance, query=f"?claim={claim}")
    assert acme.send(acme.finance, "finance", "?status=all").count("Used before") == 2
    mine = acme.begin("Again")
    assert "You have used invoice inv001 of Muller before: in “Lunch”." in acme.line(
        mine, "80", supplier="Muller", invoice_no="inv001"
    )


def test_the_same_file_in_two_claims_is_noticed_as_an_invoice_is(acme):
    first = acme.begin("Taxi")
    acme.line(first, "20")
    acme.receipt(first, picture(), "taxi.jpg")
    acme.send(acme.zoe, do="submit", claim=first)
    claim = acme.begin("Cab", acme.ws.announcer)
    acme.line(claim, "21", acme.ws.announcer)
    page = acme.receipt(claim, picture(), "cab.jpg", acme.ws.announcer)
    assert "Somebody else has used the file cab.jpg before." in page
    assert "Look at the warning" in acme.send(acme.ws.announcer, do="submit", claim=claim)
    acme.send(acme.ws.announcer, do="submit", claim=claim, known="1")
    seen = acme.send(acme.manager, query=f"?claim={claim}")
    assert "The file cab.jpg stands also in “Taxi” by Employee: Waits for approval." in seen
    assert "You have used the file" not in acme.receipt(acme.begin("Own"), picture("PNG"), "x.png")


def test_finance_looks_at_a_period_and_takes_each_claim_once_into_a_file(acme):
    acme.approved("120.50", '=cmd|"x"')
    acme.ws.clock.advance(days=2)
    later = acme.approved("30", "Später", who=acme.ws.announcer)
    page = acme.send(acme.finance, "finance")
    assert "EUR 150.50" in page
    only = acme.send(acme.finance, "finance", f"?status=all&first={acme.desk.today()}&person=announ")
    assert ("Später" in only, "cmd" in only) == (True, False)
    about = ("employee", acme.zoe.employee_id)
    for who, sees in ((acme.zoe, True), (acme.finance, True), (acme.ws.developer, False)):
        assert ("EUR 120.50" in acme.send(who, "person", about=about)) is sees
    assert "This page is for finance" in acme.send(acme.zoe, "finance", do="export", status="all", nonce="n0")

    for _ in range(2):
        page = acme.send(acme.finance, "finance", do="export", fresh="1", status="approved", nonce="n1")
    assert len(files_of(page)) == 1
    file = acme.web.test_client().get(files_of(page)[0])
    assert file.headers["Content-Disposition"].startswith("attachment; filename=expenses-2026")
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline="")))
    assert [(one["What for"], one["Currency"], one["Amount"]) for one in rows] == [
        ("Später", "EUR", "30.00"),
        ('\'=cmd|"x"', "EUR", "120.50"),
    ]
    assert rows[0]["Address"] == acme.ws.announcer.email
    assert "nothing to export" in acme.send(
        acme.finance, "finance", do="export", fresh="1", status="approved", nonce="n2"
    )
    assert "Say the reference" in acme.send(acme.finance, "finance", do="pay", chosen=later, reference=" ")
    acme.send(acme.finance, do="send_back", claim=later, note="Which project?")
    assert acme.status(later) == "returned"


def test_an_expense_from_the_palette_is_a_draft_and_the_card_shows_it(acme):
    def run(**said):
        asked = {"title": "Taxi", "amount": "12.5", "spent_on": "2026-11-20", **said}
        return acme.zoe.client.actions.run(acme.installed.key, "claim", input=asked).answer

    assert run(amount="many")["errors"] == {"amount": "Write EUR such as 1234.50, and more than 0."}
    assert run(spent_on="2027-01-01")["errors"] == {"spent_on": "This day has not come yet."}
    assert run()["open"] == "surface:home"
    assert "EUR 12.50" in acme.send(acme.zoe)

    call = {"type": "card", "card": "mine", "installation_id": acme.installed.installation_id, "locale": "zh-CN"}
    who = {"actor": {"kind": "employee", "id": acme.zoe.employee_id}, "timezone": "Europe/Berlin"}
    body, headers = signed_webhook({"id": "card_1", **call, **who}, acme.installed.signing_secret, now=acme.ws.clock())
    card = acme.web.test_client().post("/cards/mine", data=body, headers=headers).json
    manifest = load_toml(APP / "portico.toml")
    assert check_card(card, actions=["claim"], surfaces=[one["key"] for one in manifest["surfaces"]]) == []
    assert card["blocks"][1]["items"][0]["title"] == "Taxi"
    assert card["blocks"][1]["items"][0]["badge"] == "草稿"
