"""`app logs`, `replay` and `trigger`: what was delivered to the app and what it asked, and past events once more."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from portico_sdk.cli import _app, asked
from portico_sdk.cli._connection import Problem, base_url_option, connect, json_option, print_json, told
from portico_sdk.client import Portico
from portico_sdk.models import ApiRequest, Delivery, RegisteredApp

STATES = ("waiting", "held", "sending", "succeeded", "failed", "filtered", "expired", "cancelled")
LOOK_S = 1.0
LONGEST_ANSWER_S = 30.0
PING = "endpoint.ping"
path_argument = click.argument("path", type=click.Path(path_type=Path), default=Path())
installation_option = click.option(
    "--installation",
    metavar="INS",
    help="Which installation; without it the one that `dev` used last, or the only one.",
)


@click.command()
@path_argument
@click.option("--follow", is_flag=True, help="Go on as they come, until Ctrl-C.")
@click.option("--state", type=click.Choice(STATES), help="Only what stands so.")
@click.option("--type", "type_", metavar="EVENT", help="Only this event type.")
@click.option("--only", type=click.Choice(("deliveries", "requests")), help="Not the other.")
@click.option("--outcome", type=click.Choice(asked.OUTCOMES), help="Only requests that ended so.")
@click.option("--request", "request_id", metavar="REQ", help="Only the request of this id, whole: X-Request-Id.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="How many, the newest.")
@installation_option
@base_url_option
@json_option
@told
def logs(
    path: Path,
    follow: bool,
    state: str | None,
    type_: str | None,
    only: str | None,
    outcome: str | None,
    request_id: str | None,
    limit: int,
    installation: str | None,
    base_url: str | None,
    as_json: bool,
) -> None:
    """Show what was delivered to the app in PATH and what it asked of the API, oldest first. Of a delivery: event,
    state, attempts, status of the answer; of a request: what was asked, status, time it took, error, id.

    --state and --type leave requests out, --outcome deliveries. With --json each is one line with its `kind`. Exit
    code 0, also when there is none; 1: no such app of yours, or no request of that id.
    """
    client, app = _app_in(path, base_url)
    if request_id is not None:
        for call in asked.found(client, app, request_id):
            click.echo(_json(call) if as_json else asked.whole(call))
        return
    where = installation or _app.installation_of(client, app)
    deliveries = only != "requests" and outcome is None
    requests = only != "deliveries" and state is None and type_ is None
    said: dict[str, tuple[str, int]] = {}
    while True:
        rows: list[Delivery | ApiRequest] = []
        if deliveries:
            rows += reversed(_newest(client, where, limit, state=state, type=type_))
        if requests:
            rows += reversed(asked.newest(client, app, where, limit, outcome))
        for row in sorted(rows, key=_moment)[-limit:]:  # those of one moment stay as they came
            stands = (row.state, row.attempts) if isinstance(row, Delivery) else ("", row.status)
            if said.get(row.id) != stands:
                said[row.id] = stands
                click.echo(_json(row) if as_json else _shown_as_line(row))
        if not follow:
            return
        time.sleep(LOOK_S)


def _moment(row: Delivery | ApiRequest) -> datetime:
    at = row.created_at if isinstance(row, Delivery) else row.at
    return at or datetime.min.replace(tzinfo=UTC)


def _shown_as_line(row: Delivery | ApiRequest) -> str:
    return _line(row) if isinstance(row, Delivery) else asked.line(row)


def _json(row: Delivery | ApiRequest) -> str:
    kind = "delivery" if isinstance(row, Delivery) else "request"
    return json.dumps({"kind": kind, **row.raw}, ensure_ascii=False)


@click.command()
@path_argument
@click.option("--since", type=click.IntRange(1, 720), default=24, show_default=True, metavar="HOURS", help="How far.")
@click.option("--type", "type_", metavar="EVENT", help="Only this event type.")
@click.option("--dry-run", is_flag=True, help="Say which they are, and send nothing.")
@installation_option
@base_url_option
@json_option
@told
def replay(
    path: Path,
    since: int,
    type_: str | None,
    dry_run: bool,
    installation: str | None,
    base_url: str | None,
    as_json: bool,
) -> None:
    """Deliver to the app in PATH once more what failed, or fails so far: with the same `webhook-id`, signed anew.

    While `portico-app dev` runs, that is the app on your machine. Exit code 0, also when nothing failed; 1: no such
    app of yours.
    """
    client, where = _of_app(path, base_url, installation)
    failed = list(failed_since(client, where, datetime.now(UTC) - timedelta(hours=since), type_))
    sent = [] if dry_run else [client.deliveries.redeliver(row.id) for row in reversed(failed)]
    if as_json:
        print_json({"dry_run": dry_run, "failed": [row.raw for row in failed], "sent": [row.raw for row in sent]})
        return
    for row in reversed(failed):
        click.echo(_line(row))
    verb = "would be delivered" if dry_run else "are on their way"
    click.echo(f"{len(failed)} failed in the last {since} h" + (f"; they {verb} once more." if failed else "."))


@click.command()
@click.argument("event")
@path_argument
@click.option("--object", "object_id", metavar="ID", help="The newest real one about this object, delivered once more.")
@click.option("--dry-run", is_flag=True, help="Print what the app would receive now, and send nothing.")
@installation_option
@base_url_option
@json_option
@told
def trigger(
    event: str,
    path: Path,
    object_id: str | None,
    dry_run: bool,
    installation: str | None,
    base_url: str | None,
    as_json: bool,
) -> None:
    """Let the app in PATH receive EVENT, such as ticket.created: its sample, with `"test": true` in it, or with
    --object the newest real one about this, delivered once more.

    Either goes through what every delivery goes through: the subscription, the filter, the permissions of the
    installation as they are now, the signature, the retries and the log.

    Waits for the answer. Exit code 0: the app accepted it; 1: it did not, it does not subscribe to EVENT, or no such
    event happened to the object.
    """
    client, where = _of_app(path, base_url, installation)
    if dry_run:
        print_json(_shown(client, where, event, object_id))
        return
    answered = _answered(client, _sent(client, where, event, object_id))
    if as_json:
        print_json(answered.raw)
    else:
        click.echo(_line(answered))
    if answered.state != "succeeded":
        raise Problem(f"The app did not accept it: {answered.last_error or answered.last_status or answered.state}.")


def _shown(client: Portico, where: str, event: str, object_id: str | None) -> Any:
    """What the app would receive now. Raises Problem where it may not."""
    if object_id is None and event != PING:
        found = client.webhook_endpoints.preview_sample(_endpoint(client, where), type=event)
    else:
        found = client.deliveries.get(_happened(client, where, event, object_id).id)
    if found.raw["event"] is None:
        raise Problem(f"The app may not receive {event}: it lacks a scope, or the object is out of its range.")
    return found.raw["event"]


def _sent(client: Portico, where: str, event: str, object_id: str | None) -> Delivery:
    if object_id is not None:
        return client.deliveries.redeliver(_happened(client, where, event, object_id).id)
    endpoint = _endpoint(client, where)
    if event == PING:
        return client.webhook_endpoints.ping(endpoint)
    return client.webhook_endpoints.send_sample(endpoint, type=event)


def _endpoint(client: Portico, where: str) -> str:
    """Where the app receives events. Raises Problem."""
    found = next((row.id for row in client.webhook_endpoints.list() if row.installation_id == where), None)
    if found is None:
        raise Problem("The app has no endpoint: write [events] into portico.toml, and deploy it.")
    return found


def _happened(client: Portico, where: str, event: str, object_id: str | None) -> Delivery:
    """The newest real one. Raises Problem."""
    found = _newest(client, where, 1, type=event, resource_id=object_id)
    if not found:
        about = f" about {object_id}" if object_id else ""
        raise Problem(f"No {event}{about} was ever meant for this app. Let one happen; `logs` shows what there is.")
    return found[0]


def _of_app(path: Path, base_url: str | None, installation: str | None) -> tuple[Portico, str]:
    """The client, and which installation is meant. Raises Problem."""
    client, app = _app_in(path, base_url)
    return client, installation or _app.installation_of(client, app)


def _app_in(path: Path, base_url: str | None) -> tuple[Portico, RegisteredApp]:
    """The client, and the app of the folder. Raises Problem."""
    _folder, manifest = _app.manifest_in(path)
    client = connect(base_url)
    return client, _app.require(client, manifest["app"]["key"])


def _newest(client: Portico, installation: str, limit: int, **asked: str | None) -> list[Delivery]:
    """The newest first."""
    params = {name: value for name, value in asked.items() if value is not None}
    query = {"filter[installation_id]": installation, "sort": "-created_at", "limit": limit, **params}
    return [Delivery.parse(row) for row in client.request("GET", "/deliveries", params=query)["data"]]


def failed_since(client: Portico, installation: str, since: datetime, type_: str | None = None) -> Iterator[Delivery]:
    """What failed since then, or fails so far, and did not come through later; the newest first, of the newest 200."""
    came: set[str] = set()
    for row in _newest(client, installation, 200, type=type_):
        if row.created_at is not None and row.created_at < since:
            return
        if _is_failing(row) and row.event_id not in came:
            yield row
        came.add(row.event_id)


def _is_failing(row: Delivery) -> bool:
    """It failed for good, or it failed so far and is tried again later."""
    return row.state in ("failed", "expired") or (row.state in ("waiting", "held") and row.attempts > 0)


def _answered(client: Portico, sent: Delivery) -> Delivery:
    """As it stands when the first attempt is over."""
    until = time.monotonic() + LONGEST_ANSWER_S
    row = client.deliveries.get(sent.id)
    while row.state in ("waiting", "sending") and row.attempts <= sent.attempts and time.monotonic() < until:
        time.sleep(LOOK_S / 4)
        row = client.deliveries.get(sent.id)
    return row


def _line(row: Delivery) -> str:
    answer = row.last_status or row.last_error or ""
    return f"{asked.local(row.created_at)}  {row.type:28} {row.state:10} {row.attempts} tries  {answer}  {row.id}"
