"""The life of one company. Whoever sets what stands above a company holds the workspace's tree until the commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from portico.domains.contacts import events, permissions, queries
from portico.domains.contacts.errors import CompanyCycle, DomainReused, DomainTaken
from portico.domains.contacts.models import Company, CompanyDomain, CompanyTree
from portico.domains.contacts.names import name_key
from portico.domains.contacts.service import tagging
from portico.domains.contacts.service.contacts import TRASH_DAYS
from portico.domains.contacts.service.owning import require_owner
from portico.domains.properties import service as properties
from portico.kernel import clock, search
from portico.kernel.actor import Actor
from portico.kernel.data_range import within
from portico.kernel.errors import FieldError, NotFound, Refusal, Stale, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

DEEPEST = 15
_table = cast(Table, Company.__table__)
_held = cast(Table, CompanyDomain.__table__)


def _hold_tree(actor: Actor) -> None:
    work = session()
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    work.execute(
        build(CompanyTree)
        .values(workspace_id=actor.workspace_id, moves=1)
        .on_conflict_do_update(index_elements=["workspace_id"], set_={"moves": CompanyTree.moves + 1})
    )


def _require_parent(actor: Actor, parent_id: str | None, company_id: str) -> None:
    """Raises Invalid and CompanyCycle."""
    if parent_id is None:
        return
    try:
        queries.company(actor, parent_id)
    except NotFound:
        raise invalid("/parent_id", "invalid", "There is no company with this id.") from None
    above: str | None = parent_id
    for _ in range(DEEPEST):
        if above == company_id:
            raise CompanyCycle()
        if above is None:
            return
        above = queries.parent_of(actor, above)
    raise invalid("/parent_id", "too_deep", f"At most {DEEPEST} companies stand one above the other.")


@contextmanager
def _exclusive(
    actor: Actor, company_id: str, domains: Sequence[str], refusal: type[Refusal] = DomainTaken
) -> Iterator[None]:
    """A savepoint in which domains are written. Raises `refusal` when another company holds one of them."""
    try:
        with session().begin_nested():
            yield
    except IntegrityError:
        taken = queries.domain_holders(actor, domains, but=company_id)
        if not taken:
            raise
        raise _refused(actor, domains, taken, refusal) from None


def _refused(actor: Actor, domains: Sequence[str], taken: dict[str, str], refusal: type[Refusal]) -> Refusal:
    """Names the other company only to those who may read it."""
    errors = [
        FieldError(f"/domains/{place}", refusal.code, "Another company has this domain.")
        for place, one in enumerate(domains)
        if one in taken
    ]
    holder = taken[next(one for one in domains if one in taken)]
    seen = actor.may("companies:read") and within(actor, [("company", holder)])
    return refusal(errors=errors, extra={"company_id": holder} if seen else None)


def _hold(actor: Actor, company_id: str, domains: Sequence[str]) -> None:
    """The company holds these domains and no others."""
    work = session()
    work.execute(delete(_held).where(_held.c.workspace_id == actor.workspace_id, _held.c.company_id == company_id))
    if domains:
        # Sorted, so that two writers of the same domains wait for each other in one order.
        work.execute(
            insert(_held),
            [{"workspace_id": actor.workspace_id, "company_id": company_id, "domain": one} for one in sorted(domains)],
        )


def _index(actor: Actor, company: dict[str, Any], *, fresh: bool = False) -> None:
    search.index(actor.workspace_id, "company", company["id"], company["name"], *company["domains"], fresh=fresh)


def _write(actor: Actor, company_id: str, values: dict[str, Any]) -> None:
    session().execute(
        update(_table).where(_table.c.workspace_id == actor.workspace_id, _table.c.id == company_id).values(values)
    )


def create_company(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Add a company. Raises Invalid, OutOfRange and DomainTaken."""
    require_owner(actor, values.get("owner_employee_id"))
    now, company_id = clock.now(), new_id("cmp")
    _require_parent(actor, values.get("parent_id"), company_id)
    company = {
        "id": company_id,
        "name": values["name"],
        "domains": values.get("domains", []),
        "parent_id": values.get("parent_id"),
        "owner_employee_id": values.get("owner_employee_id"),
        "tags": values.get("tags", []),
        "properties": properties.merge(actor, "company", {}, values.get("properties") or {}),
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    with _exclusive(actor, company_id, company["domains"]):
        session().execute(
            insert(_table), [{**company, "workspace_id": actor.workspace_id, "name_key": name_key(company["name"])}]
        )
        _hold(actor, company_id, company["domains"])
    properties.index(actor, "company", company_id, {}, company["properties"])
    tagging.index(actor, "company", company_id, (), company["tags"])
    _index(actor, company, fresh=True)
    emit(actor, events.COMPANY_CREATED, company)
    return queries.company_shown_to(actor, company)


def _wanted(actor: Actor, before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    wanted = dict(values)
    if "properties" in wanted:
        wanted["properties"] = properties.merge(actor, "company", before["properties"], wanted["properties"])
    return {name: value for name, value in wanted.items() if before[name] != value}


def update_company(
    actor: Actor, company_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Change the given fields. Raises NotFound, Stale, Invalid, OutOfRange, DomainTaken and CompanyCycle."""
    if "parent_id" in values:
        _hold_tree(actor)
    before = queries.whole_company(actor, company_id, lock=True)
    if expected_version not in (None, before["version"]):
        raise Stale()
    changes = _wanted(actor, before, values)
    if not changes:
        return queries.company_shown_to(actor, before)
    if "owner_employee_id" in changes:
        require_owner(actor, changes["owner_employee_id"])
    if "parent_id" in changes:
        _require_parent(actor, changes["parent_id"], company_id)
    return queries.company_shown_to(actor, _apply(actor, before, changes))


def _apply(actor: Actor, before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    stamps = {"updated_at": clock.now(), "version": before["version"] + 1}
    after = {**before, **changes, **stamps}
    columns = {**changes, **stamps}
    if "name" in changes:
        columns["name_key"] = name_key(after["name"])
    with _exclusive(actor, after["id"], after["domains"]):
        _write(actor, after["id"], columns)
        if "domains" in changes:
            _hold(actor, after["id"], after["domains"])
    if "name" in changes or "domains" in changes:
        _index(actor, after)
    tagging.index(actor, "company", after["id"], before["tags"], after["tags"])
    moved = properties.index(actor, "company", after["id"], before["properties"], after["properties"])
    told = [*(name for name in changes if name != "properties"), *moved]
    emit(actor, events.COMPANY_UPDATED, after, changes=told, before=before)
    return after


def trash_company(actor: Actor, company_id: str, *, expected_version: int | None = None) -> None:
    """Put a company into the trash; its domains are free from now on. Raises Forbidden, NotFound and Stale."""
    before = queries.whole_company(actor, company_id, lock=True)
    permissions.require_may_trash(actor)
    if expected_version not in (None, before["version"]):
        raise Stale()
    now = clock.now()
    stamps = {"updated_at": now, "version": before["version"] + 1}
    _write(actor, company_id, {**stamps, "trashed_at": now})
    _hold(actor, company_id, ())
    emit(actor, events.COMPANY_TRASHED, {**before, **stamps})


def restore_company(actor: Actor, company_id: str, *, release_taken: bool = False) -> dict[str, Any]:
    """Bring a company back within 30 days. `release_taken` drops the domains that another company has meanwhile.

    Raises Forbidden, NotFound and DomainReused.
    """
    permissions.require_may_trash(actor)
    before = queries.trashed_company(actor, company_id, clock.now() - timedelta(days=TRASH_DAYS))
    domains = before["domains"]
    if release_taken:
        taken = queries.domain_holders(actor, domains, but=company_id)
        domains = [one for one in domains if one not in taken]
    changed = {"domains": domains, "updated_at": clock.now(), "version": before["version"] + 1}
    after = {**before, **changed}
    with _exclusive(actor, company_id, domains, DomainReused):
        _write(actor, company_id, {**changed, "trashed_at": None})
        _hold(actor, company_id, domains)
    _index(actor, after)
    emit(actor, events.COMPANY_RESTORED, after)
    return queries.company_shown_to(actor, after)
