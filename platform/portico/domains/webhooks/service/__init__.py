"""Every change of state of endpoints and deliveries, by activity."""

from portico.domains.webhooks.service.deliveries import ping, redeliver
from portico.domains.webhooks.service.endpoints import (
    create_endpoint,
    delete_endpoint,
    disable_gone,
    enable_endpoint,
    update_endpoint,
)
from portico.domains.webhooks.service.installations import (
    close_endpoints,
    close_lifecycle_endpoint,
    hold_endpoints,
    open_endpoint,
    resume_endpoints,
)
from portico.domains.webhooks.service.secrets import rotate_secret

__all__ = [
    "close_endpoints",
    "close_lifecycle_endpoint",
    "create_endpoint",
    "delete_endpoint",
    "disable_gone",
    "enable_endpoint",
    "hold_endpoints",
    "open_endpoint",
    "ping",
    "redeliver",
    "resume_endpoints",
    "rotate_secret",
    "update_endpoint",
]
