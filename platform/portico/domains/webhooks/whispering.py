"""Which of the open pages hear a whisper, and what they hear: who, on which record, and nothing of what it says."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from portico.domains.webhooks import queries
from portico.domains.webhooks.streaming import Wish
from portico.kernel import authn
from portico.kernel.actor import Actor
from portico.kernel.authn import Credential
from portico.kernel.data_range import Receiver, within
from portico.kernel.errors import Refusal
from portico.kernel.unit_of_work import unit
from portico.kernel.whispers import Whisper


def concerns(whisper: Whisper, wish: Wish, actor: Actor) -> bool:
    """Whether it is for this listener, if they may hear it. Nobody is told what they did themselves on a record."""
    if not wish.brief:
        return False
    if whisper.resource is None:
        return whisper.employees is None or actor.employee_id in whisper.employees
    return whisper.by != actor.employee_id and whisper.resource[1] in (wish.resource_ids or ())


def hearers(whisper: Whisper, wishes: Iterable[Wish]) -> set[Credential]:
    """Who of them may hear it at this moment: those who may read the record."""
    actors = authn.look_again(wish.credential for wish in wishes)
    with unit(whisper.workspace_id, write=False):
        return {credential for credential, actor in actors.items() if _may_hear(whisper, actor)}


def _may_hear(whisper: Whisper, actor: Actor | Refusal) -> bool:
    if isinstance(actor, Refusal) or actor.workspace_id != whisper.workspace_id:
        return False
    if whisper.resource is None:
        return True
    if whisper.scope not in queries.event_scopes(actor):
        return False
    if actor.data_range is None:
        return True
    return whisper.resource in within(Receiver(actor.workspace_id, actor.data_range), {whisper.resource})


def frame(whisper: Whisper) -> bytes:
    """Without an id: nobody resumes behind it (HTML, 9.2.5)."""
    about = {"resource": whisper.resource and whisper.resource[1], "by": whisper.by, "state": whisper.state}
    return f"event: {whisper.kind}\ndata: ".encode() + orjson.dumps(about) + b"\n\n"
