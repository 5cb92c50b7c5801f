"""The commands, as their `--help` says them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import click

from portico.cli import main as portico
from portico_sdk.cli import main as portico_app

_APP = "app"  # is `portico-app` by another name
_WIDTH = 100


def page() -> str:
    shown = [*_helps(portico, "portico", leave={_APP}), *_helps(portico_app, "portico-app")]
    return "\n".join([_HEAD, *(f"## {name}\n\n```text\n{text}\n```\n" for name, text in shown)])


def _helps(command: click.Command, name: str, leave: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    with click.Context(command, info_name=name, max_content_width=_WIDTH, terminal_width=_WIDTH) as context:
        yield name, command.get_help(context)
        if isinstance(command, click.Group):
            for each in command.list_commands(context):
                found = command.get_command(context, each)
                if found is not None and each not in leave:
                    yield from _helps(found, f"{name} {each}")


_HEAD = """# Commands

`portico` runs a Portico; `portico-app` (the extra `cli` of `portico-sdk`; also as `portico app`) is for
who writes apps.
"""
