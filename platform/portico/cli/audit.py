"""`portico audit …`."""

from pathlib import Path

import click

from portico.app import start
from portico.domains.audit.service import verify, verify_lines
from portico.domains.identity import queries
from portico.kernel.unit_of_work import system_unit
from portico.settings import from_env


@click.group("audit")
def command() -> None:
    """Check the record: nothing altered, deleted, moved or cut off."""


@command.command(name="verify")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="With FILE: the public key of the checkpoints, as the audit page shows it.")
@click.option("--workspace", help="The id or the short name of one workspace; all, when left out.")
def verify_records(file: Path | None, key: str | None, workspace: str | None) -> None:
    """Walk the hash chain of each record and compare it with its signed checkpoints.

    With FILE, an export in JSON lines, nothing else is needed: no database and no server. Give --key, kept from the
    audit page, or the file vouches for itself.

    Each finding names the entry. Exit code 1 when there is one.
    """
    if file is not None:
        _verify_file(file, key)
        return
    start(from_env())
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


def _verify_file(file: Path, key: str | None) -> None:
    with file.open("rb") as lines:
        verdict = verify_lines(lines, key)
    parts = [f"{verdict.entries} entries"]
    if verdict.gaps:
        parts.append(f"{verdict.gaps} gaps (the export was filtered, or lines are missing)")
    if verdict.erased:
        parts.append(f"{verdict.erased} with an erased detail")
    parts.append(f"sealed up to entry {verdict.sealed}" if verdict.sealed else "no checkpoint in it covers an entry")
    click.echo(f"{file.name}: {', '.join(parts)}; {'sound' if verdict.sound else f'{len(verdict.findings)} findings'}")
    for finding in verdict.findings:
        click.echo(f"  {finding.kind}: {finding.message}")
    if key is None:
        click.echo("No --key was given: the file was checked by the keys that it names itself.")
    if not verdict.sound:
        raise SystemExit(1)
