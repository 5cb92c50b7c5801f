"""Every change of state of endpoints and deliveries, by activity."""

from portico.domains.webhooks.service.deliveries import ping, preview_test, redeliver, send_test
from portico.domains.webhooks.service.endpoints import (
    create_endpoint,
    delete_endpoint,
    enable_endpoint,
    update_endpoint,
)
from portico.domains.webhooks.service.failing import disable, look_after
from portico.domains.webhooks.service.installations import (
    close_endpoints,
    close_lifecycle_endpoint,
    hold_endpoints,
    open_endpoint,
    resume_endpoints,
    wake_endpoints,
)
from portico.domains.webhooks.service.keys import rotate_key
from portico.domains.webhooks.service.replaying import cancel_replay, preview_replay, start_replay
from portico.domains.webhooks.service.secrets import rotate_secret

__all__ = [
    "cancel_replay",
    "close_endpoints",
    "close_lifecycle_endpoint",
    "create_endpoint",
    "delete_endpoint",
    "disable",
    "enable_endpoint",
    "hold_endpoints",
    "look_after",
    "open_endpoint",
    "ping",
    "preview_replay",
    "preview_test",
    "redeliver",
    "resume_endpoints",
    "rotate_key",
    "rotate_secret",
    "send_test",
    "start_replay",
    "update_endpoint",
    "wake_endpoints",
]
