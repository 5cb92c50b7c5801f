"""Every page, at least one address of it, and who may open it: what `test_every_screen.py` walks.

Paths hold what the seed left (`{tickets[0]}`), filled in by `Screen.path`. An endpoint that answers GET and is neither
here nor in NO_SCREENS fails `tests/architecture/test_screens.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from portico.kernel.actor import ROLES, roles_within

NOBODY = "nobody"
"""Who is not signed in."""
OUTSIDER = "outsider"
"""The owner of another workspace, in which there is nothing yet."""
# Those with more power first: their page holds most, and another's is looked at where it holds something else.
PEOPLE = (*reversed(ROLES), OUTSIDER, NOBODY)
FACES = ("door", "portal", "admin", "attendance", "apps", "console", "operator")


@dataclass(frozen=True)
class Screen:
    """An address, who may open it, and what it answers them."""

    face: str
    template: str
    who: frozenset[str]
    status: int = 200

    @property
    def in_workspace(self) -> bool:
        return self.face not in ("door", "operator")

    def path(self, left: dict[str, Any], name: str) -> str:
        """As this person opens it: the outsider in their own workspace."""
        workspace = f"/w/{'other' if name == OUTSIDER else 'acme'}" if self.in_workspace else ""
        return workspace + self.template.format_map(left)


def _least(*roles: str) -> frozenset[str]:
    """Whoever has one of these roles, or one that includes it."""
    return frozenset(role for role in ROLES if not roles_within(role).isdisjoint(roles))


def _screens(face: str, prefix: str, who: frozenset[str], *paths: str, status: int = 200) -> Iterator[Screen]:
    for path in paths:
        made = Screen(face, prefix + path, who, status)
        # Where it takes nothing from the seed, the outsider's is the empty one.
        is_list = made.in_workspace and status == 200 and not {"{", "?"}.intersection(made.template)
        yield replace(made, who=who | {OUTSIDER}) if is_list else made


EVERYBODY = _least("employee")
AGENTS, LEADS, HR = _least("agent"), _least("support_admin"), _least("hr_admin")
ANNOUNCERS, APP_MANAGERS, DEVELOPERS, ADMINS = map(_least, ("announcer", "app_manager", "developer", "admin"))
OPERATORS = frozenset({"hr_admin", "announcer"})
"""A mark on the user; the seeds give it to these."""
ANYBODY = frozenset(PEOPLE)


def _only(*names: str) -> frozenset[str]:
    """These people alone: it is about something of theirs."""
    return frozenset(names)


def _door() -> Iterator[Screen]:
    asked = "response_type=code&client_id={apps[desk]}&redirect_uri=http://127.0.0.1/back&state=x"
    proof = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    consent = f"/oauth/authorize?{asked}&{proof}"
    yield from _screens("door", "", _only(NOBODY), "/", "/sign-in", "/account/forgot", "/account/forgot?sent=1")
    yield from _screens("door", "", _only(NOBODY), "{links[setup]}", "{links[invitation]}", "{links[reset]}")
    yield from _screens("door", "", ANYBODY, "/oauth/logout")
    yield from _screens("door", "", ANYBODY, "/account/reset/ptl_nobodys", status=410)
    yield from _screens("door", "", ANYBODY, "/nothing", status=404)
    yield from _screens("door", "", ANYBODY, "/oauth/authorize", status=400)
    signed_in = ("apps", "settings", "security", "tokens", "two-factor", "two-factor/app", "device")
    yield from _screens("door", "/account/", EVERYBODY | _only(OUTSIDER), *signed_in)
    yield from _screens("door", "", EVERYBODY, consent)
    yield from _screens("door", "", EVERYBODY, consent + "&workspace=other", status=403)


def _portal() -> Iterator[Screen]:
    yield from _screens(
        *("portal", "", EVERYBODY),
        *("/", "/tickets", "/tickets?view=all", "/tickets?view=all&q=zzz", "/tickets/new", "/views/new?object=ticket"),
        *("/people", "/people?q=s", "/people/me", "/people/me/photo", "/people/{employees[support_admin]}"),
        *("/departments", "/departments/{departments[Support]}"),
        *("/announcements", "/announcements?view=pending", "/announcements?q=zzz", "/announcements/{news[out]}"),
        *("/approvals", "/approvals/mine", "/approvals/decided", "/approvals/delegations?q=s"),
        *("/absences", "/absences/new", "/absences/team", "/absences/team?month=2001-02", "/overtime"),
        *("/attendance", "/attendance/team", "/attendance/corrections", "/attendance/corrections/new"),
        *("/attendance/days", "/attendance/days?month=2026-01", "/attendance/days/{own_days[late]}"),
        *("/attendance/days/{own_days[forgotten]}", "/catalogue", "/catalogue?category=finance", "/catalogue/planner"),
        *("/catalogue/leave", "/installations/{helper[installation]}/scopes", "/apps/{planner[installation]}/home"),
        *("/actions?action={days[installation_id]}/remember", "/notifications", "/notifications/settings"),
        *("/search", "/search?q=lind", "/search?q=zzzz", "/me/seen", "/exports"),
    )
    yield from _screens("portal", "", EVERYBODY, "/announcements/{news[withdrawn]}", status=410)
    yield from _screens("portal", "", EVERYBODY, "/tickets/tkt_00000000000000000000000000", status=404)
    yield from _screens("portal", "", EVERYBODY - AGENTS, "/contacts", status=403)
    yield from _screens(
        *("portal", "", AGENTS),
        *("/tickets/{tickets[0]}", "/tickets/{tickets[5]}", "/tickets/{tickets[0]}/properties"),
        *("/ticket-macros", "/ticket-macros/new", "/ticket-macros/{macro}"),
        *("/contacts", "/contacts?trashed={contacts[1]}", "/contacts/new", "/contacts/{contacts[0]}"),
        *("/contacts/{contacts[5]}", "/contacts/{contacts[0]}/edit", "/contacts/{contacts[0]}/properties"),
        *("/contacts/{contacts[0]}/timeline", "/contacts/{contacts[0]}/companies/new"),
        *("/contacts/{contacts[0]}/consents/new", "/companies", "/companies?trashed={companies[1]}"),
        *("/companies/new", "/companies/{companies[0]}", "/companies/{companies[0]}/edit"),
        *("/companies/{companies[0]}/properties", "/actions/{days[installation_id]}/wipe?object={tickets[0]}"),
        "/actions/{days[installation_id]}/hand_over?object={tickets[0]}",
    )
    for_others = ("/tickets/new?contact_q=ma", "/tickets/new?contact={contacts[0]}")
    yield from _screens("portal", "", AGENTS, *for_others)
    yield from _screens("portal", "", LEADS, "/tickets/trash", "/contacts/trash", "/companies/trash")
    yield from _screens("portal", "", HR, "/people/{employees[support_admin]}/properties")
    yield from _screens("portal", "", AGENTS | _only("employee"), "/tickets/{own_ticket}")
    yield from _screens("portal", "", HR | _only("agent", "employee"), "/absences/{absences[1]}/shorten")
    yield from _screens("portal", "", _only("support_admin", "agent", "employee"), "/approvals/{approvals[0]}")
    yield from _screens("portal", "", _only("hr_admin", "agent", "employee"), "/approvals/{approvals[1]}")
    runs = ("/action-runs/{runs[fine]}", "/action-runs/{runs[wrong]}", "/action-runs/together/{runs[several]}")
    yield from _screens("portal", "", APP_MANAGERS | _only("agent"), *runs)
    yield from _screens("portal", "", _only("owner"), "/exports/{exports[ready]}", "/exports/{exports[waiting]}")
    yield from _screens("portal", "", _only("support_admin"), "/views/{view}")


def _admin() -> Iterator[Screen]:
    person, department, group = "/people/{employees[agent]}", "/departments/{departments[Support]}", "/groups/{group}"
    yield from _screens("admin", "/admin", ADMINS, "/", "/people/invite", "/roles/new?like=agent", "/settings")
    yield from _screens("admin", "/admin", ADMINS, "/settings/logo", "/settings/two-factor")
    yield from _screens("admin", "/admin", ADMINS, "/audit", "/audit?who=zzz", "/audit/{audit_entry}")
    yield from _screens(
        *("admin", "/admin", HR),
        *("/people", "/people?q=zzz", person, f"{person}/edit", f"{person}/private", f"{person}/depart"),
        *("/people/{departed}", "/people/{departed}/rehire", "/roles", "/roles/{role}"),
        *("/departments", "/departments/new", department, f"{department}/add", f"{department}/move"),
        *(f"{department}/archive", f"{department}/delete", "/departments/{departments[Operations]}/delete"),
        *("/groups", "/groups?q=zzz", "/groups/new", "/groups/new-rule", group, f"{group}/add"),
        *("/groups/{ruled_group}", "/groups/{ruled_group}/rule"),
    )
    yield from _screens(
        *("admin", "/admin", LEADS),
        *("/ticket-statuses", "/ticket-statuses/new", "/ticket-statuses/{status}", "/contacts"),
        *("/queues", "/queues/new", "/queues/{queue}", "/properties", "/properties?of=ticket"),
        *("/properties/contact/new", "/properties/contact/{property}"),
    )
    news, out = "/announcements", "/announcements/{news[out]}"
    yield from _screens("admin", "/admin", ANNOUNCERS, news, f"{news}?q=zzz", f"{news}/new")
    over = (f"{news}/{{news[withdrawn]}}", *(f"{news}/{{news[draft]}}{end}" for end in ("", "/edit", "/audience")))
    yield from _screens("admin", "/admin", ADMINS, *over)
    yield from _screens(
        "admin", "/admin", ADMINS, "/announcement-categories", "/announcement-categories/{news_category}"
    )
    yield from _screens("admin", "/admin", ADMINS, out, f"{out}/edit", f"{out}/audience")
    yield from _screens("admin", "/admin", _only("admin"), f"{out}/receipts", f"{out}/receipts?state=acknowledged")
    yield from _screens("admin", "/admin", APP_MANAGERS, "/health")


def _attendance() -> Iterator[Screen]:
    group, holidays = "/groups/{attendance_group}", "/holidays/{calendar}"
    yield from _screens(
        *("attendance", "/admin/attendance", HR),
        *("/days", "/days/{day}", "/shifts", "/shifts/new", "/shifts/{shift}", "/shifts/{shift}/times"),
        *("/groups", "/groups/new", group, f"{group}/rules", "/roster", "/roster?view=week"),
        *("/holidays", f"{holidays}?year=2026", f"{holidays}/import", f"{holidays}/{{holiday}}/delete"),
        *("/places", "/places/new", "/places/{place}", "/wifi/new", "/devices/new"),
        *("/absence-types", "/absence-types/{absence_type}", "/months", "/months/2026-10", "/reports"),
    )
    yield from _screens("attendance", "/admin", HR, "/punches")


def _apps() -> Iterator[Screen]:
    one, desk, board = (f"/apps/{{installations[{key}]}}" for key in ("first_responder", "desk", "board"))
    endpoint, asked = "/webhooks/{endpoint}", "/apps/{asked[installation]}"
    yield from _screens(
        *("apps", "/admin", APP_MANAGERS),
        *("/catalogue", "/catalogue?q=zzz", "/catalogue/first_responder", "/catalogue/planner"),
        *("/catalogue/leave/install", "/apps", "/apps?status=uninstalled", "/apps/{days[installation_id]}"),
        *(one, *(f"{one}/{end}" for end in ("people", "permissions", "settings", "range", "use", "grants"))),
        *(f"{one}/uninstall", f"{one}/why?employee_id={{employees[agent]}}", desk, f"{desk}/grants"),
        *(board, f"{board}/range", "/app-requests", "/app-requests/{helper[grow]}/grow", "/app-policy"),
        *(f"{one}/requests", f"{asked}/requests", f"{asked}/requests/{{asked[refused]}}"),
        *("/webhooks", "/webhooks/new", endpoint, f"{endpoint}/edit", f"{endpoint}/replay"),
        *("/webhooks/deliveries", "/webhooks/deliveries?state=expired", "/webhooks/deliveries/{deliveries[failed]}"),
    )


def _console() -> Iterator[Screen]:
    app, helper, days = "/apps/{apps[first_responder]}", "/apps/{helper[app]}", "/apps/{days[app_id]}/calls"
    asked = "/apps/{asked[app]}/requests"
    yield from _screens(
        *("console", "/console", DEVELOPERS),
        *("/", "/apps/new", "/apps/new?template=tickets", "/deliveries", "/deliveries?state=expired"),
        *("/events", "/events?q=ticket.created", "/events?q=zzz", "/publisher", "/requests", "/requests?q=req_nobody"),
    )
    parts = (
        "credentials",
        "keys",
        "versions",
        "versions/new",
        "listing",
        "installations",
        "deliveries",
        "signature",
        "ratings",
    )
    yield from _screens(
        *("console", "/console", _only("developer")),
        *(app, *(f"{app}/{part}" for part in parts), f"{app}/suspension", "/apps/{apps[leave]}/install"),
        *(f"{helper}/versions", f"{helper}/versions/{{helper[version]}}", f"{helper}/versions/{{reviewed}}"),
        *(days, f"{days}/{{runs[fine]}}", f"{days}/cards/today/{{employees[employee]}}"),
        *("/deliveries/{deliveries[delivered]}", "/endpoints/{app_endpoint}/replay"),
        *(asked, f"{asked}/{{asked[well]}}", f"{asked}/{{asked[refused]}}"),
    )


def _operator() -> Iterator[Screen]:
    yield from _screens(
        *("operator", "/operator", OPERATORS),
        *("", "/health", "/apps", "/apps?q=zzz", "/apps/{planner[app]}", "/publishers"),
        *("/publishers/{planner[publisher]}", "/ratings", "/record", "/review", "/review/{reviewed}"),
        *("/search", "/search?q=plan", "/search?q=zzz"),
    )


SCREENS: tuple[Screen, ...] = (
    *_door(),
    *_portal(),
    *_admin(),
    *_attendance(),
    *_apps(),
    *_console(),
    *_operator(),
)

NO_SCREENS = {
    "account.ask_for_scopes": "leads into the workspace",
    "account.logged_request": "leads into the workspace",
    "account.logo": "a picture",
    "account.second_step": "within a sign-in of two steps: test_two_factor.py",
    "account.again": "ten minutes after a sign-in: tests/account/test_two_factor_pages.py",
    "portal.attachments_one": "a file",
    "portal.attachments_picture": "a picture",
    "portal.attachments_small": "a picture",
    "portal.card_image": "a picture",
    "portal.photo": "a picture",
    "portal.people_card": "a file",
    "portal.exports_file": "a file",
    "portal.ticket_here": "a part of the ticket's page",
    "portal.notifications_bell": "a part of every page",
    "portal.search_palette": "a part of every page: test_search_pages.py",
    "operator.search_palette": "a part of every page: test_operator_and_ratings.py",
    "admin.attendance_calendar_file": "a file",
    "console.requests_find": "leads to the call",
}
"""Endpoints that answer GET with no page of their own, or with one that stands elsewhere."""
