"""Every change of notifications, by what is done."""

from portico.domains.notifications.service.leaving import finish_sending, let_go, let_out, take_sending
from portico.domains.notifications.service.muting import change_mutes
from portico.domains.notifications.service.pushing import push_key, subscribe, unsubscribe
from portico.domains.notifications.service.reading import mark_all_read, mark_read
from portico.domains.notifications.service.sending import send, take_back
from portico.domains.notifications.service.telling import fan_out_step, notify, retract
from portico.domains.notifications.service.wishing import put_policy

__all__ = [
    "change_mutes",
    "fan_out_step",
    "finish_sending",
    "let_go",
    "let_out",
    "mark_all_read",
    "mark_read",
    "notify",
    "push_key",
    "put_policy",
    "retract",
    "send",
    "subscribe",
    "take_back",
    "take_sending",
    "unsubscribe",
]
