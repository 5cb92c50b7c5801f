"""One valid call for every operation of the OpenAPI document: what the matrix of callers makes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portico.web.api import OPERATIONS
from tests.api.calls_of_absences import ABSENCES
from tests.api.calls_of_announcements import ANNOUNCEMENTS
from tests.api.calls_of_approvals import APPROVALS
from tests.api.calls_of_attendance import PUNCHES
from tests.api.calls_of_attendance_rules import ATTENDANCE
from tests.api.calls_of_contacts import BESIDE_A_CONTACT, OF_A_RECORD
from tests.api.calls_of_directory import DIRECTORY, member_of
from tests.api.calls_of_interactions import INTERACTIONS as ACTIONS
from tests.api.calls_of_interactions import OF_INTERACTIONS
from tests.api.calls_of_notifications import OWN, presence_of_two, told
from tests.api.calls_of_power import GROUPS, INSTALLATIONS
from tests.api.calls_of_publishers import PUBLISHERS
from tests.api.calls_of_tickets import TICKET_SETUP
from tests.support.world import WELL_KNOWN_URL, World

BY_ID = {operation.operation_id: operation for operation in OPERATIONS}
WITHOUT_SCOPE = {
    "get_me",
    "list_events",
    "list_event_types",
    "get_own_installation",
    "create_export",
    "list_jobs",
    "get_job",
    "download_job_file",
    "get_visibility",
    "answer_interaction",
}
"""Any token may: the answer itself is narrowed to what the token may see."""

IDS = re.compile(r"\b[a-z]{3}_[0-7][0-9a-v]{25}\b")
SUCCESS = 0


@dataclass(frozen=True)
class Call:
    """A valid request. `by` may make it, with `besides` more than the declared scope.

    `stranger` is what the owner of another workspace is answered; `barred` is a person who holds the scope and is
    refused by policy, with the code; `status` is another success than the declared one. `app` is what an app
    is answered that is nobody's, where it does not do what people do.
    """

    path: str
    by: str
    json: Any = None
    besides: tuple[str, ...] = ()
    stranger: int | None = None
    barred: tuple[str, str] | None = None
    status: int | None = None
    app: tuple[int, str] | None = None

    def expected_of_stranger(self) -> int:
        """An id of another workspace is not found; inside a body it is wrong; without ids they stay at home."""
        if self.stranger is not None:
            return self.stranger
        if IDS.search(self.path):
            return 404
        return 422 if IDS.search(repr(self.json)) else SUCCESS


Make = Callable[[World], Call]


def at(path: str, noun: str, by: str, json: Any = None, **more: Any) -> Make:
    """A call on a fresh object: `{}` in the path is its id."""
    return lambda world: Call(path.format(getattr(world, noun)()["id"]), by, json, **more)


def to(path: str, by: str, json: Any = None, **more: Any) -> Make:
    """A call that needs nothing to be there."""
    return lambda world: Call(path, by, json, **more)


def of_version(step: str, noun: str, json: Any = None) -> Make:
    """A step of a fresh version in the state that it needs."""

    def make(world: World) -> Call:
        version = getattr(world, noun)()
        return Call(f"/apps/{version['app_id']}/versions/{version['id']}{step}", "developer", json)

    return make


def made_by(make: Callable[[World], tuple[str, str, Any, dict[str, Any]]]) -> Make:
    """A call whose parts a file of its own makes."""

    def call(world: World) -> Call:
        path, by, json, more = make(world)
        return Call(path, by, json, **more)

    return call


def _app_secret(world: World) -> Call:
    app = world.app()
    secret = world.post("developer", f"/apps/{app['id']}/secrets")
    return Call(f"/apps/{app['id']}/secrets/{secret['id']}", "developer")


def replay_of(world: World, then: str = "", json: Any = None) -> Call:
    endpoint_id = world.endpoint()["id"]
    return Call(
        f"/webhook-endpoints/{endpoint_id}/replays/{world.replay(endpoint_id)['id']}{then}", "app_manager", json
    )


def _app_key(world: World) -> Call:
    app = world.app()
    key = world.post("developer", f"/apps/{app['id']}/keys", {"jwk": world.jwk()})
    return Call(f"/apps/{app['id']}/keys/{key['id']}", "developer")


def _same_manifest(path: str) -> Make:
    def make(world: World) -> Call:
        manifest = world.manifest()
        app = world.post("developer", "/apps", {"manifest": manifest})
        return Call(path.format(app["id"]), "developer", {"manifest": manifest})

    return make


def _by_email(world: World) -> str:
    address: str = world.contact()["identifiers"][0]["value"]
    return f"/contacts/by-id/email/{address}"


def _contact_batch(world: World) -> Call:
    items = [{"display_name": "One"}, {"id": world.contact()["id"], "display_name": "Two"}]
    return Call("/contacts/batch", "agent", {"items": items}, stranger=200)


def _ticket_batch(world: World) -> Call:
    items = [world.ticket_values(), {"id": world.ticket()["id"], "subject": "Two"}]
    return Call("/tickets/batch", "agent", {"items": items}, stranger=200)


def _upsert(world: World) -> Call:
    address = {"kind": "email", "value": f"{world.name()}@customer.example"}
    return Call("/contacts/upsert", "agent", {"identifiers": [address]}, status=201)


VIEWED = {"ticket": "tickets", "contact": "contacts", "company": "companies", "employee": "employees"}
CALLS: dict[str, Make] = {
    "get_me": to("/me", "employee"),
    "get_workspace": to("/workspace", "employee"),
    "update_workspace": to("/workspace", "admin", {"locale": "en"}),
    "set_workspace_logo": lambda world: Call("/workspace/logo", "admin", {"attachment_id": world.picture()["id"]}),
    "remove_workspace_logo": to("/workspace/logo", "admin"),
    "list_roles": to("/roles", "hr_admin"),
    "get_role": at("/roles/{}", "role", "hr_admin"),
    "create_role": lambda world: Call("/roles", "admin", {"name": world.name(), "scopes": ["contacts:read"]}),
    "update_role": at("/roles/{}", "role", "admin", {"scopes": ["audit:read"]}),
    "delete_role": at("/roles/{}", "role", "admin"),
    "list_members": to("/members", "hr_admin"),
    "get_member": at("/members/{}", "member", "hr_admin"),
    "update_member": at("/members/{}", "member", "admin", {"role": "announcer"}),
    "reset_two_factor": at("/members/{}/reset-two-factor", "member", "admin"),
    "list_departments": to("/departments", "employee"),
    "create_department": lambda world: Call("/departments", "hr_admin", {"name": world.name()}),
    "get_department_tree": to("/departments/tree", "employee"),
    "get_department": at("/departments/{}", "department", "employee"),
    "update_department": lambda world: Call(
        f"/departments/{world.department()['id']}", "hr_admin", {"name": world.name()}
    ),
    **{name: at(path, noun, by, json) for name, (path, noun, by, json) in DIRECTORY.items()},
    "put_department_member": lambda world: Call(member_of(world, {}), "hr_admin", {"lead": True}),
    "remove_department_member": lambda world: Call(member_of(world, {"lead": True}), "hr_admin"),
    "list_audit_entries": to("/audit", "admin"),
    "list_audit_checkpoints": to("/audit/checkpoints", "admin"),
    "create_export": to("/exports", "employee", {"resource": "me"}),
    "list_jobs": to("/jobs", "employee"),
    "get_job": at("/jobs/{}", "job", "employee"),
    "download_job_file": at("/jobs/{}/file", "job", "employee"),
    "get_visibility": to("/me/visibility", "employee"),
    "list_employees": to("/employees", "employee"),
    "create_employee": to("/employees", "hr_admin", {"display_name": "New"}),
    "lookup_employees": lambda world: Call(
        "/employees/lookup", "employee", {"ids": [world.employee()["id"]]}, stranger=200
    ),
    "get_employee": at("/employees/{}", "employee", "employee"),
    "update_employee": at(
        "/employees/{}",
        "employee",
        "hr_admin",
        {"title": "Head"},
        besides=("directory:write",),
        barred=("agent", "forbidden"),
    ),
    "list_invitations": to("/invitations", "hr_admin"),
    "create_invitation": lambda world: Call(
        "/invitations", "admin", {"email": f"{world.name()}@acme.example", "display_name": "New"}
    ),
    "get_invitation": at("/invitations/{}", "invitation", "hr_admin"),
    "resend_invitation": at("/invitations/{}/resend", "invitation", "admin", {}),
    "withdraw_invitation": at("/invitations/{}", "invitation", "admin"),
    "list_contacts": to("/contacts", "agent"),
    "create_contact": to("/contacts", "agent", {"display_name": "New"}),
    "batch_contacts": _contact_batch,
    "upsert_contact": _upsert,
    "get_contact_by_identifier": lambda world: Call(_by_email(world), "agent", stranger=404),
    "put_contact_by_identifier": lambda world: Call(_by_email(world), "agent", {"display_name": "New"}, stranger=201),
    "get_contact": at("/contacts/{}", "contact", "agent"),
    "update_contact": at("/contacts/{}", "contact", "agent", {"display_name": "Other"}),
    "trash_contact": at("/contacts/{}", "contact", "support_admin", barred=("agent", "forbidden")),
    "restore_contact": at(
        "/contacts/{}/restore", "trashed_contact", "support_admin", {}, barred=("agent", "forbidden")
    ),
    **{name: made_by(make) for name, make in BESIDE_A_CONTACT.items()},
    "list_tags": to("/tags", "agent"),
    "get_contact_settings": to("/contact-settings", "agent"),
    "update_contact_settings": to("/contact-settings", "support_admin", {"link_by_domain": False}),
    "list_companies": to("/companies", "agent"),
    "create_company": to("/companies", "agent", {"name": "New"}),
    "batch_companies": to("/companies/batch", "agent", {"items": [{"name": "One"}]}),
    **{name: at(path, noun, by, json, **more) for name, (path, noun, by, json, more) in OF_A_RECORD.items()},
    "list_properties": to("/properties/contact", "agent"),
    "create_property": lambda world: Call(
        "/properties/contact", "support_admin", {"key": world.name(), "label": "New", "type": "text"}
    ),
    "get_property": at("/properties/contact/{}", "contact_property", "agent"),
    "update_property": at("/properties/contact/{}", "contact_property", "support_admin", {"label": "Other"}),
    "archive_property": at("/properties/contact/{}", "contact_property", "support_admin"),
    "restore_property": at("/properties/contact/{}/restore", "contact_property", "support_admin", {}),
    "create_attachment": to("/attachments", "employee"),
    "get_attachment": at("/attachments/{}", "attachment", "employee", barred=("agent", "not_found")),
    "download_attachment": at("/attachments/{}/content", "attachment", "employee", barred=("agent", "not_found")),
    "delete_attachment": at("/attachments/{}", "attachment", "employee", barred=("agent", "not_found")),
    "search": to("/search?q=nobody", "agent"),
    "list_views": to("/views", "employee"),
    "create_view": to(
        "/views",
        "hr_admin",
        {"object": "employee", "name": "Us", "shared": True},
        besides=("directory:read", "views:share"),
    ),
    "get_view": at("/views/{}", "view", "employee", besides=("tickets:read",)),
    "update_view": at(
        "/views/{}",
        "view",
        "support_admin",
        {"name": "Other"},
        besides=("tickets:read", "views:share"),
        barred=("agent", "forbidden"),
    ),
    "delete_view": at(
        "/views/{}", "view", "support_admin", besides=("tickets:read", "views:share"), barred=("agent", "forbidden")
    ),
    "count_view": at("/views/{}/count", "view", "agent", besides=("tickets:read",)),
    **{
        f"list_view_{many}": lambda world, one=one, many=many: Call(f"/views/{world.view(one)['id']}/{many}", "agent")
        for one, many in VIEWED.items()
    },
    "list_tickets": to("/tickets", "employee"),
    "create_ticket": lambda world: Call("/tickets", "agent", world.ticket_values()),
    "batch_tickets": _ticket_batch,
    "get_ticket": at("/tickets/{}", "ticket", "agent", barred=("employee", "not_found")),
    "update_ticket": at("/tickets/{}", "ticket", "agent", {"priority": "high"}, barred=("employee", "not_found")),
    "trash_ticket": at("/tickets/{}", "ticket", "support_admin", barred=("agent", "forbidden")),
    "restore_ticket": at("/tickets/{}/restore", "trashed_ticket", "support_admin", {}, barred=("agent", "forbidden")),
    "assign_ticket": lambda world: Call(
        f"/tickets/{world.ticket()['id']}/assign",
        "agent",
        {"assignee_id": world.cast.employee_id("agent")},
        barred=("employee", "not_found"),
    ),
    "take_ticket": at("/tickets/{}/take", "ticket", "agent", {}, barred=("employee", "not_found")),
    "list_ticket_comments": at("/tickets/{}/comments", "ticket", "agent", barred=("employee", "not_found")),
    "create_ticket_comment": at(
        "/tickets/{}/comments", "ticket", "agent", {"body": "Hello"}, barred=("employee", "not_found")
    ),
    "list_apps": to("/apps", "developer"),
    "create_app": lambda world: Call("/apps", "developer", {"manifest": world.manifest()}),
    "get_app": at("/apps/{}", "app", "developer"),
    "update_app": at("/apps/{}", "app", "developer", {"visibility": "unlisted"}),
    "list_app_versions": at("/apps/{}/versions", "app", "developer"),
    "create_app_version": _same_manifest("/apps/{}/versions"),
    "get_app_version": of_version("", "version"),
    "check_app_version": of_version("/check", "draft_version"),
    "submit_app_version": of_version("/submit", "draft_version"),
    "release_app_version": of_version("/release", "draft_version", {"percent": 50}),
    "pause_app_version": of_version("/pause", "rolling_version"),
    "resume_app_version": of_version("/resume", "paused_version"),
    "roll_back_app_version": of_version("/roll-back", "rolling_version"),
    "withdraw_app_version": of_version("/withdraw", "version"),
    "create_app_key": lambda world: Call(
        f"/apps/{world.app()['id']}/keys", "developer", {"jwk": world.jwk()}, stranger=404
    ),
    "delete_app_key": _app_key,
    "create_app_secret": at("/apps/{}/secrets", "app", "developer"),
    "delete_app_secret": _app_secret,
    "plan_app_version": _same_manifest("/apps/{}/plan"),
    "list_catalogue": to("/catalogue", "app_manager"),
    "get_listing": lambda world: Call(f"/catalogue/{world.app()['key']}", "app_manager", stranger=404),
    "list_installations": to("/installations", "app_manager"),
    "create_installation": lambda world: Call(
        "/installations", "app_manager", {"app_key": world.app()["key"]}, stranger=422
    ),
    "get_own_installation": to("/installations/me", "app"),
    "get_installation": at("/installations/{}", "installation", "app_manager"),
    "update_installation": at("/installations/{}", "installation", "app_manager", {"granted_scopes": []}),
    "list_groups": to("/groups", "employee"),
    "create_group": lambda world: Call("/groups", "hr_admin", {"name": world.name()}),
    **{name: to(path, "employee", json) for name, (path, json) in OWN.items()},
    "list_presences": lambda world: Call(presence_of_two(world), "employee", stranger=SUCCESS),
    "get_presence": at("/presence/{}", "employee", "employee"),
    "send_notification": lambda world: Call("/notifications", "announcer", told(world)),
    "retract_notification": to("/notifications/retract", "announcer", {"key": "parcel"}),
    "get_notification": at("/notifications/{}", "notification", "employee"),
    "read_notification": at("/notifications/{}/read", "notification", "employee", {}),
    "preview_group": to("/groups/preview", "employee", {"rule": {"field": "title", "op": "exists", "value": True}}),
    "set_group_rule": at(
        "/groups/{}/rule", "dynamic_group", "hr_admin", {"rule": {"field": "title", "op": "exists", "value": True}}
    ),
    "list_employee_fields": to("/employees/fields", "employee"),
    **{name: at(path, "group", by, json) for name, (path, by, json) in GROUPS.items()},
    **{name: made_by(make) for name, make in PUBLISHERS.items()},
    "list_actions": to("/actions", "employee"),
    "list_interactions": to("/interactions", "employee"),
    **{name: made_by(make) for name, make in ACTIONS.items()},
    **{name: at(path, noun, by) for name, (path, noun, by) in OF_INTERACTIONS.items()},
    **{name: made_by(make) for name, make in TICKET_SETUP.items()},
    **{name: made_by(make) for name, make in APPROVALS.items()},
    **{name: made_by(make) for name, make in ABSENCES.items()},
    **{name: made_by(make) for name, make in PUNCHES.items()},
    **{name: made_by(make) for name, make in ANNOUNCEMENTS.items()},
    **{name: made_by(make) for name, make in ATTENDANCE.items()},
    **{name: at(path, "installation", by) for name, (path, by) in INSTALLATIONS.items()},
    "suspend_installation": at("/installations/{}/suspend", "installation", "app_manager"),
    "resume_installation": at("/installations/{}/resume", "suspended_installation", "app_manager"),
    "preview_uninstalling": at("/installations/{}/uninstall-preview", "installation", "app_manager"),
    "erase_installation": at("/installations/{}/erase", "uninstalled_installation", "app_manager"),
    "get_erasure": at("/installations/{}/erasure", "erased_installation", "app_manager"),
    "suspend_app": at("/apps/{}/suspend", "app", "developer"),
    "resume_app": at("/apps/{}/resume", "app", "developer"),
    "create_installation_request": lambda world: Call(
        "/installation-requests", "employee", {"app_key": world.app()["key"], "reason": "to help"}, stranger=422
    ),
    "list_installation_requests": to("/installation-requests", "employee"),
    "get_installation_request": at("/installation-requests/{}", "installation_request", "employee"),
    "approve_installation_request": at("/installation-requests/{}/approve", "installation_request", "app_manager"),
    "decline_installation_request": at(
        "/installation-requests/{}/decline", "installation_request", "app_manager", {"reason": "no"}
    ),
    "get_installation_policy": to("/installation-policy", "app_manager"),
    "put_installation_policy": to("/installation-policy", "app_manager", {}),
    "explain_access": lambda world: Call(
        f"/installations/{world.installation()['id']}/access?employee_id={world.cast.employee_id('employee')}",
        "app_manager",
    ),
    "explain_access_to_app": lambda world: Call(
        f"/catalogue/{world.app()['key']}/access?employee_id={world.cast.employee_id('employee')}", "app_manager"
    ),
    "uninstall_installation": at("/installations/{}/uninstall", "installation", "app_manager"),
    "list_events": to("/events", "employee"),
    "list_event_types": to("/event-types", "employee"),
    "list_webhook_endpoints": to("/webhook-endpoints", "app_manager"),
    "create_webhook_endpoint": to(
        "/webhook-endpoints",
        "app_manager",
        {"url": WELL_KNOWN_URL, "types": ["*"]},
        barred=("developer", "forbidden"),
    ),
    "get_webhook_endpoint": at("/webhook-endpoints/{}", "endpoint", "app_manager"),
    "update_webhook_endpoint": at("/webhook-endpoints/{}", "endpoint", "app_manager", {"types": ["*"]}),
    "delete_webhook_endpoint": at("/webhook-endpoints/{}", "endpoint", "app_manager"),
    "rotate_webhook_secret": at("/webhook-endpoints/{}/secrets/rotate", "endpoint", "app_manager"),
    "get_webhook_keys": at("/webhook-endpoints/{}/keys", "endpoint", "app_manager"),
    "rotate_webhook_key": at("/webhook-endpoints/{}/keys/rotate", "endpoint", "app_manager"),
    "ping_webhook_endpoint": at("/webhook-endpoints/{}/ping", "endpoint", "app_manager"),
    "send_webhook_sample": at(
        "/webhook-endpoints/{}/sample", "endpoint", "app_manager", {"type": "app.installed"}, status=202
    ),
    "enable_webhook_endpoint": at("/webhook-endpoints/{}/enable", "endpoint", "app_manager"),
    "replay_webhook_endpoint": at(
        "/webhook-endpoints/{}/replay", "endpoint", "app_manager", {"since": "2026-01-01T00:00:00Z"}, status=202
    ),
    "list_webhook_replays": at("/webhook-endpoints/{}/replays", "endpoint", "app_manager"),
    "get_webhook_replay": replay_of,
    "cancel_webhook_replay": lambda world: replay_of(world, "/cancel", {}),
    "list_deliveries": to("/deliveries", "app_manager"),
    "get_delivery": at("/deliveries/{}", "delivery", "app_manager"),
    "list_delivery_attempts": at("/deliveries/{}/attempts", "delivery", "app_manager"),
    "redeliver_delivery": at("/deliveries/{}/redeliver", "delivery", "app_manager"),
}
