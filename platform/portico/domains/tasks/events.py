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
EXPORT_FINISHED = EventType(
    "export.finished",
    "audit:read",
    "An export is ready",
    schemas.ExportFinishedEvent,
    {
        "id": "job_01jd0000000000000000000000",
        "name": "audit-20261122-093000.csv",
        "rows": 1200,
        "employee_id": "emp_01jd0000000000000000000000",
    },
    record_only=True,
)
