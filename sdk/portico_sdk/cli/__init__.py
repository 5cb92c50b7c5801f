"""`portico-app`, which the platform mounts as `portico app`: commands for who writes apps."""

import click

from portico_sdk.cli.check import check
from portico_sdk.cli.deploy import deploy
from portico_sdk.cli.dev import dev
from portico_sdk.cli.doctor import doctor
from portico_sdk.cli.login import login, logout, whoami
from portico_sdk.cli.logs import logs, replay, trigger
from portico_sdk.cli.new import new

__all__ = ["main"]


@click.group(name="app", context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Write an app for Portico: begin one, check it, run it, deploy it.

    Begin with `new`. What speaks to a server needs `login` first, or PORTICO_TOKEN with PORTICO_BASE_URL.
    """


for command in (new, check, dev, deploy, trigger, logs, replay, doctor, login, logout, whoami):
    main.add_command(command)
