"""Who has read, for those who may see it: names, or counts alone."""

from __future__ import annotations

from typing import Any

from portico.domains.announcements import queries
from portico.domains.announcements.errors import ReceiptsCountsOnly
from portico.domains.directory import queries as directory
from portico.kernel.actor import Actor
from portico.kernel.db import AnySelect
from portico.kernel.errors import Forbidden, NotFound
from portico.kernel.listing import ListQuery, Page

_FIGURES = ("audience", "read", "acknowledged")


def page_of_receipts(
    actor: Actor, announcement_id: str, query: ListQuery, *, state: str | None, department: str | None
) -> Page:
    """Raises NotFound, Forbidden, ReceiptsCountsOnly and Invalid."""
    found, only = _seen(actor, announcement_id)
    if found["receipts_visibility"] == "counts_only":
        raise ReceiptsCountsOnly()
    return queries.page_of_receipts(actor, found, query, state=state, department=department, only=only)


def _seen(actor: Actor, announcement_id: str) -> tuple[dict[str, Any], AnySelect | None]:
    """The announcement, and of which people the actor sees receipts; None: of all."""
    found = queries.one(actor, announcement_id)
    if found is not None:
        return found, None
    found, _ = queries.received(actor, announcement_id)
    led = _led(actor) if found["receipts_visibility"] == "author_and_managers" else []
    if not led:
        raise Forbidden("Who has read this is for who wrote it.")
    return found, queries.within_department(actor.workspace_id, *led)


def _led(actor: Actor) -> list[str]:
    if actor.employee_id is None:
        return []
    places = directory.places_of(actor, [actor.employee_id])[actor.employee_id]
    return [place["id"] for place in places if place["lead"]]


def stats(actor: Actor, announcement_id: str) -> dict[str, Any]:
    """Counted anew. Where counts alone are shown, no group is so small that its count names somebody. Raises
    NotFound."""
    found = queries.one(actor, announcement_id)
    if found is None:
        raise NotFound()
    guarded = found["receipts_visibility"] == "counts_only"
    groups = queries.counted_by_department(actor, found)
    exact = {name: sum(group[name] for group in groups) for name in (*_FIGURES, "late", "removed")}
    groups = [{name: group[name] for name in ("department_id", *_FIGURES)} for group in groups if group["audience"]]
    small = guarded and exact["audience"] < queries.SMALL
    return {
        "id": announcement_id,
        **({name: exact[name] for name in ("audience", "removed")} if small else exact),
        "departments": [] if small else (fold(groups) if guarded else groups),
        "folded": guarded,
    }


def fold(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups without the small ones. Those are one group together, with the next larger one where they are too few
    even so: from the whole, less what is shown, nobody's answer can be told."""
    by_size = sorted(groups, key=lambda group: group["audience"])
    hidden: list[dict[str, Any]] = []
    while by_size and (
        by_size[0]["audience"] < queries.SMALL or 0 < sum(one["audience"] for one in hidden) < queries.SMALL
    ):
        hidden.append(by_size.pop(0))
    kept = sorted(by_size, key=lambda group: str(group["department_id"]))
    if not hidden:
        return kept
    rest = {name: sum(one[name] for one in hidden) for name in _FIGURES}
    return [*kept, {"department_id": None, **rest, "others": True}]
