"""`portico workspace …`."""

import click

from portico.app import start
from portico.domains.identity import queries, service
from portico.domains.identity.service.workspaces import setup_token
from portico.kernel import public
from portico.kernel.errors import Refusal
from portico.kernel.unit_of_work import system_unit
from portico.settings import from_env


def setup_url(workspace_id: str) -> str:
    """The one-time link to a workspace's first owner."""
    return public.url(f"/account/setup/{setup_token(workspace_id)}")


@click.group("workspace")
def command() -> None:
    """Create a workspace; list the workspaces."""
    start(from_env())


@command.command()
@click.argument("name")
@click.option("--slug", help="The short name in addresses; made from NAME when left out.")
def create(name: str, slug: str | None) -> None:
    """Make an empty workspace and print the one-time link for its first owner (valid for 7 days)."""
    try:
        with system_unit("command line: create a workspace", write=True):
            workspace_id = service.create_workspace(name, slug)
    except Refusal as refusal:
        raise click.ClickException(refusal.detail) from refusal
    click.echo(f"{name} is made. Whoever opens this link becomes its owner; it works once, for 7 days:")
    click.echo(setup_url(workspace_id))


@command.command(name="list")
def list_workspaces() -> None:
    """Print the workspaces, and the link of those that still wait for their owner."""
    with system_unit("command line: list workspaces"):
        rows = queries.all_workspaces()
    for row in rows:
        waiting = f"  waits for its owner: {setup_url(row.id)}" if row.setup_digest else ""
        click.echo(f"{row.id}  {row.slug}  {row.name}{waiting}")
