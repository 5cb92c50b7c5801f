"""The command line: `portico …`.

Each command group is a file here and is loaded when it is called, so that `portico --help` loads neither
Flask nor SQLAlchemy. The table below is therefore the one place that says which commands exist, and its
lines are their help.
"""

import importlib

import click

COMMANDS = {
    "up": ("portico.cli.up:command", "Start everything on this machine, with demo data on the first start."),
    "test": ("portico.cli.test:command", "Run the tests: the fast tier, or --all."),
    "app": ("portico_sdk.cli:main", "Write, check, run and deploy an app."),
    "workspace": ("portico.cli.workspace:command", "Create a workspace; list the workspaces."),
    "list": ("portico.cli.list_:command", "Print the declared scopes, events, slots, jobs, errors."),
    "migrate": ("portico.cli.migrate:command", "Bring the database to the present schema."),
    "serve": ("portico.cli.serve:command", "Serve pages and API in production."),
    "pump": ("portico.cli.pump:command", "Deliver events to the endpoints of apps and workspaces."),
    "stream": ("portico.cli.stream:command", "Serve the event streams of apps and live pages."),
    "worker": ("portico.cli.worker:command", "Run jobs from Redis."),
    "operator": ("portico.cli.operator:command", "Say who operates this instance."),
    "status": ("portico.cli.status:command", "Say how delivery stands: what waits, who pumps, who fails."),
    "keys": ("portico.cli.keys:command", "Renew the keys that sign and the keys that seal."),
    "audit": ("portico.cli.audit:command", "Check the record: nothing altered, deleted, moved or cut off."),
    "docs": ("portico.cli.docs:command", "Build the documentation as a site, or show it."),
    "bench": ("portico.cli.bench:command", "Measure the claims of the README."),
}


class LazyGroup(click.Group):
    """A group whose commands are named in a table and imported when one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{name} is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="portico")
def main() -> None:
    """Portico: an open workspace platform that a company runs itself.

    Begin with `portico up`. Each command explains itself with --help.
    """
