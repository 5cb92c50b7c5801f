"""`portico-app`, which the platform mounts as `portico app`: commands for who writes apps."""

import click

from portico_sdk.cli.check import check
from portico_sdk.cli.new import new

__all__ = ["main"]


@click.group(name="app", context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Write an app for Portico: begin one, check one."""


main.add_command(new)
main.add_command(check)
