"""`portico up`."""

import fcntl
import os
from pathlib import Path
from typing import IO

import click

from portico.settings import SettingsError
from portico.up import early
from portico.up.supervisor import StartFailed, Supervisor


def _only_one(home: Path) -> IO[str]:
    """Hold the home folder: two at once would fight over one database and one pump."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = (home / "up.lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise click.ClickException(f"Portico is up already on {home}. Stop it first, or use --home.") from None
    return handle


@click.command("up")
@click.option("--home", type=click.Path(path_type=Path), help="Where data, logs and mail lie.  [default: var]")
@click.option("--port", type=int, help="First port to try.  [default: 8000]")
def command(home: Path | None, port: int | None) -> None:
    """Start everything on this machine, with demo data on the first start.

    Needs no other server: data lies in SQLite, jobs run inside. With PORTICO_DATABASE_URL and PORTICO_REDIS_URL it
    uses PostgreSQL and Redis. Ctrl-C stops all that it started; what was delivered half is delivered again.
    """
    folder = (home or Path(os.environ.get("PORTICO_HOME") or "var")).resolve()
    wanted = port or int(os.environ.get("PORTICO_PORT") or 0) or None
    try:
        with _only_one(folder), Supervisor(folder / "log", say=click.echo) as supervisor:
            begun = early.begin(folder, wanted, supervisor, click.echo)
            from portico.up.starting import run  # loads the platform, while the web process does the same

            run(folder, begun, supervisor, click.echo)
    except (StartFailed, SettingsError) as error:
        raise click.ClickException(str(error)) from error
