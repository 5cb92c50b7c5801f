"""Events of notifications: what somebody told is between them and who was told, but for what overrides their peace."""

from __future__ import annotations

from portico.domains.notifications import schemas
from portico.kernel.events import EventType

_URGENT = {
    "id": "urg_01jd0000000000000000000000",
    "kind": "app.message",
    "title": "The building is evacuated",
    "employee_id": "emp_01jd0000000000000000000000",
}
URGENT_SENT = EventType(
    "notification.urgent_sent",
    "audit:read",
    "Somebody told people something urgent",
    schemas.UrgentEvent,
    _URGENT,
    record_only=True,
)
