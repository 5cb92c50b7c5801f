"""Test an app without a server: the whole platform in the test's process, or a light fake of it.

    def test_greeting():
        with workspace() as ws:                       # the real platform, on SQLite, its clock held
            ws.install(app)                           # an App; or a manifest, or the folder of one, with what serves it
            ticket = ws.agent.client.tickets.create(subject="Help", requester={"employee_id": ws.agent.employee_id})
            ws.run()                                  # events are delivered, signed; jobs run
            assert [one.status for one in ws.deliveries("ticket.created")] == [200]

`workspace` needs the extra `testing`, which brings the platform; the fake needs nothing:

    def test_note(fake_portico):
        ticket = fake_portico.add_ticket(subject="Help")
        event = fake_portico.event("ticket.created", ticket)
        body, headers = signed_webhook(event, fake_portico.signing_secret)

    def test_hand_over(fake_portico):
        answer = fake_portico.run_action(app, "hand_over", fake_portico.add_ticket())
        card = fake_portico.card(app, "today")

As pytest fixtures (the plugin loads by itself): `portico_workspace`, `fake_portico`, `held_clock`,
`signed_webhook`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from portico_sdk.testing._clock import HeldClock
from portico_sdk.testing._fake import FakePortico
from portico_sdk.testing._signed import signed_batch, signed_webhook
from portico_sdk.testing._undisturbed import undisturbed

if TYPE_CHECKING:
    from portico_sdk.testing._workspace import Workspace

__all__ = ["FakePortico", "HeldClock", "signed_batch", "signed_webhook", "workspace"]


def workspace(*, at: datetime | None = None) -> AbstractContextManager[Workspace]:
    """The real platform in this process: `with workspace() as ws:`. Its clock stands at `at`, by default at the present
    moment. One at a time in a process. Raises ImportError without the extra `testing`."""
    opened: AbstractContextManager[Workspace] = _platform().opened(at)
    return opened


@cache
def _platform() -> ModuleType:
    with undisturbed():
        return import_module("portico_sdk.testing._workspace")
