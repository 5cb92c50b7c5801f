"""The record over the API."""

from __future__ import annotations

from portico.domains.audit import queries, schemas
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import ApiBlueprint

blp = ApiBlueprint("audit", "Audit", "Who did what, on whose behalf, from where.")


@blp.get(
    "/audit",
    scope="audit:read",
    people_only=True,
    listing=queries.ENTRIES,
    answer=schemas.AuditEntry,
    summary="List the record",
)
def list_audit_entries(actor: Actor, query: ListQuery) -> Page:
    """The newest first. `hash` is the SHA-256 of the hash before and of the entry without `hash` as canonical JSON
    (RFC 8785)."""
    return queries.page_of_entries(actor, query)


@blp.get(
    "/audit/checkpoints",
    scope="audit:read",
    people_only=True,
    listing=queries.CHECKPOINTS,
    answer=schemas.AuditCheckpoint,
    summary="List the signed heads of the record",
)
def list_audit_checkpoints(actor: Actor, query: ListQuery) -> Page:
    """One is made each hour in which something was recorded, and kept outside of the database too."""
    return queries.page_of_checkpoints(actor, query)
