"""Test an app without a server: a fake Portico, signed webhooks and a held clock.

    def test_note(fake_portico):
        ticket = fake_portico.add_ticket(subject="Help")
        event = fake_portico.event("ticket.created", ticket)
        body, headers = signed_webhook(event, fake_portico.signing_secret)

    def test_hand_over(fake_portico):
        answer = fake_portico.run_action(app, "hand_over", fake_portico.add_ticket())
        card = fake_portico.card(app, "today")

As pytest fixtures (the plugin loads by itself): `fake_portico`, `held_clock`, `signed_webhook`.
"""

from portico_sdk.testing._clock import HeldClock
from portico_sdk.testing._fake import FakePortico
from portico_sdk.testing._signed import signed_batch, signed_webhook

__all__ = ["FakePortico", "HeldClock", "signed_batch", "signed_webhook"]
