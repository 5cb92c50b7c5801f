"""`portico workspace …`."""

import json
from typing import Any

import click

from portico.app import start
from portico.domains.identity import queries, service
from portico.domains.identity.service.workspaces import setup_token
from portico.kernel import public
from portico.kernel.errors import Refusal
from portico.kernel.unit_of_work import system_unit
from portico.settings import current, from_env
from portico.up import demo_file, fixture


def setup_url(workspace_id: str) -> str:
    """The one-time link to a workspace's first owner."""
    return public.url(f"/account/setup/{setup_token(workspace_id)}")


@click.group("workspace")
def command() -> None:
    """Create a workspace; list the workspaces; make test workspaces in a demo."""
    start(from_env())


@command.command()
@click.argument("name")
@click.option("--slug", help="The short name in addresses; made from NAME when left out.")
@click.option("--fixture", "filled", is_flag=True, help="A test workspace with people of each role (demo only).")
@click.option("--reset", is_flag=True, help="With --fixture: make the one that is there anew.")
@click.option("--json", "as_json", is_flag=True, help="With --fixture: print JSON, for scripts.")
def create(name: str, slug: str | None, filled: bool, reset: bool, as_json: bool) -> None:
    """Make an empty workspace and print the one-time link for its first owner (valid for 7 days).

    With --fixture it is a test workspace in the demo of `portico up`: an admin, an agent, an employee, a developer, the
    owner of another company, and a few customers. Who they are, with passwords and tokens, is written to
    workspaces/NAME.json in the home folder, for you alone. --reset makes it as it was at first, in about a second:
    people, passwords, tokens and the apps that they registered stay, all else goes. `workspace delete` removes it.
    """
    if filled:
        _fixture(name, slug, reset, as_json)
        return
    if reset or as_json:
        raise click.UsageError("--reset and --json are for test workspaces: add --fixture.")
    try:
        with system_unit("command line: create a workspace", write=True):
            workspace_id = service.create_workspace(name, slug)
    except Refusal as refusal:
        raise click.ClickException(refusal.detail) from refusal
    click.echo(f"{name} is made. Whoever opens this link becomes its owner; it works once, for 7 days:")
    click.echo(setup_url(workspace_id))


def _fixture(name: str, slug: str | None, reset: bool, as_json: bool) -> None:
    base_url = _demo()["base_url"]
    try:
        made = fixture.reset(slug or name) if reset else fixture.create(name, slug)
    except Refusal as refusal:
        raise click.ClickException(refusal.detail) from refusal
    content = made.content(base_url)
    path = current().home / "workspaces" / f"{made.slug}.json"
    path.parent.mkdir(exist_ok=True, mode=0o700)
    demo_file.put(path, content)
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo(f"{made.name}: {base_url}/w/{made.slug}")
    for who, about in content["users"].items():
        click.echo(f"  {who:10} {about['email']:44} {about['password']}")
    click.echo(f"Tokens for scripts are in {path}.")


def _demo() -> dict[str, Any]:
    """What `portico up` wrote down last."""
    path = current().home / "demo.json"
    if not path.exists():
        raise click.ClickException(
            f"Test workspaces belong to a demo, and there is none in {current().home}. Start `portico up` first, or "
            "say with PORTICO_HOME where it lives."
        )
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


@command.command()
@click.argument("name")
def delete(name: str) -> None:
    """Delete a test workspace of the demo, with its people and the apps that they registered."""
    _demo()
    try:
        slug = fixture.delete(name)
    except Refusal as refusal:
        raise click.ClickException(refusal.detail) from refusal
    (current().home / "workspaces" / f"{slug}.json").unlink(missing_ok=True)
    click.echo(f"{slug} is deleted.")


@command.command(name="list")
def list_workspaces() -> None:
    """Print the workspaces, and the link of those that still wait for their owner."""
    with system_unit("command line: list workspaces"):
        rows = queries.all_workspaces()
    for row in rows:
        waiting = f"  waits for its owner: {setup_url(row.id)}" if row.setup_digest else ""
        click.echo(f"{row.id}  {row.slug}  {row.name}{waiting}")
