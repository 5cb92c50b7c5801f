"""Saved views on the pages of lists: saved from what is on screen, tabs with counts, shared, changed, gone."""

from __future__ import annotations

import html
import re
from typing import Any

from werkzeug.test import TestResponse

from portico.domains.contacts import service as contacts
from portico.domains.properties import service as properties
from portico.domains.properties.schemas import PropertyCreate
from portico.domains.tickets import service as tickets
from portico.domains.views import queries
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import load
from tests.support.cast import Cast
from tests.support.faces import Faces, words


def link(page: TestResponse, label: str) -> str:
    """Where the link with these words leads, below the workspace."""
    anchors = re.findall(r'<a[^>]*href="/w/acme([^"]+)"[^>]*>(.*?)</a>', page.text, re.DOTALL)
    found = [address for address, inner in anchors if re.sub(r"<[^>]+>", "", inner).strip().startswith(label)]
    assert found, label
    return html.unescape(found[0])


def views(cast: Cast, who: str) -> list[dict[str, Any]]:
    with cast.reading():
        return list(queries.page_of_views(cast.actor(who), ListQuery()).rows)


def test_a_list_of_tickets_is_saved_as_it_is_on_screen(faces: Faces, cast: Cast) -> None:
    with cast.writing():
        asked = {"requester": {"employee_id": cast.employee_id("employee")}, "channel": "portal"}
        for subject, priority in (("The door", "high"), ("The chair", "low")):
            tickets.create_ticket(cast.actor("employee"), {**asked, "subject": subject, "priority": priority})
    agent = faces("agent")
    page = agent.get("/tickets?view=unassigned&priority=high&sort=number")
    form = agent.get(link(page, "Save as a view"))
    assert (
        "Status is one of New, Open, Pending, On hold Snoozed until is not set Assignee is not set Priority is High"
        in words(form)
    )
    assert "For everybody" not in words(form)
    saving = link(page, "Save as a view")
    hidden = dict(re.findall(r'name="(filter|sort)" type="hidden" value="([^"]*)"', form.text))
    values = {name: html.unescape(value) for name, value in hidden.items()}
    refused = agent.post(saving, {**values, "name": " "})
    assert (refused.status_code, views(cast, "agent")) == (422, [])
    page = agent.follow(agent.post(saving, {**values, "name": "Urgent ones", "columns": ["tags", "subject"]}))
    (view,) = views(cast, "agent")
    assert view["filter"]["assignee_id"] == {"exists": False}
    assert (view["sort"], view["shared"]) == ("number", False)
    assert "Urgent ones 1" in words(page)
    assert re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([A-Z]\w+)', page.text) == ["Subject", "Tags"]
    assert ("The door" in words(page), "The chair" in words(page)) == (True, False)
    # Changed into what is on screen now; what a person may not share stays theirs.
    change = link(agent.get(f"/tickets?saved={view['id']}&status=open"), "Change the view")
    form = agent.get(change)
    assert "Status is Open" in words(form)
    filter_now = html.unescape(re.findall(r'name="filter" type="hidden" value="([^"]*)"', form.text)[0])
    given = {"name": "Open ones", "filter": filter_now, "sort": "", "version": "1"}
    assert agent.post(change, {**given, "version": "7"}).status_code == 412
    agent.follow(agent.post(change, {**given, "shared": "y"}))
    (view,) = views(cast, "agent")
    assert (view["name"], view["columns"], view["shared"]) == ("Open ones", [], False)
    assert [faces(who).get(f"/views/{view['id']}").status_code for who in ("support_admin", "outsider")] == [404, 404]
    agent.follow(agent.post(f"/views/{view['id']}/delete"))
    assert views(cast, "agent") == []


def test_a_shared_view_of_contacts_with_a_property_and_when_that_is_gone(faces: Faces, cast: Cast) -> None:
    admin = cast.actor("support_admin")
    with cast.writing():
        tier = {"key": "tier", "label": "Tier", "type": "select", "options": ["gold", "silver"]}
        made = properties.create_property(admin, "contact", load(PropertyCreate(), tier))
        for name, value in (("Ada", "gold"), ("Bob", "silver")):
            contacts.create_contact(admin, {"display_name": name, "properties": {"tier": value}})
    support = faces("support_admin")
    saving = link(support.get("/contacts?properties.tier=gold"), "Save as a view")
    form = support.get(saving)
    assert "Tier is gold" in words(form)
    given = {"name": "Gold", "shared": "y", "columns": ["display_name", "properties.tier"]}
    hidden = {"filter": '{"properties.tier":{"eq":"gold"}}', "sort": "display_name"}
    support.follow(support.post(saving, {**given, **hidden}))
    page = faces("agent").get("/contacts")
    assert "All Gold 1" in words(page)
    page = faces("agent").get(link(page, "Gold"))
    assert "For everybody" in words(page)
    assert "Change the view" not in words(page)
    assert ("Ada" in words(page), "Bob" in words(page), "Tier" in words(page)) == (True, False, True)
    with cast.writing():
        properties.archive_property(admin, "contact", made["id"])
    page = faces("agent").get(f"/contacts?saved={views(cast, 'agent')[0]['id']}")
    assert "This view names something that is gone" in words(page)
    assert ("Ada" in words(page), "Bob" in words(page)) == (False, False)
    assert "Take a new filter" in words(support.get(f"/views/{views(cast, 'agent')[0]['id']}"))
