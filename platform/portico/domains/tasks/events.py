"""Events of long work, for the record."""

from __future__ import annotations

from portico.domains.tasks import schemas
from portico.kernel.events import EventType

EXPORT_CREATED = EventType(
    "export.created",
    "audit:read",
    "Somebody exported data",
    schemas.ExportEvent,
    {
        "id": "job_01jd0000000000000000000000",
        "name": "audit.csv",
        "resource": "audit",
        "format": "csv",
        "filter": {"action": "ticket.solved"},
    },
    record_only=True,
)
