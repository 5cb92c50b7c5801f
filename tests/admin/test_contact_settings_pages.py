"""How contacts are kept, on its page."""

from __future__ import annotations

from portico.domains.contacts.settings import settings
from tests.support.faces import words


def test_a_support_admin_decides_how_contacts_are_kept(faces, cast):
    assert faces("agent").get("/admin/contacts").status_code == 403
    browser = faces("support_admin")
    assert "Qualified" in words(browser.get("/admin/contacts"))
    given = {"stages": "Lead\nbuys | Buys now\n\n", "default_country": "CN", "link_by_domain": "y", "version": "0"}
    assert browser.post("/admin/contacts", {**given, "stages": ""}).status_code == 422
    assert browser.post("/admin/contacts", given).status_code == 303
    with cast.reading():
        now = settings(cast.actor("agent"))
    assert now["stages"] == [{"key": "lead", "label": "Lead"}, {"key": "buys", "label": "Buys now"}]
    assert (now["default_country"], now["link_by_domain"]) == ("CN", True)
    assert browser.post("/admin/contacts", given).status_code == 412
    again = {**given, "stages": "Lead\n潜在客户", "version": "1"}
    assert browser.post("/admin/contacts", again).status_code == 303
    assert browser.post("/admin/contacts", {**again, "stages": "潜在客户\nLead", "version": "2"}).status_code == 303
    with cast.reading():
        assert [one["key"] for one in settings(cast.actor("agent"))["stages"]] == ["stage_2", "lead"]
    given = {**given, "version": "3"}
    assert browser.post("/admin/contacts", given).status_code == 303
    assert "buys | Buys now" in browser.get("/admin/contacts").text
