"""The audit log: what happened in words, what changed, from where, and whether it can be proven."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import create_engine, update

from portico.domains.audit import service
from portico.domains.audit.models import AuditEntry
from portico.domains.contacts import service as contacts
from portico.domains.directory import service as directory
from portico.kernel import origin
from tests.support import apps
from tests.support.faces import words

ENTRY = re.compile(r"/w/acme/admin/audit/aud_\w+")


@pytest.fixture
def department(cast):
    """Made, renamed, and recorded, from an address."""
    origin.begin(origin.Origin("192.0.2.7", "Firefox", "req_77", "personal_token"))
    with cast.writing():
        made = directory.create_department(cast.actor("hr_admin"), name="Ironworks")
        directory.update_department(cast.actor("hr_admin"), made["id"], {"name": "Steelworks"})
    origin.end()
    service.derive()
    return made


def test_the_log_says_what_changed_in_words(faces, department):
    page = words(faces("admin").get("/admin/audit"))
    assert "changed the department Steelworks" in page
    assert "Ironworks → Steelworks" in page
    assert "192.0.2.7" in page


def test_an_entry_shows_from_where_and_is_proven_by_the_checkpoint(faces, department):
    admin = faces("admin")
    link = ENTRY.search(admin.get(f"/admin/audit?object={department['id']}").text)[0]
    page = words(admin.get(link))
    assert "Not signed yet" in page
    service.anchor()
    page = words(admin.get(link))
    for text in (
        "Verified",
        "192.0.2.7",
        "Personal token",
        "req_77",
        "Firefox",
        "Ironworks",
        "Hash of the entry before",
    ):
        assert text in page


def test_an_entry_that_was_altered_does_not_verify(faces, department, settings):
    service.anchor()
    admin = faces("admin")
    link = ENTRY.search(admin.get(f"/admin/audit?object={department['id']}").text)[0]
    owner = create_engine(settings.database_url)
    with owner.begin() as work:
        work.execute(update(AuditEntry).where(AuditEntry.id == link.rsplit("/", 1)[1]).values(action="group.updated"))
    owner.dispose()
    assert "Does not verify" in words(admin.get(link))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("who=hr_admin", True),
        ("who=agent", False),
        ("who=nobody-of-this-name", False),
        ("kind=department", True),
        ("kind=contact", False),
        ("action=department.updated", True),
        ("action=department.archived", False),
        ("behalf=hr_admin", False),
        ("since=2001-01-01", True),
        ("until=2001-01-01", False),
        ("since=nonsense&kind=nonsense&app=nonsense", True),
    ],
)
def test_filters_narrow_the_log(faces, department, asked, found):
    answer = faces("admin").get(f"/admin/audit?{asked}")
    assert answer.status_code == 200
    assert ("Steelworks" in words(answer)) is found


def test_what_an_app_did_is_found_by_the_app_and_bears_its_name(faces, cast):
    apps.register(cast, apps.asking("contacts:read", "contacts:write"))
    installation = apps.install(cast)
    with cast.writing():
        actor = cast.actor("agent")
        contacts.create_contact(
            type(actor)(
                kind="app_for_employee",
                workspace_id=cast.acme,
                id=installation["id"],
                installation_id=installation["id"],
                employee_id=actor.employee_id,
                scopes=actor.scopes,
            ),
            {"display_name": "Grace"},
        )
    service.derive()
    admin = faces("admin")
    for asked in (f"app={installation['id']}", "behalf=agent", "who=agent"):
        page = words(admin.get(f"/admin/audit?{asked}"))
        assert "Helper in the name of" in page, asked
        assert "added the contact Grace" in page


def test_pages_follow_one_another(faces, cast):
    with cast.writing():
        for number in range(30):
            directory.create_department(cast.actor("hr_admin"), name=f"Place {number}")
    service.derive()
    admin = faces("admin")
    first = admin.get("/admin/audit?kind=department")
    following = re.search(r'href="([^"]*cursor=[^"]*)"', first.text)[1].replace("&amp;", "&")
    second = admin.get(following)
    assert not set(ENTRY.findall(first.text)) & set(ENTRY.findall(second.text))
    assert "Place 0" in words(second)


def test_an_empty_log_says_so_and_who_may_not_see_it_is_told(faces):
    assert "Nothing is recorded yet" in words(faces("admin").get("/admin/audit"))
    assert faces("hr_admin").get("/admin/audit").status_code == 403
    assert faces("employee").get("/admin/audit").status_code == 403


def test_another_workspace_sees_none_of_it(faces, department):
    link = ENTRY.search(faces("admin").get("/admin/audit").text)[0].removeprefix("/w/acme")
    stranger = faces("outsider")
    assert stranger.get(link).status_code == 404
    assert "Steelworks" not in stranger.get("/admin/audit").text
