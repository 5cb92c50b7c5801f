"""`portico operator …`."""

import click

from portico.app import start
from portico.domains.identity import queries, service
from portico.kernel.unit_of_work import system_unit
from portico.settings import from_env


@click.group("operator")
def command() -> None:
    """Say who operates this instance: reviews apps and sees its health, in every workspace."""
    start(from_env())


def _mark(email: str, operator: bool) -> None:
    with system_unit("command line: mark an operator", write=True):
        user = queries.user_by_email(email)
        if user is None:
            raise click.ClickException(f"Nobody has the address {email}; they sign up by an invitation first.")
        service.mark_operator(user.id, operator)
    click.echo(f"{user.email} is {'an' if operator else 'no longer an'} operator.")


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
