"""What the person was told, and how they want to be told."""

from __future__ import annotations

from portico.domains.notifications import queries
from portico.domains.notifications.schemas import Notification
from portico.domains.notifications.wording import worded
from portico.kernel.actor import Actor
from portico.kernel.dump import dumper
from portico.kernel.exporting import Rows, of_a_person

_WISHES = ("working_hours", "timezone", "hold_outside", "digest_at", "urgent_allowed", "channels", "updated_at")


@of_a_person("notifications")
def notifications(actor: Actor) -> Rows:
    dump = dumper(Notification)
    return [dump(worded(row, actor.locale or "en")) for row in queries.own_notifications(actor)]


@of_a_person("notification_wishes")
def wishes(actor: Actor) -> Rows:
    policy = queries.policy_of(actor)
    return [{**{name: policy[name] for name in _WISHES}, "muted": queries.mutes_of(actor)}]
