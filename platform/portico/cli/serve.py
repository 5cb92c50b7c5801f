"""`portico serve`"""

from __future__ import annotations

import os
import shutil
from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces
from granian.server.common import AbstractServer

from portico.settings import Settings

BLOCKING_THREADS = 8


def granian_server(
    here: Settings, *, host: str = "127.0.0.1", port: int | None = None, workers: int = 1
) -> AbstractServer[Any]:
    """The production server, ready to serve."""
    return Granian(
        "portico.app:create_served_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port or here.port,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        websockets=False,
        log_access=False,
    )


def _share_counts(here: Settings) -> None:
    """Workers of one server keep their counts in files, so that whichever answers `/metrics` answers for all."""
    folder = here.home / "metrics" / str(here.port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # The library decides by this when a worker imports it.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.  [default: PORTICO_PORT or 8000]")
@click.option("--workers", default=1, show_default=True, help="Processes; one is enough for two cores.")
def command(host: str, port: int | None, workers: int) -> None:
    """Serve pages and API in production.

    Put a proxy with TLS in front and say so with PORTICO_TRUSTED_PROXIES. `portico pump` and, with Redis,
    `portico worker` run beside it.
    """
    from portico import settings
    from portico.cli.checks import refuse_unfit_database
    from portico.kernel import db

    here = settings.from_env()
    if workers > 1:
        _share_counts(here)
    refuse_unfit_database(db.Database(here.database_url, pool_size=1))
    granian_server(here, host=host, port=port, workers=workers).serve()
