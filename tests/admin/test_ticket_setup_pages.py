"""Pages for a company's own statuses and its queues."""

from __future__ import annotations

from portico.domains.tickets import queue_queries, status_queries
from portico.kernel.listing import ListQuery
from tests.portal.records import own_ticket
from tests.support.faces import words


def test_a_status_is_made_used_and_replaced(faces, cast):
    admin = faces("support_admin")
    assert "On hold" in words(admin.get("/admin/ticket-statuses"))
    admin.post("/admin/ticket-statuses/new", {"label": "In the lab", "category": "open", "sort_order": "25"})
    with cast.reading():
        rows = {row.label: row for row in status_queries.all_statuses(cast.actor("agent"))}
    lab, ticket = rows["In the lab"], own_ticket(cast)
    given = {"status": lab.id, "priority": "normal"}
    assert faces("agent").post(f"/tickets/{ticket['id']}/change", given).status_code == 302
    assert "In the lab" in words(faces("agent").get(f"/tickets/{ticket['id']}"))
    path = f"/admin/ticket-statuses/{lab.id}"
    assert "1 ticket has it and gets another" in words(admin.get(path))
    page = admin.follow(admin.post(f"{path}/delete"))
    assert "Tickets have this status" in words(page) or "1 tickets have this status" in words(page)
    admin.post(f"{path}/delete", {"replace_with": rows["Open"].id})
    assert admin.get(path).status_code == 404
    assert faces("agent").get("/admin/ticket-statuses").status_code == 403


def test_a_queue_has_its_people_and_moves_its_tickets(faces, cast):
    admin, agent_id = faces("support_admin"), cast.employee_id("agent")
    assert "No queues yet" in words(admin.get("/admin/queues"))
    about = {"name": "Invoices", "assignment": "round_robin", "member": agent_id, f"most-{agent_id}": "5"}
    admin.post("/admin/queues/new", about)
    with cast.reading():
        (queue,) = queue_queries.page_of_queues(cast.actor("agent"), ListQuery()).rows
    assert queue["members"] == [{"employee_id": agent_id, "capacity": 5}]
    page = admin.get(f"/admin/queues/{queue['id']}")
    assert 'value="5"' in page.text
    taken = admin.post("/admin/queues/new", {**about, "name": "invoices"})
    assert taken.status_code == 409
    assert "There is a queue of this name already" in words(taken)
    admin.post(f"/admin/queues/{queue['id']}/delete")
    assert "No queues yet" in words(admin.get("/admin/queues"))
