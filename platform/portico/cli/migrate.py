"""`portico migrate`."""

import click

from portico.kernel import db, migrations
from portico.settings import from_env


@click.command("migrate")
@click.option("--check", is_flag=True, help="Only say whether the schema is at the head (exit code 1 when not).")
def command(check: bool) -> None:
    """Bring the database to the present schema.

    Uses PORTICO_MIGRATE_URL, the login that owns the tables (default: PORTICO_DATABASE_URL). On PostgreSQL it also
    makes the roles that the application needs. Safe to run twice, and on several machines at once.
    """
    settings = from_env()
    if not check:
        migrations.upgrade(settings.migrate_url)
    database = db.Database(settings.migrate_url, pool_size=1)
    current, head = migrations.current(database), migrations.head()
    database.dispose()
    if current != head:
        raise click.ClickException(f"The schema is at {current or 'nothing'}; {head} is needed. Run `portico migrate`.")
    click.echo(f"The schema is at {head}.")
