"""Changes of what is published: each makes a revision, and what is material asks anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, insert, update

from portico.domains.announcements import queries
from portico.domains.announcements.models import AnnouncementRecipient, AnnouncementRevision, AnnouncementTally
from portico.domains.announcements.service import holding
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import InvalidTransition, invalid
from portico.kernel.unit_of_work import session

_revisions = cast(Table, AnnouncementRevision.__table__)
_recipients = cast(Table, AnnouncementRecipient.__table__)
_tallies = cast(Table, AnnouncementTally.__table__)
_SETTLED = ("audience_mode", "importance", "confidentiality", "receipts_visibility")
"""What people were told under, and what they may rely on."""


def require_still_open(before: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Raises InvalidTransition."""
    for name in _SETTLED:
        if name in changes:
            raise InvalidTransition(f"{name} is settled once an announcement is published.")


def first_revision(actor: Actor, announcement: dict[str, Any]) -> None:
    """The text as it is published."""
    variants = queries.variants_of(actor, announcement["id"])
    _add(actor, {**announcement, "variants": variants}, announcement["revision"], material=True, note=None)


def revise(actor: Actor, before: dict[str, Any], values: Mapping[str, Any], text: Sequence[str]) -> dict[str, Any]:
    """The columns that a change of a published announcement sets besides. Raises Invalid."""
    asked = values.get("requires_ack", before["requires_ack"])
    material = bool(values.get("material"))
    due = values.get("ack_due_at", before["ack_due_at"])
    if asked and not before["requires_ack"] and not material:
        raise invalid("/requires_ack", "invalid", "Who has read it did not know; ask with material, which tells them.")
    if material and asked and due is not None and due <= clock.now():
        raise invalid("/ack_due_at", "invalid", "The deadline has passed: give a new one, or null.")
    changes: dict[str, Any] = {}
    if "ack_due_at" in values or material:
        changes["overdue_told_revision"] = 0
    if "reminders" in values:
        offsets = values["reminders"]["offsets_hours"]
        changes |= reminders_from(before["published_at"], offsets, passed=True)
    if not text and not material:
        return changes
    number = before["revision"] + 1
    changes["revision"] = number
    wanted = {name: values.get(name, before[name]) for name in text}
    _add(actor, {**before, **wanted}, number, material=material, note=values.get("revision_note"))
    if material:
        changes["material_revision"] = number
        changes |= reminders_from(clock.now(), changes.get("reminder_offsets_hours", before["reminder_offsets_hours"]))
        _ask_anew(actor, before["id"], number)
    return changes


def _add(actor: Actor, announcement: Mapping[str, Any], number: int, *, material: bool, note: str | None) -> None:
    row = {
        "workspace_id": actor.workspace_id,
        "announcement_id": announcement["id"],
        "number": number,
        **{name: announcement[name] for name in ("title", "summary", "body", "ack_text", "variants")},
        "material": material,
        "note": note,
        "editor": holding.author(actor),
        "created_at": clock.now(),
    }
    session().execute(insert(_revisions), [row])


def _ask_anew(actor: Actor, announcement_id: str, number: int) -> None:
    """Nobody's row changes but those of late joiners, whose own deadline was for the text before."""
    session().execute(
        update(_recipients)
        .where(_recipients.c.workspace_id == actor.workspace_id, _recipients.c.announcement_id == announcement_id)
        .where(_recipients.c.ack_due_at.is_not(None))
        .values(ack_due_at=None)
    )
    session().execute(
        update(_tallies)
        .where(_tallies.c.workspace_id == actor.workspace_id, _tallies.c.announcement_id == announcement_id)
        .values(acknowledged=0, material_revision=number)
    )


def reminders_from(since: Any, offsets_hours: Sequence[int], *, passed: bool = False) -> dict[str, Any]:
    """The plan from an instant on; `passed`: what is past already is not made up for."""
    sent = 0
    if passed:
        now = clock.now()
        sent = sum(since + timedelta(hours=hours) <= now for hours in offsets_hours)
    upcoming = offsets_hours[sent] if sent < len(offsets_hours) else None
    due = None if upcoming is None else since + timedelta(hours=upcoming)
    return {"reminders_sent": sent, "remind_at": due}
