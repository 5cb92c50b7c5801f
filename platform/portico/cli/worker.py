"""`portico worker`"""

from __future__ import annotations

import threading

import click

SWEEP_S = 30.0


@click.command("worker")
@click.option("--burst", is_flag=True, help="End when the queue is empty.")
def command(burst: bool) -> None:
    """Run jobs from Redis. Start as many as wanted; a lost or emptied Redis loses no job."""
    from portico import app, settings
    from portico.cli.checks import refuse_unfit_database
    from portico.kernel import jobs, logs

    here = settings.from_env()
    if not here.redis_url:
        raise click.ClickException("A worker needs PORTICO_REDIS_URL. Without Redis, `portico pump` runs the jobs.")
    logs.configure()
    refuse_unfit_database(app.start(here))
    jobs.run_worker(here, until_empty=burst, on_start=_sweep_regularly)


def _sweep_regularly() -> None:
    """Carry again what nobody finished, beside the worker."""
    from sqlalchemy.exc import SQLAlchemyError

    from portico.kernel import jobs
    from portico.kernel.errors import Unavailable

    def loop() -> None:
        pause = threading.Event()
        while True:
            try:
                jobs.sweep()
            except (SQLAlchemyError, Unavailable) as error:
                click.echo(f"The sweep will try again: {type(error).__name__}.", err=True)
            pause.wait(SWEEP_S)

    threading.Thread(target=loop, name="sweep", daemon=True).start()
