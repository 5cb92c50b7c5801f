"""`portico pump`"""

from __future__ import annotations

import sys

import click


@click.command("pump")
def command() -> None:
    """Deliver events to the endpoints of apps and workspaces.

    On PostgreSQL several pumps share the endpoints, on SQLite one works and others stand by; each takes over when
    another dies. Without PORTICO_REDIS_URL it also runs the jobs, otherwise `portico worker` does. End it with
    SIGTERM: what is in flight is finished first.
    """
    from portico import app, settings
    from portico.background import Background, handle_signals
    from portico.cli.checks import refuse_unfit_database
    from portico.kernel import logs

    here = settings.from_env()
    logs.configure()
    refuse_unfit_database(app.start(here))
    background = Background(here, run_jobs=not here.redis_url)
    handle_signals(background)
    sys.exit(background.run())
