"""`portico status`: the operator's health page in a terminal."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

LATE_S = 60


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(as_json: bool) -> None:
    """Say how delivery stands: what waits and since when, who pumps, which receivers fail.

    Ends with 1 when nobody pumps, or when something that could be sent has waited for more than a minute.
    """
    from portico import app, settings
    from portico.domains.webhooks.standing import standing, unwell
    from portico.kernel.unit_of_work import system_unit

    app.start(settings.from_env())
    with system_unit("command line: how delivery stands"):
        about = _told(standing(), unwell())
    if as_json:
        click.echo(json.dumps(about, indent=1))
    else:
        for name, value in about.items():
            click.echo(f"{name.replace('_', ' '):22} {_plain(value)}")
    sys.exit(0 if about["pumps"] and about["oldest_due_seconds"] <= LATE_S else 1)


def _told(found: Any, failing: Any) -> dict[str, Any]:
    from portico.kernel import clock

    now = clock.now()
    return {
        "due": found.waits("due"),
        "oldest_due_seconds": round(found.age(found.oldest_due, now)),
        "later": found.waits("later"),
        "held_or_paused": found.waits("held") + found.waits("paused"),
        "events_to_lay_out": found.events,
        "pumps": sum(pump.lives for pump in found.pumps),
        "shards_free": found.shards_free,
        "endpoints": found.endpoints,
        "jobs": found.jobs,
        "failing": [f"{row.url} ({row.workspace}, {row.status})" for row in failing],
    }


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in sorted(value.items())) or "none"
    if isinstance(value, list):
        return "\n".join([str(len(value)), *(f"  {one}" for one in value)])
    return str(value)
