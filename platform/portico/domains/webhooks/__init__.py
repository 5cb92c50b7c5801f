"""Webhooks: where events go, and that they arrive.

Words: an *endpoint* is a URL that receives events; a *delivery* is one event for one endpoint; an *attempt* is one
HTTP try. Endpoints belong to the workspace, or to an installation: then they come from the app's manifest, or the app
made them for itself. The *pump* fans events out into deliveries and sends them; it is the only one that does, by a
lease with a fencing number. Also here: `GET /events`, the cursor over the outbox. Emitting belongs to `kernel.events`.
"""
