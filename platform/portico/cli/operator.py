"""`portico operator …`."""

import click

from portico.app import start
from portico.domains.identity import queries, service
from portico.kernel.db import AnyRow
from portico.kernel.unit_of_work import system_unit
from portico.settings import from_env


@click.group("operator")
def command() -> None:
    """Say who operates this instance: reviews apps and sees its health, in every workspace."""
    start(from_env())


def _mark(email: str, operator: bool) -> None:
    with system_unit("command line: mark an operator", write=True):
        user = _user(email)
        service.mark_operator(user.id, operator)
    click.echo(f"{user.email} is {'an' if operator else 'no longer an'} operator.")


def _user(email: str) -> AnyRow:
    user = queries.user_by_email(email)
    if user is None:
        raise click.ClickException(f"Nobody has the address {email}; they sign up by an invitation first.")
    return user


@command.command("verify-email")
@click.argument("email")
def verify_email(email: str) -> None:
    """Vouch that this address belongs to the user who signs in with it: apps then hear that it is verified."""
    with system_unit("command line: vouch for an address", write=True):
        user = _user(email)
        service.verify_email(user.id)
    click.echo(f"{user.email} counts as verified.")


@command.command("reset-two-factor")
@click.argument("email")
def reset_two_factor(email: str) -> None:
    """Take the second factors off a login whose owner has lost them; the password alone opens it then."""
    with system_unit("command line: reset a second factor", write=True):
        user = _user(email)
        was_on = service.reset_factors_of(user.id)
    click.echo(f"{user.email} signs in with the password alone." if was_on else f"{user.email} has no second factor.")


@command.command()
@click.argument("email")
def add(email: str) -> None:
    """Make the user with this address an operator."""
    _mark(email, True)


@command.command()
@click.argument("email")
def remove(email: str) -> None:
    """Take the mark away."""
    _mark(email, False)
