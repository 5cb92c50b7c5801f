"""`portico stream`"""

from __future__ import annotations

import sys

import click


@click.command("stream")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.  [default: PORTICO_PORT + 1, or 8001]")
def command(host: str, port: int | None) -> None:
    """Serve the event streams of apps and live pages.

    A proxy leads PORTICO_STREAMS_URL here. As many processes as wanted serve one database: each reads for itself, and
    who loses one goes on at another. End it with SIGTERM: listeners are told to come back.
    """
    from portico import app, settings
    from portico.cli.checks import refuse_unfit_database
    from portico.kernel import logs
    from portico.stream.process import serve

    here = settings.from_env()
    logs.configure()
    refuse_unfit_database(app.start(here))
    sys.exit(serve(here, host, port or here.port + 1))
