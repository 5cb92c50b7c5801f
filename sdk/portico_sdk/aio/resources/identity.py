# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/identity.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.models import Invitation, Member, Role, Workspace


class WorkspaceSettings(ResourceAPI):
    """How the workspace is called, and what it decided for everybody in it."""

    async def get(self) -> Workspace:
        return await self._get("/workspace", Workspace)

    async def update(self, *, if_match: str | None = None, **fields: Any) -> Workspace:
        """Change `name`, `locale`, `timezone`, `two_factor`, `unlisted_clients` or `reads_kept_days`."""
        return await self._patch("/workspace", Workspace, fields, if_match=if_match)

    async def set_logo(self, attachment_id: str) -> Workspace:
        """Show this picture, which you uploaded, at the top of pages and at the door of the workspace."""
        return await self._put("/workspace/logo", Workspace, {"attachment_id": attachment_id}, if_match=None)

    async def remove_logo(self) -> None:
        await self._delete("/workspace/logo")


class Members(ResourceAPI):
    """Who may sign in to this workspace, and in which role."""

    def list(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **filters: Any,
    ) -> AsyncResults[Member]:
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor}
        return self._list("/members", Member.parse, params, filters)

    async def get(self, member_id: str) -> Member:
        return await self._get(path("members", member_id), Member)

    async def update(self, member_id: str, *, if_match: str | None = None, **fields: Any) -> Member:
        """Give another `role`."""
        return await self._patch(path("members", member_id), Member, fields, if_match=if_match)

    async def reset_two_factor(self, member_id: str) -> Member:
        """For somebody who has lost phone and recovery codes: the password alone signs in, until they add another."""
        return await self._post(path("members", member_id, "reset-two-factor"), Member)


class Roles(ResourceAPI):
    """Roles that the workspace made for itself. A member has one by its id: `members.update(…, role=role.id)`."""

    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[Role]:
        return self._list("/roles", Role.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    async def get(self, role_id: str) -> Role:
        return await self._get(path("roles", role_id), Role)

    async def create(
        self, *, name: str, scopes: Iterable[str], description: str = "", idempotency_key: str | None = None
    ) -> Role:
        """Within what your own role includes."""
        body = {"name": name, "scopes": list(scopes), "description": description}
        return await self._post("/roles", Role, body, key=idempotency_key)

    async def update(self, role_id: str, *, if_match: str | None = None, **fields: Any) -> Role:
        """Change `name`, `description` or `scopes`, which replaces all of them."""
        return await self._patch(path("roles", role_id), Role, fields, if_match=if_match)

    async def delete(self, role_id: str, *, move_to: str | None = None) -> None:
        """Whoever has it has `move_to` then."""
        await self._delete(path("roles", role_id), move_to=move_to)


class Invitations(ResourceAPI):
    """One-time links by e-mail."""

    def list(self, *, limit: int | None = None, cursor: str | None = None, **filters: Any) -> AsyncResults[Invitation]:
        return self._list("/invitations", Invitation.parse, {"limit": limit, "cursor": cursor}, filters)

    async def get(self, invitation_id: str) -> Invitation:
        return await self._get(path("invitations", invitation_id), Invitation)

    async def create(
        self,
        *,
        email: str,
        display_name: str,
        role: str = "employee",
        department_ids: Iterable[str] = (),
        idempotency_key: str | None = None,
    ) -> Invitation:
        body = {
            "email": email,
            "display_name": display_name,
            "role": role,
            "department_ids": department_ids,
        }
        return await self._post("/invitations", Invitation, body, key=idempotency_key)

    async def resend(self, invitation_id: str, *, idempotency_key: str | None = None) -> Invitation:
        """A new link; the old one dies."""
        return await self._post(path("invitations", invitation_id, "resend"), Invitation, key=idempotency_key)

    async def delete(self, invitation_id: str) -> None:
        """Take the invitation back."""
        await self._delete(path("invitations", invitation_id))
