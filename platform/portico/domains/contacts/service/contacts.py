"""The life of one contact."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, not_, update

from portico.domains.contacts import events, permissions, queries, stages
from portico.domains.contacts.errors import IdentifierReused, StageBackward
from portico.domains.contacts.identifiers import national
from portico.domains.contacts.models import Contact, ContactIdentifier
from portico.domains.contacts.names import name_key
from portico.domains.contacts.service import identifying, linking, recording, tagging
from portico.domains.contacts.service.owning import require_owner
from portico.domains.properties import service as properties
from portico.kernel import clock, search
from portico.kernel.actor import Actor
from portico.kernel.adding import add
from portico.kernel.errors import Stale, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

TRASH_DAYS = 30
_table = cast(Table, Contact.__table__)
_known = cast(Table, ContactIdentifier.__table__)


def _index(actor: Actor, contact: dict[str, Any], *, fresh: bool = False) -> None:
    known = contact["identifiers"]
    reached = [form for one in known for form in (one["value"], one["canonical"])]
    reached += [national(one["canonical"]) for one in known if one["kind"] == "phone"]
    search.index(actor.workspace_id, "contact", contact["id"], contact["display_name"], *reached, fresh=fresh)


def _write(actor: Actor, contact_id: str, values: dict[str, Any]) -> None:
    session().execute(
        update(_table).where(_table.c.workspace_id == actor.workspace_id, _table.c.id == contact_id).values(values)
    )


def create_contact(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Add a contact. Raises Invalid and IdentifierTaken."""
    require_owner(actor, values.get("owner_employee_id"))
    stages.require_stage(actor, values.get("lifecycle_stage"))
    identifiers = identifying.complete(identifying.localised(actor, values.get("identifiers", ())))
    now = clock.now()
    row = {
        "id": new_id("con"),
        "display_name": values.get("display_name") or identifiers[0]["value"],
        "owner_employee_id": values.get("owner_employee_id"),
        "lifecycle_stage": values.get("lifecycle_stage"),
        "tags": values.get("tags", []),
        "company_ids": linking.of_addresses(actor, identifiers),
        "properties": properties.merge(actor, "contact", {}, values.get("properties") or {}),
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    stored = {**row, "workspace_id": actor.workspace_id, "name_key": name_key(row["display_name"])}
    with identifying.exclusive(actor, row["id"], identifiers):
        add(_table, [stored])
        identifying.replace(actor, row["id"], identifiers, fresh=True)
    properties.index(actor, "contact", row["id"], {}, row["properties"])
    tagging.index(actor, "contact", row["id"], (), row["tags"])
    contact = {**row, "identifiers": identifiers}
    _index(actor, contact, fresh=True)
    emit(actor, events.CONTACT_CREATED, contact)
    linking.add_all(actor, row["id"], row["company_ids"], first=True)
    return queries.shown_to(actor, contact)


def _wanted(actor: Actor, before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The fields that change. A name that is cleared falls back to the first identifier."""
    wanted = dict(values)
    if "identifiers" in wanted:
        wanted["identifiers"] = identifying.complete(
            identifying.localised(actor, wanted["identifiers"]), before["identifiers"]
        )
    if "properties" in wanted:
        wanted["properties"] = properties.merge(actor, "contact", before["properties"], wanted["properties"])
    if "display_name" in wanted and wanted["display_name"] is None:
        left = wanted.get("identifiers", before["identifiers"])
        if not left:
            raise invalid("/display_name", "required", "A contact without identifiers needs a display_name.")
        wanted["display_name"] = left[0]["value"]
    return {name: value for name, value in wanted.items() if before[name] != value}


def update_contact(
    actor: Actor, contact_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Change the given fields. Raises NotFound, Stale, Invalid and IdentifierTaken."""
    before = queries.whole_contact(actor, contact_id, lock=True)
    if expected_version not in (None, before["version"]):
        raise Stale()
    changes = _wanted(actor, before, values)
    if not changes:
        return queries.shown_to(actor, before)
    if "owner_employee_id" in changes:
        require_owner(actor, changes["owner_employee_id"])
    if "lifecycle_stage" in changes:
        _require_step(actor, before["lifecycle_stage"], changes["lifecycle_stage"])
    linked = _newly_linked(actor, before, changes)
    if linked:
        changes["company_ids"] = [*before["company_ids"], *linked]
    after = apply(actor, before, changes)
    linking.add_all(actor, contact_id, linked, first=not before["company_ids"])
    return queries.shown_to(actor, after)


def _require_step(actor: Actor, before: str | None, after: str | None) -> None:
    """Raises Invalid and StageBackward."""
    stages.require_stage(actor, after)
    if stages.is_backward(actor, before, after) and not permissions.may_move_back(actor):
        raise StageBackward()


def _newly_linked(actor: Actor, before: dict[str, Any], changes: dict[str, Any]) -> list[str]:
    """The companies that an address which came new means."""
    had = {identifying.key(one) for one in before["identifiers"] if not one["shared"]}
    new = [one for one in changes.get("identifiers", ()) if identifying.key(one) not in had]
    return [one for one in linking.of_addresses(actor, new) if one not in before["company_ids"]]


def apply(actor: Actor, before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Write what differs on a contact that is held, and tell of it."""
    stamps = {"updated_at": clock.now(), "version": before["version"] + 1}
    after = {**before, **changes, **stamps}
    columns = {name: value for name, value in changes.items() if name != "identifiers"} | stamps
    if "display_name" in changes:
        columns["name_key"] = name_key(after["display_name"])
    with identifying.exclusive(actor, after["id"], after["identifiers"]):
        _write(actor, after["id"], columns)
        if "identifiers" in changes:
            identifying.replace(actor, after["id"], after["identifiers"])
    if "display_name" in changes or "identifiers" in changes:
        _index(actor, after)
    tagging.index(actor, "contact", after["id"], before["tags"], after["tags"])
    moved = properties.index(actor, "contact", after["id"], before["properties"], after["properties"])
    told = [*(name for name in changes if name != "properties"), *moved]
    emit(actor, events.CONTACT_UPDATED, after, changes=told, before=before)
    _tell_of_steps(actor, before, after)
    return after


def _tell_of_steps(actor: Actor, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Stage and owner have events of their own besides; the stage stands in the timeline too."""
    if before["owner_employee_id"] != after["owner_employee_id"]:
        emit(actor, events.CONTACT_OWNER_CHANGED, after, changes=["owner_employee_id"], before=before)
    if before["lifecycle_stage"] != after["lifecycle_stage"]:
        emit(actor, events.CONTACT_STAGE_CHANGED, after, changes=["lifecycle_stage"], before=before)
        step = {"from": before["lifecycle_stage"], "to": after["lifecycle_stage"]}
        recording.note(actor, after["id"], "stage", step)


def _hold(actor: Actor, contact_id: str, *, held: bool) -> None:
    session().execute(
        update(_known)
        .where(_known.c.workspace_id == actor.workspace_id, _known.c.contact_id == contact_id)
        .values(held=not_(_known.c.shared) if held else False)
    )


def trash_contact(actor: Actor, contact_id: str, *, expected_version: int | None = None) -> None:
    """Put a contact into the trash; its identifiers are free from now on. Raises Forbidden, NotFound and Stale."""
    before = queries.whole_contact(actor, contact_id, lock=True)
    permissions.require_may_trash(actor)
    if expected_version not in (None, before["version"]):
        raise Stale()
    now = clock.now()
    stamps = {"updated_at": now, "version": before["version"] + 1}
    _write(actor, contact_id, {**stamps, "trashed_at": now})
    _hold(actor, contact_id, held=False)
    emit(actor, events.CONTACT_TRASHED, {**before, **stamps})


def restore_contact(actor: Actor, contact_id: str, *, release_taken: bool = False) -> dict[str, Any]:
    """Bring a contact back within 30 days. `release_taken` drops what another contact has meanwhile.

    Raises Forbidden, NotFound and IdentifierReused.
    """
    permissions.require_may_trash(actor)
    before = queries.trashed_contact(actor, contact_id, clock.now() - timedelta(days=TRASH_DAYS))
    identifiers = before["identifiers"]
    if release_taken:
        taken = queries.holders(actor, [identifying.key(one) for one in identifiers], but=contact_id)
        kept = [one for one in identifiers if one["shared"] or identifying.key(one) not in taken]
        identifiers = identifying.complete(kept, identifiers)
    after = {
        **before,
        "identifiers": identifiers,
        "updated_at": clock.now(),
        "version": before["version"] + 1,
    }
    exclusively = [one for one in identifiers if not one["shared"]]
    with identifying.exclusive(actor, contact_id, exclusively, IdentifierReused):
        _write(actor, contact_id, {"trashed_at": None, "updated_at": after["updated_at"], "version": after["version"]})
        identifying.replace(actor, contact_id, identifiers)
    _index(actor, after)
    emit(actor, events.CONTACT_RESTORED, after)
    return queries.shown_to(actor, after)
