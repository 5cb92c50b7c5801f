"""`portico list …`: what is declared, from the same registries that everything else is derived from."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import click

from portico.app import gather
from portico.kernel.errors import REFUSALS
from portico.kernel.events import EVENT_TYPES
from portico.kernel.events.outbox import handlers
from portico.kernel.jobs import JOB_KINDS
from portico.kernel.scopes import SCOPES
from portico.kernel.slots import SLOTS

Rows = Iterable[dict[str, Any]]


def _scopes() -> Rows:
    return (
        {"name": s.name, "risk": s.risk, "apps": s.for_apps, "roles": list(s.roles), "sentence": s.sentence}
        for s in SCOPES
    )


def _events() -> Rows:
    return ({"name": e.name, "version": e.version, "scope": e.scope, "title": e.title} for e in EVENT_TYPES)


def _slots() -> Rows:
    return ({"name": s.place, "object": s.object_type, "title": s.title} for s in SLOTS)


def _jobs() -> Rows:
    return ({"name": k.name, "tries": k.tries, "title": k.title} for k in JOB_KINDS)


def _errors() -> Rows:
    return ({"name": code, "status": r.status, "title": r.title} for code, r in sorted(REFUSALS.items()) if code)


def _handlers() -> Rows:
    return ({"name": event, "handlers": names} for event, names in handlers().items())


KINDS: dict[str, Callable[[], Rows]] = {
    "scopes": _scopes,
    "events": _events,
    "slots": _slots,
    "jobs": _jobs,
    "errors": _errors,
    "handlers": _handlers,
}


@click.command("list")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def command(kind: str, as_json: bool) -> None:
    """Print the declared scopes, events, slots, jobs, errors or handlers."""
    gather()
    rows = list(KINDS[kind]())
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in rows:
        name, *rest = row.values()
        click.echo(f"{name:32} " + "  ".join(_plain(value) for value in rest))


def _plain(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
