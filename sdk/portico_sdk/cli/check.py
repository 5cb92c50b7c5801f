"""`app check`: what the catalogue's robot would say, on this machine and without a network."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

UNREADABLE = 2


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("portico.toml"))
@click.option("--release", is_flag=True, help="Refuse what only development allows, such as http://localhost.")
@click.option("--listing", is_flag=True, help="Find also what a review asks of the app's page in the catalogue.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check(context: click.Context, path: Path, release: bool, listing: bool, as_json: bool) -> None:
    """Check the manifest at PATH (a file, or the folder of portico.toml).

    Prints every finding as `portico.toml:12: message`. Exit code 0: none, or warnings alone; 1: some; 2: the file is
    unreadable.
    """
    from portico_sdk.manifest import Finding, ManifestUnreadable

    file = path / "portico.toml" if path.is_dir() else path
    try:
        findings = _findings(file, release, listing)
    except OSError as error:
        _print(file, [], as_json, f"{file}: {error.strerror}. `portico-app new NAME` makes one.")
        context.exit(UNREADABLE)
    except ManifestUnreadable as error:
        unreadable = Finding("toml", "", str(error), "Mend the TOML.")
        _print(file, [(error.line or 1, unreadable)], as_json)
        context.exit(UNREADABLE)
    _print(file, findings, as_json)
    context.exit(1 if any(finding.severity == "error" for _line, finding in findings) else 0)


def _findings(file: Path, release: bool, listing: bool) -> list[tuple[int, Any]]:
    from portico_sdk import manifest

    content = manifest.load_toml(file)
    whole, missing = manifest.with_files(content, file.parent)
    text = file.read_text(encoding="utf-8")
    found = [*manifest.check(whole, development=not release), *missing]
    found += manifest.check_listing(whole) if listing else []
    placed = [(manifest.line_of(text, finding.path), finding) for finding in found]
    return sorted(placed, key=lambda item: item[0])


def _print(file: Path, findings: list[tuple[int, Any]], as_json: bool, error: str | None = None) -> None:
    if as_json:
        rows = [{"line": line, **asdict(finding)} for line, finding in findings]
        answer = {"ok": not rows and error is None, "file": str(file), "findings": rows, "error": error}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for line, finding in findings:
        where = f"{finding.path}: " if finding.path else ""
        mark = "" if finding.severity == "error" else f"{finding.severity}: "
        click.echo(f"{file}:{line}: {mark}{where}{finding.message} {finding.mending}")
    if error is not None:
        click.echo(error, err=True)
    elif not findings:
        click.echo(f"{file}: nothing to mend.")
