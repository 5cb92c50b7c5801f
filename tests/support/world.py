"""Objects for tests of the API, made through the API itself by whoever of the cast may make them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from io import BytesIO
from itertools import count
from typing import Any

from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from portico.domains.attendance.service import recomputing
from portico.domains.notifications.service import notify
from portico.kernel import api_log, clock, jobs
from portico.kernel.scopes import app_scopes
from tests.support import apps, attendance
from tests.support.http import Api, ApiClient
from tests.support.pictures import picture

WELL_KNOWN_URL = "http://localhost:9/hook"  # the discard port: nobody listens, and nothing is sent without a pump


NOUNS = {
    "request_id": "installation_request",
    "status_id": "ticket_status",
    "category_id": "announcement_category",
    "type_id": "absence_type",
    "overtime_id": "overtime",
}
"""What a path parameter names, where its own name does not say so."""
BESIDE = {
    "activity_id": "contacts/{contact_id}/activities",
    "association_id": "contacts/{contact_id}/associations",
    "comment_id": "announcements/{announcement_id}/comments",
    "identifier_id": "contacts/{contact_id}/identifiers",
    "link_id": "tickets/{ticket_id}/links",
    "shift_version_id": "attendance/shifts/{shift_id}/versions",
    "attendance_group_version_id": "attendance/groups/{attendance_group_id}/versions",
    "holiday_id": "holiday-calendars/{holiday_calendar_id}/holidays",
    "session_id": "apps/{app_id}/dev-sessions",
}
WITH_ITS_APP = {"version_id": "draft_version", "logged_id": "logged_request"}
OUTER = (
    *("contact_id", "ticket_id", "announcement_id"),
    *("shift_id", "attendance_group_id", "holiday_calendar_id"),
)
SHIFT_RULES: dict[str, Any] = {"segments": [{"start": "09:00", "end": "18:00"}]}
GROUP_RULES: dict[str, Any] = {"kind": "roster", "timezone": "Europe/Berlin", "members": {"include": []}}


class World:
    """`world.contact()` and so on answer the object's JSON; each call makes a new one."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.cast = api.cast
        self._numbers = count(1)
        # Months that are over and of nobody, days that are over.
        self._months, self._days = count(), count()

    def name(self, noun: str = "thing") -> str:
        """A name that no other object has."""
        return f"{noun}{next(self._numbers)}"

    def made(self, answer: TestResponse) -> dict[str, Any]:
        assert 200 <= answer.status_code < 300, (answer.request.path, answer.status_code, answer.json)
        found: dict[str, Any] = answer.json
        return found

    def post(self, by: str, path: str, json: Any = None) -> dict[str, Any]:
        return self.made(self.api(by).post(path, json={} if json is None else json))

    def department(self) -> dict[str, Any]:
        return self.post("hr_admin", "/departments", {"name": self.name("Department ")})

    def archived_department(self) -> dict[str, Any]:
        return self.post("hr_admin", f"/departments/{self.department()['id']}/archive")

    def group(self) -> dict[str, Any]:
        return self.post("hr_admin", "/groups", {"name": self.name("Group ")})

    def dynamic_group(self) -> dict[str, Any]:
        rule = {"field": "title", "op": "eq", "value": "Nurse"}
        return self.post("hr_admin", "/groups", {"name": self.name("Group "), "kind": "dynamic", "rule": rule})

    def employee(self) -> dict[str, Any]:
        return self.post("hr_admin", "/employees", {"display_name": self.name("Person ")})

    def suspended_employee(self) -> dict[str, Any]:
        return self.post("hr_admin", f"/employees/{self.employee()['id']}/suspend")

    def departed_employee(self) -> dict[str, Any]:
        return self.post("hr_admin", f"/employees/{self.employee()['id']}/depart")

    def notification(self) -> dict[str, Any]:
        """What the employee is told."""
        key = self.name("told")
        with self.cast.writing():
            people = [self.cast.employee_id("employee")]
            notify(self.cast.system(), "app.message", people, title="Hello", as_text=True, key=key)
        return dict(self.made(self.api("employee").get("/notifications?limit=1"))["data"][0])

    def invitation(self) -> dict[str, Any]:
        email = f"{self.name()}@acme.example"
        return self.post("admin", "/invitations", {"email": email, "display_name": "New"})

    def member(self) -> dict[str, Any]:
        """Somebody new: whoever takes a role from one of the cast takes it from all tests that follow."""
        name = self.name("member")
        self.cast.add_person(name, "employee")
        return self.made(self.api("admin").get(f"/members/{self.cast.actor(name).membership_id}"))

    def contact(self) -> dict[str, Any]:
        address = {"kind": "email", "value": f"{self.name()}@customer.example"}
        return self.post("agent", "/contacts", {"display_name": self.name("Contact "), "identifiers": [address]})

    def company(self) -> dict[str, Any]:
        values = {"name": self.name("Company "), "domains": [f"{self.name()}.example"]}
        return self.post("agent", "/companies", values)

    def association(self) -> dict[str, Any]:
        given = {"company_id": self.company()["id"]}
        return self.post("agent", f"/contacts/{self.contact()['id']}/associations", given)

    def activity(self) -> dict[str, Any]:
        return self.post("agent", f"/contacts/{self.contact()['id']}/activities", {"kind": "note", "body": "Hello"})

    def tag(self) -> dict[str, Any]:
        """One that nothing has any more."""
        name, contact = self.name("tag"), self.contact()
        for tags in ([name], []):
            self.made(self.api("agent").patch(f"/contacts/{contact['id']}", json={"tags": tags}))
        return dict(self.made(self.api("agent").get(f"/tags?filter[name]={name}"))["data"][0])

    def trashed_company(self) -> dict[str, Any]:
        company = self.company()
        assert self.api("support_admin").delete(f"/companies/{company['id']}").status_code == 204
        return company

    def contact_property(self) -> dict[str, Any]:
        return self.post("support_admin", "/properties/contact", {"key": self.name(), "label": "New", "type": "text"})

    def trashed_contact(self) -> dict[str, Any]:
        contact = self.contact()
        assert self.api("support_admin").delete(f"/contacts/{contact['id']}").status_code == 204
        return contact

    def ticket_values(self) -> dict[str, Any]:
        return {"subject": self.name("Ticket "), "requester": {"contact_id": self.contact()["id"]}}

    def ticket(self) -> dict[str, Any]:
        return self.post("agent", "/tickets", self.ticket_values())

    def trashed_ticket(self) -> dict[str, Any]:
        ticket = self.ticket()
        assert self.api("support_admin").delete(f"/tickets/{ticket['id']}").status_code == 204
        return ticket

    def macro(self) -> dict[str, Any]:
        return self.post("support_admin", "/macros", {"name": self.name("Macro "), "shared": True, "body": "Hello"})

    def queue(self) -> dict[str, Any]:
        return self.post("support_admin", "/queues", {"name": self.name("Queue ")})

    def ticket_status(self) -> dict[str, Any]:
        return self.post("support_admin", "/ticket-statuses", {"category": "open", "label": self.name("Status ")})

    def announcement(self, **fields: Any) -> dict[str, Any]:
        """A draft for everybody."""
        values = {"title": self.name("News "), "body": "Text", "comments_enabled": True, "requires_ack": True}
        audience = {"include": [{"kind": "all"}], "exclude": []}
        return self.post("announcer", "/announcements", {**values, "audience": audience, **fields})

    def publish(self, announcement_id: str) -> None:
        job = self.post("announcer", f"/announcements/{announcement_id}/publish")
        assert jobs.perform(self.cast.acme, job["id"])

    def published_announcement(self) -> dict[str, Any]:
        made = self.announcement()
        self.publish(made["id"])
        return made

    def scheduled_announcement(self) -> dict[str, Any]:
        at = {"publish_at": "2099-01-01T00:00:00Z"}
        return self.post("announcer", f"/announcements/{self.announcement()['id']}/schedule", at)

    def announcement_category(self) -> dict[str, Any]:
        return self.post("admin", "/announcement-categories", {"name": self.name("Category "), "requires_review": True})

    def reviewed_announcement(self) -> dict[str, Any]:
        """A draft that somebody has to say yes to."""
        return self.announcement(category_id=self.announcement_category()["id"])

    def submitted_announcement(self) -> dict[str, Any]:
        return self.post("announcer", f"/announcements/{self.reviewed_announcement()['id']}/submit")

    def manifest(self, *scopes: str) -> dict[str, Any]:
        return apps.asking(*(scopes or ("directory:read",)), key=self.name("app"))

    def jwk(self) -> dict[str, Any]:
        """A public key that no other app has."""
        key = ECKey.generate_key("P-256", private=True)
        return dict(key.as_dict(private=False))

    def app(self, *scopes: str) -> dict[str, Any]:
        return self.post("developer", "/apps", {"manifest": self.manifest(*scopes)})

    def version(self) -> dict[str, Any]:
        """The one that runs."""
        app = self.app()
        return self.made(self.api("developer").get(f"/apps/{app['id']}/versions/{app['version']['id']}"))

    def draft_version(self) -> dict[str, Any]:
        """A second one, that runs nowhere."""
        manifest = self.manifest()
        app = self.post("developer", "/apps", {"manifest": manifest})
        return self.post("developer", f"/apps/{app['id']}/versions", {"manifest": manifest, "release": False})

    def _moved(self, version: dict[str, Any], step: str, json: Any = None) -> dict[str, Any]:
        return self.post("developer", f"/apps/{version['app_id']}/versions/{version['id']}/{step}", json)

    def rolling_version(self) -> dict[str, Any]:
        return self._moved(self.draft_version(), "release", {"percent": 10})

    def paused_version(self) -> dict[str, Any]:
        return self._moved(self.rolling_version(), "pause")

    def installation(self, *scopes: str) -> dict[str, Any]:
        return self.install(self.app(*scopes))

    def install(self, app: dict[str, Any]) -> dict[str, Any]:
        return self.post("app_manager", "/installations", {"app_key": app["key"]})

    def action(self, **runtime: str) -> dict[str, Any]:
        """An action of an installed app, whose address this server refuses to call."""
        content = apps.manifest(self.name("app"), actions=[apps.ACTION], runtime={**apps.NOWHERE, **runtime})
        self.install(self.post("developer", "/apps", {"manifest": content}))
        return {"id": f"{content['app']['key']}/{apps.ACTION['key']}"}

    def failed_interaction(self, **runtime: str) -> dict[str, Any]:
        """A run by the employee that came to nothing."""
        action = self.action(**runtime)
        return self.post("employee", f"/actions/{action['id']}/runs", {"input": {"note": "Hello"}})

    def interaction(self) -> dict[str, Any]:
        """A run by the employee that waits for an app which lives by the stream."""
        return self.failed_interaction(delivery="stream")

    def installed_app(self) -> dict[str, Any]:
        """An app of the developer that is installed here."""
        app = self.app()
        self.install(app)
        return app

    def logged_request(self) -> dict[str, Any]:
        """A call of an installed app, which stands in the API log."""
        app = self.app("directory:read")
        token = self.mint(app, self.install(app))
        api_log.collect()
        answer = self.api.bearer(token).get("/departments")
        api_log.flush()
        api_log.collect(False)
        return {"app_id": app["id"], "id": answer.headers["X-Request-Id"]}

    def dev_session(self) -> dict[str, Any]:
        """An installed app that runs on its developer's machine."""
        path = f"/apps/{self.installed_app()['id']}/dev-sessions"
        return self.post("developer", path, {"local_url": "http://localhost:5000"})

    def suspended_installation(self) -> dict[str, Any]:
        return self.post("app_manager", f"/installations/{self.installation()['id']}/suspend")

    def installation_request(self) -> dict[str, Any]:
        return self.post("employee", "/installation-requests", {"app_key": self.app()["key"], "reason": "to help"})

    def uninstalled_installation(self) -> dict[str, Any]:
        return self.post("app_manager", f"/installations/{self.installation()['id']}/uninstall")

    def erased_installation(self) -> dict[str, Any]:
        installation = self.uninstalled_installation()
        self.post("app_manager", f"/installations/{installation['id']}/erase")
        return installation

    def mint(self, app: dict[str, Any], installation: dict[str, Any]) -> str:
        """An installation token, over the token endpoint."""
        answer = apps.post_form(
            self.api.app,
            "/oauth/token",
            apps.basic(app["client_id"], app["client_secret"]),
            grant_type="client_credentials",
            installation_id=installation["id"],
        )
        token: str = self.made(answer)["access_token"]
        return token

    def powerful_app(self, *without: str) -> ApiClient:
        """An installed app with every scope that an app can have, but for these."""
        return self.api.bearer(self.powerful_token(*without))

    def powerful_token(self, *without: str) -> str:
        app = self.app(*sorted(app_scopes().difference(without, ("openid", "profile", "email"))))
        return self.mint(app, self.install(app))

    def foreign_app(self) -> dict[str, Any]:
        """An app of the other workspace's publisher, installed here and used by the employee."""
        app = self.post("outsider", "/apps", {"manifest": self.manifest()})
        self.made(self.api("outsider").patch(f"/apps/{app['id']}", json={"visibility": "public"}))
        apps.use(self.cast, self.install(app)["id"], "employee")
        return app

    def rated_app(self) -> dict[str, Any]:
        app = self.foreign_app()
        self.made(self.api("employee").put(f"/catalogue/{app['key']}/ratings/mine", json={"stars": 4}))
        return app

    def rating(self) -> dict[str, Any]:
        """What the outsider says of an app that the developer published."""
        app = self.app()
        self.made(self.api("developer").patch(f"/apps/{app['id']}", json={"visibility": "unlisted"}))
        installation = self.post("outsider", "/installations", {"app_key": app["key"]})
        apps.use(self.cast, installation["id"], "outsider")
        return self.made(self.api("outsider").put(f"/catalogue/{app['key']}/ratings/mine", json={"stars": 2}))

    def publisher(self) -> dict[str, Any]:
        """The developer's, with a domain to prove; the outsider has one as well."""
        for name in ("developer", "outsider"):
            self.post(name, "/apps", {"manifest": self.manifest()})
            self.made(self.api(name).put("/publishers/me/domain", json={"domain": f"{name}.example"}))
        return self.made(self.api("developer").get("/publishers/me"))

    def attachment(self) -> dict[str, Any]:
        """An upload of the employee that is attached to nothing."""
        file = (BytesIO(self.name("text").encode()), "note.txt")
        return self.made(self.api("employee").post("/attachments", data={"file": file}))

    def role(self) -> dict[str, Any]:
        return self.post("admin", "/roles", {"name": self.name(), "scopes": ["contacts:read"]})

    def picture(self) -> dict[str, Any]:
        """An upload of the admin that can be shown."""
        return self.made(self.api("admin").post("/attachments", data={"file": (BytesIO(picture()), "logo.jpg")}))

    def approval(self) -> dict[str, Any]:
        """Asked by the employee; the HR admin or the owner decides."""
        return self.post("employee", "/approvals", self.approval_values())

    def approval_values(self) -> dict[str, Any]:
        approvers = [self.cast.employee_id("hr_admin"), self.cast.employee_id("owner")]
        return {
            "employee_id": self.cast.employee_id("employee"),
            "kind": "budget",
            "title": "A second screen",
            "subject": {"type": "app:budget", "id": self.name("case")},
            "steps": [{"approvers": approvers}],
            "details": [{"label": "Price", "value": "200 EUR"}],
        }

    def delegation(self) -> dict[str, Any]:
        days = {"from_on": "2030-01-01", "until_on": "2030-01-07"}
        made = self.made(self.api("owner").get("/approval-delegations?limit=200"))["data"]
        for old in made[10:]:  # nobody has more than twenty
            assert self.api("owner").delete(f"/approval-delegations/{old['id']}").status_code == 204
        given = {"delegate_id": self.cast.employee_id("hr_admin"), **days}
        return self.post("owner", "/approval-delegations", given)

    def punch(self) -> dict[str, Any]:
        """A clock-out of the employee that waits for a decision, each an hour or more ago and at another time."""
        attendance.once(self.cast, "employee")
        return self.post("employee", "/attendance/punches", self.offline_punch())

    def offline_punch(self) -> dict[str, Any]:
        ago = 3600 + 120 * (next(self._numbers) % 600)
        return {"kind": "out", "client_at": "2026-11-27T08:00:00Z", "offset_s": ago}

    def shift(self) -> dict[str, Any]:
        return self.post("hr_admin", "/attendance/shifts", {"name": self.name("Shift "), "rules": SHIFT_RULES})

    def shift_version(self) -> dict[str, Any]:
        """A second one, that nobody worked by."""
        values = {"effective_from": "2027-01-01", "rules": SHIFT_RULES}
        return self.post("hr_admin", f"/attendance/shifts/{self.shift()['id']}/versions", values)

    def attendance_group(self) -> dict[str, Any]:
        """One in which nobody is."""
        return self.post("hr_admin", "/attendance/groups", {"name": self.name("Group "), "rules": GROUP_RULES})

    def attendance_group_version(self) -> dict[str, Any]:
        values = {"effective_from": "2027-01-01", "rules": GROUP_RULES}
        return self.post("hr_admin", f"/attendance/groups/{self.attendance_group()['id']}/versions", values)

    def location(self) -> dict[str, Any]:
        return self.post("hr_admin", "/attendance/locations", {"name": self.name("Place "), "lat": 52.5, "lng": 13.4})

    def wifi(self) -> dict[str, Any]:
        number = f"{next(self._numbers):012x}"
        return self.post("hr_admin", "/attendance/wifi", {"ssid": "Office", "bssid": number})

    def device(self) -> dict[str, Any]:
        return self.post("hr_admin", "/attendance/devices", {"name": self.name("Device ")})

    def holiday_calendar(self) -> dict[str, Any]:
        return self.post("hr_admin", "/holiday-calendars", {"name": self.name("Calendar ")})

    def holiday(self) -> dict[str, Any]:
        values = {"on": "2026-12-25", "name": "Christmas"}
        return self.post("hr_admin", f"/holiday-calendars/{self.holiday_calendar()['id']}/holidays", values)

    def workday(self) -> dict[str, Any]:
        """A day of the employee that is over: nobody clocked, and no group says that anybody should."""
        employee_id, on = self.cast.employee_id("employee"), date(2025, 12, 31) - timedelta(days=next(self._days))
        with self.cast.writing():
            recomputing.mark_stale(self.cast.acme, employee_id, on)
            recomputing.recompute(self.cast.system(), [(employee_id, on)])
        query = f"/attendance/workdays?filter[employee_id]={employee_id}&filter[work_on]={on}"
        return dict(self.made(self.api("hr_admin").get(query))["data"][0])

    def month(self) -> str:
        """One of which nobody has said anything."""
        number = next(self._months)
        return f"{1900 + number // 12}-{number % 12 + 1:02}"

    def closed_month(self) -> str:
        month = self.month()
        self.post("hr_admin", f"/attendance/periods/{month}/close")
        return month

    def locked_month(self) -> str:
        month = self.closed_month()
        self.post("hr_admin", f"/attendance/periods/{month}/lock")
        return month

    def feed(self) -> dict[str, Any]:
        made = self.made(self.api("owner").get("/calendar-feeds?limit=200"))["data"]
        for old in made[5:]:  # nobody has more than ten
            assert self.api("owner").delete(f"/calendar-feeds/{old['id']}").status_code == 204
        return self.post("owner", "/calendar-feeds", {"name": self.name("Phone ")})

    def absence_values(self) -> dict[str, Any]:
        """Of the employee, on a date on which they have no other."""
        on = (date(2030, 1, 1) + timedelta(days=next(self._numbers))).isoformat()
        halves = {"from": {"on": on, "slot": "full"}, "to": {"on": on}}
        return {"employee_id": self.cast.employee_id("employee"), "type_key": "vacation", **halves}

    def absence(self) -> dict[str, Any]:
        return self.post("employee", "/absences", self.absence_values())

    def absence_type(self) -> dict[str, Any]:
        return self.post("hr_admin", "/absence-types", {"key": self.name("type"), "label": "Strike"})

    def overtime_values(self) -> dict[str, Any]:
        on = date(2030, 1, 1) + timedelta(days=next(self._numbers))
        return {"employee_id": self.cast.employee_id("employee"), "work_on": on.isoformat(), "minutes": 60}

    def overtime(self) -> dict[str, Any]:
        return self.post("employee", "/overtime-requests", self.overtime_values())

    def correction_values(self) -> dict[str, Any]:
        at = clock.now() - timedelta(days=1, minutes=next(self._numbers))
        return {"work_on": f"{at:%Y-%m-%d}", "kind": "in", "occurred_at": clock.rfc3339(at), "reason": "Forgotten"}

    def correction(self) -> dict[str, Any]:
        return self.post("employee", "/attendance/corrections", self.correction_values())

    def view(self, kind: str = "ticket") -> dict[str, Any]:
        """A shared view of everything."""
        return self.post("admin", "/views", {"object": kind, "name": self.name("View "), "shared": True})

    def job(self) -> dict[str, Any]:
        """An export that is done."""
        made = self.post("employee", "/exports", {"resource": "me"})
        assert jobs.perform(self.cast.acme, made["id"])
        return made

    def endpoint(self) -> dict[str, Any]:
        return self.post("app_manager", "/webhook-endpoints", {"url": WELL_KNOWN_URL, "types": ["app.*"]})

    def delivery(self) -> dict[str, Any]:
        return self.post("app_manager", f"/webhook-endpoints/{self.endpoint()['id']}/ping")

    def replay(self, endpoint_id: str) -> dict[str, Any]:
        since = {"since": "2026-01-01T00:00:00Z"}
        return self.post("app_manager", f"/webhook-endpoints/{endpoint_id}/replay", since)

    def _beside(self, found: dict[str, str], name: str) -> str:
        """Something of a contact or a ticket, by the name that its id has in paths."""
        given = {
            "association_id": {"company_id": self.company()["id"]},
            "comment_id": {"body": "Hello"},
            "activity_id": {"kind": "note", "body": "Hello"},
            "identifier_id": {"kind": "email", "value": f"{self.name()}@customer.example"},
            "link_id": {"kind": "blocks", "ticket_id": self.ticket()["id"]},
            "shift_version_id": {"effective_from": "2027-01-01", "rules": SHIFT_RULES},
            "attendance_group_version_id": {"effective_from": "2027-01-01", "rules": GROUP_RULES},
            "holiday_id": {"on": "2026-12-25", "name": "Christmas"},
            "session_id": {"local_url": "http://localhost:5000"},
        }
        by = "agent"
        if name == "comment_id":
            by = "announcer"
            self.publish(found["announcement_id"])
        if name in ("shift_version_id", "attendance_group_version_id", "holiday_id"):
            by = "hr_admin"
        if name == "session_id":
            by = "developer"
            self.install(self.made(self.api(by).get(f"/apps/{found['app_id']}")))
        made: str = self.post(by, "/" + BESIDE[name].format(**found), given[name])["id"]
        return made

    def path_ids(self, names: Iterable[str]) -> dict[str, str]:
        """Fresh objects for the path parameters of one operation, by their names."""
        found: dict[str, str] = {}
        # What something lies in first: what is beside it needs it.
        for name in sorted(names, key=lambda name: name not in OUTER):
            if name == "secret_id":
                found[name] = self.post("developer", f"/apps/{found['app_id']}/secrets")["id"]
            elif name == "key_id":
                found[name] = self.post("developer", f"/apps/{found['app_id']}/keys", {"jwk": self.jwk()})["id"]
            elif name in WITH_ITS_APP:
                made = getattr(self, WITH_ITS_APP[name])()
                found |= {"app_id": made["app_id"], name: made["id"]}
            elif name == "replay_id":
                found[name] = self.replay(found["endpoint_id"])["id"]
            elif name in BESIDE:
                found[name] = self._beside(found, name)
            elif name in ("month", "object_type"):
                found[name] = self.month() if name == "month" else "contact"
            elif name == "property_id":
                found[name] = self.contact_property()["id"]
            elif name.endswith("_id"):
                noun = NOUNS.get(name, name.removesuffix("_id"))
                found[name] = getattr(self, noun)()["id"]
        return found
