"""How and when a person wants to be told."""

from __future__ import annotations

from typing import Any

from portico.domains.notifications import queries, schemas, service
from portico.domains.notifications.api.blueprint import READ, WRITE, blp
from portico.domains.notifications.kinds import KINDS
from portico.kernel.actor import Actor
from portico.web.catalogues import translations
from portico.web.language import locale_of


@blp.get(
    "/notification-kinds",
    scope=READ,
    answer=schemas.NotificationKinds,
    people_only=True,
    summary="List what people are told about",
)
def list_notification_kinds(actor: Actor) -> Any:
    """What is not `mutable` is about the safety of your login."""
    words = translations(locale_of(actor))
    return {
        "data": [
            {"name": k.name, "title": words.gettext(k.title), "channels": list(k.channels), "mutable": k.mutable}
            for k in KINDS
        ]
    }


@blp.get(
    "/notification-policy/me",
    scope=READ,
    answer=schemas.NotificationPolicy,
    people_only=True,
    summary="Read how and when you are told",
)
def get_notification_policy(actor: Actor) -> Any:
    return queries.policy_of(actor)


@blp.put(
    "/notification-policy/me",
    scope=WRITE,
    body=schemas.NotificationPolicyPut,
    answer=schemas.NotificationPolicy,
    versioned=True,
    people_only=True,
    summary="Set how and when you are told",
    refusals=("stale",),
)
def put_notification_policy(actor: Actor, body: dict[str, Any], expected_version: int | None) -> Any:
    """Whole: what is absent is as for who has said nothing. With `hold_outside` what comes outside of your working
    hours is held until they begin, or until `digest_at`. `channels` names, by kind, the ways besides the inbox; a kind
    that is not in it leaves by its own."""
    service.put_policy(actor, body, expected_version=expected_version)
    return queries.policy_of(actor)


@blp.get(
    "/notification-mutes/me",
    scope=READ,
    answer=schemas.NotificationMutes,
    people_only=True,
    summary="Read of what you do not want to hear",
)
def get_notification_mutes(actor: Actor) -> Any:
    return queries.mutes_of(actor)


@blp.patch(
    "/notification-mutes/me",
    scope=WRITE,
    body=schemas.NotificationMutesChange,
    answer=schemas.NotificationMutes,
    people_only=True,
    summary="Mute kinds and apps, or hear them again",
    refusals=("not_mutable",),
)
def change_notification_mutes(actor: Actor, body: dict[str, Any]) -> Any:
    """What you muted still comes, under `filter[muted]=true`; it does not ring, and leaves by no channel."""
    service.change_mutes(actor, **body)
    return queries.mutes_of(actor)
