"""The receiving side of an app: events, actions, lifecycle calls, panels and cards, each a function of yours.

    app = App(client_id, client_secret, signing_secret, base_url)

    @app.on("ticket.created")
    def greet(event, workspace): ...            # workspace: a client for that installation

    @app.panel("history")
    def history(context): return "<!doctype html>…"   # context: who is looking, at what, verified

    @app.action("approve")
    def approve(run): return run.toast("Approved")    # run: who pressed it, on what, with which input

    @app.card("balance")
    def balance(request): return card(fields(("Days left", 12)))   # from portico_sdk.apps.blocks

A framework hands bodies and headers to `app.handle_*` and sends back the `Answer`; `portico_sdk.flask` does.
"""

from portico_sdk.apps._answers import ActionAnswer, ActionRun, Answer
from portico_sdk.apps._cards import CardRequest
from portico_sdk.apps._router import App

__all__ = ["ActionAnswer", "ActionRun", "Answer", "App", "CardRequest"]
