"""`portico bench NAME`: run one of the measurements in `bench/`."""

import subprocess
import sys
from pathlib import Path

import click


def _folder() -> Path:
    folder = Path.cwd() / "bench"
    if not folder.is_dir():
        raise click.ClickException("There is no bench/ here; run this from a clone of the repository.")
    return folder


@click.command("bench", context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(name: str | None, arguments: tuple[str, ...]) -> None:
    """Measure a claim of the README; prints JSON. Without NAME, says what there is."""
    known = {path.stem: path for path in sorted(_folder().glob("*.py")) if not path.stem.startswith("_")}
    if name is None:
        for stem, path in known.items():
            click.echo(f"{stem:12} {path.read_text().split(chr(10))[0].strip(chr(34))}")
        return
    if name not in known:
        raise click.ClickException(f"There is no bench {name!r}; there are {', '.join(known)}.")
    sys.exit(subprocess.run([sys.executable, str(known[name]), *arguments], check=False).returncode)
