"""What can be measured is documented, has a bounded number of series, and is shown to nobody without the token."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from portico.domains.webhooks import metrics as of_delivery
from portico.kernel import api_log, metrics
from portico.settings import Settings
from portico.web import metrics as of_web

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
DECLARING = (api_log, of_delivery, of_web)
CLOSED = {"state", "error", "lane", "why", "method", "route", "status", "kind"}


def test_the_reference_names_every_metric_and_no_other() -> None:
    rows = [
        f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {says} |"
        for name, kind, labels, says in metrics.declared()
    ]
    written = [line for line in PAGE.read_text().splitlines() if line.startswith("| `portico_")]
    assert written == rows, "write what `portico list metrics` says into docs/reference/metrics.md"


def test_labels_are_closed_sets() -> None:
    assert {label for _, _, labels, _ in metrics.declared() for label in labels} <= CLOSED


@pytest.mark.parametrize(
    ("token", "authorization", "may"),
    [
        ("", None, False),
        ("", "Bearer ", False),
        ("t0ken", None, False),
        ("t0ken", "Bearer wrong", False),
        ("t0ken", "Basic t0ken", False),
        ("t0ken", "Bearer tökén", False),
        ("t0ken", "bearer t0ken", True),
    ],
)
def test_only_the_token_opens_them(settings: Settings, token: str, authorization: str | None, may: bool) -> None:
    assert metrics.may_read(replace(settings, metrics_token=token), authorization) is may


def test_what_is_asked_is_remembered() -> None:
    asked = []
    gauges = metrics.Gauges(
        {"portico_test": ("Only a test.", ())}, lambda: asked.append(1) or {"portico_test": [((), 7)]}
    )
    for _ in range(3):
        families = list(gauges.collect())
    assert len(asked) == 1
    assert families[0].samples[0].value == 7


def test_the_text_is_what_prometheus_reads(settings: Settings) -> None:
    of_web.REQUESTS.labels("GET", "/api/v1/me", "200").inc()
    found = {family.name for family in text_string_to_metric_families(metrics.exposition(settings).decode())}
    assert {"portico_http_requests", "portico_delivery_attempt_seconds"} <= found
