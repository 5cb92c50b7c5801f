"""`portico list …`: what is declared, from the same registries that everything else is derived from."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import click

from portico.app import gather
from portico.domains.webhooks import metrics as of_delivery
from portico.kernel import metrics
from portico.kernel.errors import REFUSALS
from portico.kernel.events import EVENT_TYPES, EventType
from portico.kernel.events.outbox import handlers
from portico.kernel.jobs import JOB_KINDS
from portico.kernel.scopes import SCOPES, app_scopes
from portico.kernel.slots import SLOTS
from portico.web import metrics as of_web

Rows = Iterable[dict[str, Any]]


def _scopes() -> Rows:
    return (
        {"name": s.name, "risk": s.risk, "apps": s.for_apps, "roles": list(s.roles), "sentence": s.sentence}
        for s in SCOPES
    )


def _events() -> Rows:
    return (
        {"name": e.name, "version": e.version, "scope": e.scope, "comes": _comes(e), "title": e.title}
        for e in EVENT_TYPES
    )


def _comes(kind: EventType) -> str:
    """To webhooks; streams and lists have each for itself."""
    return "in batches" if kind.batched else "singly"


def _slots() -> Rows:
    return ({"name": s.place, "object": s.object_type, "title": s.title} for s in SLOTS)


def _jobs() -> Rows:
    return ({"name": k.name, "tries": k.tries, "title": k.title} for k in JOB_KINDS)


def _errors() -> Rows:
    return ({"name": code, "status": r.status, "title": r.title} for code, r in sorted(REFUSALS.items()) if code)


def _handlers() -> Rows:
    return ({"name": event, "handlers": names} for event, names in handlers().items())


def _metrics() -> Rows:
    return (
        {"name": name, "kind": kind, "labels": list(labels), "says": says}
        for name, kind, labels, says in metrics.declared()
    )


DECLARE_METRICS = (of_delivery, of_web)
"""What a process counts is declared by what it imports; these two bring all."""

KINDS: dict[str, Callable[[], Rows]] = {
    "scopes": _scopes,
    "events": _events,
    "slots": _slots,
    "jobs": _jobs,
    "errors": _errors,
    "handlers": _handlers,
    "metrics": _metrics,
}


REGISTRY = "registry"


def registry_module() -> str:
    """The text of `portico_sdk/_registry.py`: what a manifest may name."""
    names = {
        "SCOPES": sorted(app_scopes()),
        "EVENTS": [kind.name for kind in EVENT_TYPES],
        "PLACES": [slot.place for slot in SLOTS],
    }
    parts = [
        f"{name}: tuple[str, ...] = (\n" + "".join(f'    "{value}",\n' for value in values) + ")\n"
        for name, values in names.items()
    ]
    return "\n".join([_REGISTRY_SAYS, *parts])


_REGISTRY_SAYS = '''"""What a manifest may name: scopes that apps may ask for, events, and places.

Printed by `portico list registry` from the platform's registries; a test compares them. Never edited by hand.
"""
'''


@click.command("list")
@click.argument("kind", type=click.Choice(sorted([*KINDS, REGISTRY])))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def command(kind: str, as_json: bool) -> None:
    """Print the declared scopes, events, slots, jobs, errors, handlers or metrics; or, as a module, the SDK's copy."""
    gather()
    if kind == REGISTRY:
        click.echo(registry_module(), nl=False)
        return
    rows = list(KINDS[kind]())
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in rows:
        name, *rest = row.values()
        click.echo(f"{name:32} " + "  ".join(_plain(value) for value in rest))


def _plain(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
