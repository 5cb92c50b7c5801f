"""`portico keys …`."""

from collections.abc import Iterator

import click

from portico.app import start
from portico.domains.oauth.service import keys
from portico.kernel.resealing import Progress, reseal
from portico.kernel.secrets import SealBroken
from portico.kernel.unit_of_work import system_unit
from portico.settings import from_env


@click.group("keys")
def command() -> None:
    """Renew the keys that sign and the keys that seal."""
    start(from_env())


@command.command()
@click.option("--at-once", is_flag=True, help="A key got out: sign with new ones now, and refuse what the old signed.")
def rotate(at_once: bool) -> None:
    """Publish new signing keys, and seal every secret anew under the first of PORTICO_SECRET_KEYS.

    Put the new server key in front of PORTICO_SECRET_KEYS, restart every process, run this, and take the old one away
    when it is through. It can be stopped and run again. New signing keys sign after a quarter of an hour, when clients
    have seen them; the old ones stay in the key set until what they signed is dead.
    """
    with system_unit("keys: publish the next signing keys", write=True):
        purposes = keys.publish_next()
        if at_once:
            keys.turn(at_once=True)
            keys.forget_all_retired()
    when = "now" if at_once else f"in {int(keys.PUBLISHED_FIRST.total_seconds() // 60)} minutes"
    click.echo(f"{len(purposes)} new signing keys; they sign {when}.")
    try:
        done = _show(reseal())
    except SealBroken as broken:
        raise click.ClickException(f"{broken} Put that key back and run this again.") from None
    click.echo(f"{done} secrets were sealed anew. Every one is now under the first of PORTICO_SECRET_KEYS.")


def _show(progress: Iterator[Progress]) -> int:
    """A line for each column that has something to do, rewritten as it goes on."""
    total = 0
    last: Progress | None = None
    for step in progress:
        if last is not None and last.column != step.column:
            total += _end(last)
        if step.waiting:
            click.echo(f"\r{step.column}: {step.done} of {step.waiting}", nl=False)
        last = step
    return total + (_end(last) if last is not None else 0)


def _end(step: Progress) -> int:
    if step.waiting:
        click.echo()
    return step.done
