"""The settings of the workspace, on their page and at its door."""

from __future__ import annotations

import re
import smtplib
from io import BytesIO

from portico.domains.audit import service
from portico.domains.identity import queries
from portico.kernel import mail
from tests.support.faces import words
from tests.support.pictures import picture

GIVEN = {"name": "Acme & Sons", "timezone": "Asia/Shanghai", "locale": "en", "version": "1"}


def test_an_admin_changes_what_everybody_shares(faces, cast):
    assert faces("hr_admin").get("/admin/settings").status_code == 403
    browser = faces("admin")
    assert "PORTICO_EGRESS_ALLOW" in words(browser.get("/admin/settings"))
    assert browser.post("/admin/settings", GIVEN).status_code == 303
    with cast.reading():
        row = queries.workspace(cast.acme)
    assert (row.name, row.timezone, row.version) == ("Acme & Sons", "Asia/Shanghai", 2)
    assert browser.post("/admin/settings", {**GIVEN, "name": "Late"}).status_code == 412
    assert browser.post("/admin/settings/memory", {"reads_kept_days": "7", "version": "2"}).status_code == 422
    assert browser.post("/admin/settings/memory", {"reads_kept_days": "45", "version": "2"}).status_code == 303
    with cast.reading():
        assert queries.workspace(cast.acme).reads_kept_days == 45
    service.derive()
    assert "changed the settings of the workspace" in words(faces("admin").get("/admin/audit"))


def test_the_logo_stands_at_the_top_and_at_the_door(faces):
    browser, anonymous = faces("admin"), faces(None)
    file = {"files": (BytesIO(picture()), "logo.jpg")}
    assert browser.post("/admin/settings/logo", {"files": (BytesIO(b"text"), "a.txt")}).status_code in (200, 422)
    assert browser.post("/admin/settings/logo", file).status_code == 303
    found = re.search(r'src="(/account/logos/acme/att_\w+)"', browser.get("/").text)
    assert found is not None
    door = anonymous.get("/sign-in?next=/w/acme/tickets").text
    assert found[1] in door
    assert anonymous.get(found[1]).mimetype.startswith("image/")
    assert found[1] not in anonymous.get("/sign-in?next=/w/other/").text
    assert browser.post("/admin/settings/logo/remove").status_code == 303
    assert anonymous.get(found[1]).status_code == 404


def test_a_test_mail_shows_what_the_server_answered(faces, monkeypatch):
    browser = faces("admin")

    def refuse(message: object) -> None:
        raise smtplib.SMTPResponseException(554, b"No such sender here")

    monkeypatch.setattr(mail, "_sender", refuse)
    assert browser.post("/admin/settings/test-mail").status_code == 303
    assert "554 No such sender here" in words(browser.get("/admin/settings"))


def test_the_workspace_decides_zone_and_language_for_who_has_not(faces, cast):
    given = {**GIVEN, "timezone": "Pacific/Auckland", "locale": "zh_Hans_CN"}
    assert faces("admin").post("/admin/settings", given).status_code == 303
    page = faces("employee").get("/", headers={"Accept-Language": "tlh"}).text
    assert '<html lang="zh-Hans' in page
    assert "Pacific/Auckland" in page
    assert '<html lang="en' in faces("employee").get("/", headers={"Accept-Language": "en"}).text
