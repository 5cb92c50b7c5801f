"""What is told and sent by jobs."""

from __future__ import annotations

from portico.domains.notifications import service
from portico.domains.notifications.sending import send_due
from portico.domains.notifications.service.leaving import SEND
from portico.domains.notifications.service.telling import FAN_OUT
from portico.kernel.actor import Actor
from portico.kernel.jobs import enqueue, job, running
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit


@job(FAN_OUT, N_("Tell many people something"), own_units=True)
def fan_out(actor: Actor, fan_out_id: str) -> dict[str, int]:
    """A unit for each batch, so that a try that is cut off goes on where it was."""
    told = 0
    while True:
        with unit(actor.workspace_id, write=True):
            step = service.fan_out_step(actor, fan_out_id)
            told += step
            running().report(told, None)
        if not step:
            return {"told": told}


@job(SEND, N_("Send notifications that are due"), own_units=True)
def send(actor: Actor) -> dict[str, int]:
    """What this run leaves over, another one sends."""
    sent, more = send_due(actor)
    if more:
        with unit(actor.workspace_id, write=True):
            enqueue(actor, SEND)
    return {"sent": sent}
