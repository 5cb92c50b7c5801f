"""`portico audit …`."""

import click

from portico.app import start
from portico.domains.audit.service import verify
from portico.domains.identity import queries
from portico.kernel.unit_of_work import system_unit
from portico.settings import from_env


@click.group("audit")
def command() -> None:
    """Check the record: nothing altered, deleted, moved or cut off."""
    start(from_env())


@command.command(name="verify")
@click.option("--workspace", help="The id or the short name of one workspace; all, when left out.")
def verify_records(workspace: str | None) -> None:
    """Walk the hash chain of each record and compare it with its signed checkpoints.

    Each finding names the entry. Exit code 1 when there is one.
    """
    with system_unit("command line: verify the records"):
        rows = [row for row in queries.all_workspaces() if workspace in (None, row.id, row.slug)]
        if not rows:
            raise click.ClickException("There is no such workspace; `portico workspace list` shows them.")
        verdicts = [(row, verify(row.id)) for row in rows]
    for row, verdict in verdicts:
        state = "sound" if verdict.sound else f"{len(verdict.findings)} findings"
        click.echo(f"{row.id}  {row.slug}  {verdict.entries} entries, {state}")
        for finding in verdict.findings:
            click.echo(f"  {finding.kind}: {finding.message}")
    if not all(verdict.sound for _, verdict in verdicts):
        raise SystemExit(1)
