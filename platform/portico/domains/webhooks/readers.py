"""What webhooks say about an app before it is uninstalled."""

from __future__ import annotations

from portico.domains.installations.previewing import ends_with_app
from portico.domains.webhooks import queries

ends_with_app("endpoints")(queries.count_endpoints)
ends_with_app("waiting_deliveries")(queries.count_waiting)
