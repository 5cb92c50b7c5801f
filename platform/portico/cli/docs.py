"""`portico docs`: the documentation as a site."""

import os
import subprocess
import sys
from pathlib import Path

import click


@click.command("docs")
@click.option("--serve", is_flag=True, help="Show it on this machine, and again after each change.")
@click.option("--port", default=8010, show_default=True, help="Where --serve listens, on 127.0.0.1.")
def command(serve: bool, port: int) -> None:
    """Build the documentation in var/site; a link to nowhere is an error."""
    if not Path("mkdocs.yml").is_file():
        raise click.ClickException("There is no mkdocs.yml here; run this from a clone of the repository.")
    arguments = ["serve", "--dev-addr", f"127.0.0.1:{port}"] if serve else ["build"]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run([sys.executable, "-m", "mkdocs", *arguments, "--strict"], env=quiet, check=False)
    if done.returncode == 0 and not serve:
        click.echo(f"The documentation is in {Path('var') / 'site'}; --serve shows it.")
    sys.exit(done.returncode)
