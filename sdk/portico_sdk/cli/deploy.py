"""`app deploy`: what a manifest would change, then a new version of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from portico_sdk.cli import _app
from portico_sdk.cli._connection import base_url_option, connect, json_option, print_json, told
from portico_sdk.cli.dev import _credentials
from portico_sdk.client import Portico
from portico_sdk.models import RegisteredApp


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--draft", is_flag=True, help="Freeze the version without releasing it.")
@click.option("--percent", type=click.IntRange(1, 100), help="Release it to so many of a hundred installations.")
@base_url_option
@json_option
@told
def deploy(
    path: Path, dry_run: bool, yes: bool, draft: bool, percent: int | None, base_url: str | None, as_json: bool
) -> None:
    """Bring the manifest in PATH to the server: what it changes first, then the new version.

    The first time it registers the app, and keeps its secrets in a file that only you can read. Where the review is
    open, or the app is private, the version is released at once; else it is handed in for review. With --json nothing
    is asked: give --yes or --dry-run.

    Exit code 0: deployed, or nothing to do; 1: refused, or you said no; 2: wrong manifest or call.
    """
    if as_json and not (yes or dry_run):
        raise click.UsageError("--json asks nothing: give --yes or --dry-run.")
    if draft and percent is not None:
        raise click.UsageError("A draft is not released: give --draft or --percent.")
    folder, manifest = _app.manifest_in(path, screenshots=True)
    client = connect(base_url)
    app = _app.find(client, manifest["app"]["key"])
    manifest = _app.with_known(client, app, manifest)
    plan = _plan(client, app, manifest)
    if not as_json:
        click.echo("\n".join(_lines(plan)))
    done: dict[str, Any] = {}
    if not dry_run and not plan["same"]:
        if not (yes or as_json):
            click.confirm("Deploy it?", abort=True)
        manifest = _app.with_uploads(client, folder, manifest)
        done = _apply(client, app, manifest, draft=draft, percent=percent)
    if as_json:
        print_json({"dry_run": dry_run, "plan": plan, **done})
    elif done:
        click.echo(f"Version {done['number']} of {manifest['app']['key']} is {done['status']}.")


def _plan(client: Portico, app: RegisteredApp | None, manifest: dict[str, Any]) -> dict[str, Any]:
    if app is None:
        return {"app_id": None, "key": manifest["app"]["key"], "same": False}
    same = _app.is_newest(client, app, manifest)
    return {"app_id": app.id, "key": app.key, "same": same, **client.apps.plan(app.id, manifest=manifest).raw}


def _lines(plan: dict[str, Any]) -> list[str]:
    """What people read: a line for each thing that comes, goes or changes."""
    if plan["app_id"] is None:
        return [f"+ registers the app {plan['key']}"]
    if plan["same"]:
        return ["Nothing to deploy: the newest version has this manifest."]
    marks = {"added": "+", "removed": "-", "changed": "~"}
    changes = plan["changes"].items()
    lines = [f"{mark} {kind}: {name}" for kind, how in changes for word, mark in marks.items() for name in how[word]]
    waiting = plan["installations"]["waiting"]
    if waiting:
        lines.append(f"! {len(waiting)} of {plan['installations']['live']} installations wait for consent")
    lines.append("  is released at once" if plan["releases"] else "  is handed in for review")
    return lines


def _apply(
    client: Portico, app: RegisteredApp | None, manifest: dict[str, Any], *, draft: bool, percent: int | None
) -> dict[str, Any]:
    if app is None:
        made = client.apps.create(manifest=manifest)
        _credentials.keep_new(client.base_url, made)
        first = made.version
        return {
            "app_id": made.id,
            "client_id": made.client_id,
            "version_id": first.id if first else None,
            "number": first.number if first else 1,
            "status": first.status if first else "registered",
        }
    release = not draft and percent is None
    body = {"manifest": manifest, "release": release}
    version = client.request("POST", f"/apps/{app.id}/versions", json=body)
    if percent is not None:
        version = client.apps.release_version(app.id, version["id"], percent=percent).raw
    return {"app_id": app.id, "version_id": version["id"], "number": version["number"], "status": version["status"]}
