# Made by `python -m tests.support.async_sdk` from portico_sdk/client.py: change that instead.
"""The client: `AsyncPortico(token, base_url).<resource>.<verb>(…)`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from portico_sdk._encoding import query
from portico_sdk.aio import resources
from portico_sdk.aio._tokens import InstallationToken, exchange
from portico_sdk.aio._transport import AsyncTransport, StaticToken
from portico_sdk.errors import PorticoError
from portico_sdk.models import Me, SearchAnswer, Visibility

__all__ = ["AsyncPortico"]


class AsyncPortico:
    """A workspace, as the holder of a token sees it. Safe to share between the tasks of one event loop.

    `token` and `base_url` fall back to `PORTICO_TOKEN` and `PORTICO_BASE_URL`. `timeout` is in seconds and
    counts for each try. `http_client` is your own httpx client (proxies, certificates); it stays yours to
    close.
    """

    def __init__(
        self,
        token: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        max_retries: int = 2,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        token = token or os.environ.get("PORTICO_TOKEN")
        self._owns_http = http_client is None
        self._transport = AsyncTransport(
            base_url=_base_url(base_url or os.environ.get("PORTICO_BASE_URL")),
            http=http_client or httpx.AsyncClient(),
            credentials=StaticToken(token) if token else None,
            timeout=timeout,
            max_retries=max_retries,
        )

    @classmethod
    def _over(cls, transport: AsyncTransport) -> AsyncPortico:
        """A client that borrows its connections."""
        client = cls.__new__(cls)
        client._owns_http = False
        client._transport = transport
        return client

    @property
    def base_url(self) -> str:
        return self._transport.base_url

    def with_options(
        self,
        *,
        token: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        cause: str | None = None,
    ) -> AsyncPortico:
        """A copy with other options over the same connections.

        `cause` is the id of the event because of which this client writes, so that the platform can stop
        apps that answer each other for ever.
        """
        changes: dict[str, Any] = {"timeout": timeout, "max_retries": max_retries, "cause": cause}
        if token is not None:
            changes["credentials"] = StaticToken(token)
        changes = {name: value for name, value in changes.items() if value is not None}
        return AsyncPortico._over(replace(self._transport, **changes))

    async def person(
        self, session_token: str, *, client_id: str, client_secret: str, scopes: Iterable[str] | None = None
    ) -> AsyncPortico:
        """A client in the name of a person: for the session token of a page or an action, which is spent by it."""
        token = await exchange(
            self._transport, session_token, client_id=client_id, client_secret=client_secret, scopes=scopes
        )
        return self.with_options(token=token)

    def installation(
        self,
        installation_id: str,
        *,
        client_id: str,
        client_secret: str,
        scopes: Iterable[str] | None = None,
    ) -> AsyncPortico:
        """The app itself in one workspace; tokens are minted when needed and kept, `scopes` narrows them."""
        credentials = InstallationToken(
            self._transport,
            installation_id,
            client_id=client_id,
            client_secret=client_secret,
            scopes=scopes,
        )
        return AsyncPortico._over(replace(self._transport, credentials=credentials))

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: object = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """For an operation that this SDK does not know yet: `path` below `/api/v1`; the decoded answer."""
        return (
            await self._transport.request(
                method.upper(),
                path,
                params=query(params or {}),
                json=json,
                if_match=if_match,
                idempotency_key=idempotency_key,
            )
        ).body

    async def me(self) -> Me:
        """Whom the token stands for, and what it may do."""
        return Me.parse((await self._transport.request("GET", "/me")).body)

    async def visibility(self) -> Visibility:
        """What can be seen about the person whose token it is, and who looked."""
        return Visibility.parse((await self._transport.request("GET", "/me/visibility")).body)

    async def search(self, q: str, *, types: Iterable[str] | None = None, limit: int | None = None) -> SearchAnswer:
        """What is called so, of all kinds or of some, at most `limit` of each (5, at most 20)."""
        kinds = None if types is None else ",".join(types)
        asked = {"q": q, "types": kinds, "limit": limit}
        given = {name: value for name, value in asked.items() if value is not None}
        return SearchAnswer.parse((await self._transport.request("GET", "/search", params=query(given))).body)

    @cached_property
    def departments(self) -> resources.Departments:
        return resources.Departments(self._transport)

    @cached_property
    def groups(self) -> resources.Groups:
        return resources.Groups(self._transport)

    @cached_property
    def employees(self) -> resources.Employees:
        return resources.Employees(self._transport)

    @cached_property
    def workspace(self) -> resources.WorkspaceSettings:
        return resources.WorkspaceSettings(self._transport)

    @cached_property
    def roles(self) -> resources.Roles:
        return resources.Roles(self._transport)

    @cached_property
    def members(self) -> resources.Members:
        return resources.Members(self._transport)

    @cached_property
    def invitations(self) -> resources.Invitations:
        return resources.Invitations(self._transport)

    @cached_property
    def audit(self) -> resources.Audit:
        return resources.Audit(self._transport)

    @cached_property
    def attachments(self) -> resources.Attachments:
        return resources.Attachments(self._transport)

    @cached_property
    def presence(self) -> resources.PresenceAPI:
        return resources.PresenceAPI(self._transport)

    @cached_property
    def notifications(self) -> resources.Notifications:
        return resources.Notifications(self._transport)

    @cached_property
    def actions(self) -> resources.Actions:
        return resources.Actions(self._transport)

    @cached_property
    def interactions(self) -> resources.Interactions:
        return resources.Interactions(self._transport)

    @cached_property
    def views(self) -> resources.Views:
        return resources.Views(self._transport)

    @cached_property
    def approvals(self) -> resources.Approvals:
        return resources.Approvals(self._transport)

    @cached_property
    def approval_delegations(self) -> resources.ApprovalDelegations:
        return resources.ApprovalDelegations(self._transport)

    @cached_property
    def exports(self) -> resources.Exports:
        return resources.Exports(self._transport)

    @cached_property
    def jobs(self) -> resources.Jobs:
        return resources.Jobs(self._transport)

    @cached_property
    def contacts(self) -> resources.Contacts:
        return resources.Contacts(self._transport)

    @cached_property
    def companies(self) -> resources.Companies:
        return resources.Companies(self._transport)

    @cached_property
    def tags(self) -> resources.Tags:
        return resources.Tags(self._transport)

    @cached_property
    def properties(self) -> resources.Properties:
        return resources.Properties(self._transport)

    @cached_property
    def tickets(self) -> resources.Tickets:
        return resources.Tickets(self._transport)

    @cached_property
    def macros(self) -> resources.Macros:
        return resources.Macros(self._transport)

    @cached_property
    def queues(self) -> resources.Queues:
        return resources.Queues(self._transport)

    @cached_property
    def ticket_statuses(self) -> resources.TicketStatuses:
        return resources.TicketStatuses(self._transport)

    @cached_property
    def attendance(self) -> resources.Attendance:
        return resources.Attendance(self._transport)

    @cached_property
    def holiday_calendars(self) -> resources.HolidayCalendars:
        return resources.HolidayCalendars(self._transport)

    @cached_property
    def absences(self) -> resources.Absences:
        return resources.Absences(self._transport)

    @cached_property
    def absence_types(self) -> resources.AbsenceTypes:
        return resources.AbsenceTypes(self._transport)

    @cached_property
    def attendance_corrections(self) -> resources.AttendanceCorrections:
        return resources.AttendanceCorrections(self._transport)

    @cached_property
    def calendar_feeds(self) -> resources.CalendarFeeds:
        return resources.CalendarFeeds(self._transport)

    @cached_property
    def overtime_requests(self) -> resources.OvertimeRequests:
        return resources.OvertimeRequests(self._transport)

    @cached_property
    def punches(self) -> resources.Punches:
        return resources.Punches(self._transport)

    @cached_property
    def announcements(self) -> resources.Announcements:
        return resources.Announcements(self._transport)

    @cached_property
    def announcement_categories(self) -> resources.AnnouncementCategories:
        return resources.AnnouncementCategories(self._transport)

    @cached_property
    def events(self) -> resources.Events:
        return resources.Events(self._transport)

    @cached_property
    def webhook_endpoints(self) -> resources.WebhookEndpoints:
        return resources.WebhookEndpoints(self._transport)

    @cached_property
    def deliveries(self) -> resources.Deliveries:
        return resources.Deliveries(self._transport)

    @cached_property
    def apps(self) -> resources.Apps:
        return resources.Apps(self._transport)

    @cached_property
    def catalogue(self) -> resources.Catalogue:
        return resources.Catalogue(self._transport)

    @cached_property
    def publishers(self) -> resources.Publishers:
        return resources.Publishers(self._transport)

    @cached_property
    def ratings(self) -> resources.Ratings:
        return resources.Ratings(self._transport)

    @cached_property
    def installation_requests(self) -> resources.InstallationRequests:
        return resources.InstallationRequests(self._transport)

    @cached_property
    def installation_policy(self) -> resources.Policy:
        return resources.Policy(self._transport)

    @cached_property
    def installations(self) -> resources.Installations:
        return resources.Installations(self._transport)

    async def close(self) -> None:
        """Close the connections, if this client opened them."""
        if self._owns_http:
            await self._transport.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _base_url(value: str | None) -> str:
    if not value:
        raise PorticoError("There is no address: give AsyncPortico(base_url=…) or set PORTICO_BASE_URL.")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise PorticoError(f"base_url={value!r} is not a web address such as https://work.example.")
    return value.rstrip("/")
