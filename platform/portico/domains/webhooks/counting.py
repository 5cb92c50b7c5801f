"""What the pump counts while it sends."""

from __future__ import annotations

from portico.kernel import metrics

ATTEMPTS = metrics.counter(
    "portico_delivery_attempts_total",
    "Attempts whose result is written, by the state in which they left the delivery and the class of error.",
    "state",
    "error",
)
ATTEMPT_SECONDS = metrics.histogram(
    "portico_delivery_attempt_seconds",
    "How long a receiver took to answer, or not to.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30),
)
STEPS = metrics.counter("portico_pump_steps_total", "Turns of the pump.")
CLAIMED = metrics.histogram(
    "portico_pump_claimed_deliveries",
    "Deliveries taken in one transaction.",
    buckets=(1, 4, 16, 64, 256),
)
BREAKERS = metrics.counter("portico_breakers_opened_total", "How often the breaker of an endpoint opened.")
