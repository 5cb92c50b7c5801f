"""`app new`: a small app that works, from the files of `templates/`."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

TEMPLATES = ("panel", "minimal", "action", "connector")
_KEY = re.compile(r"[a-z][a-z0-9_-]{1,39}")


@click.command()
@click.argument("name")
@click.option(
    "--template",
    type=click.Choice(TEMPLATES),
    default=TEMPLATES[0],
    show_default=True,
    help="panel: a note on each new ticket and a panel beside it; minimal: one event; action: a button; connector: "
    "tells another system.",
)
def new(name: str, template: str) -> None:
    """Make the folder NAME with a manifest, a small Flask app that works, and its test.

    NAME becomes the app's key: 2 to 40 of a-z, 0-9, _ and -, beginning with a letter.
    """
    if not _KEY.fullmatch(name):
        raise click.BadParameter("use 2 to 40 of a-z, 0-9, _ and -, beginning with a letter", param_hint="NAME")
    folder = Path(name)
    if folder.exists():
        raise click.UsageError(f"{folder} is there already: choose another name, or remove it.")
    words = {"KEY": name, "PACKAGE": name.replace("-", "_"), "TITLE": _title(name)}
    _copy(files("portico_sdk.cli") / "templates" / "shared", folder, words)
    _copy(files("portico_sdk.cli") / "templates" / template, folder, words)
    click.echo(f"Made {folder}/. Next:\n  cd {folder}\n  portico-app check\n  python -m pytest\n  portico-app dev\n")
    click.echo("README.md says how to run it in a workspace.")


def _title(name: str) -> str:
    return re.sub(r"[-_]+", " ", name).strip().title()


def _copy(source: Traversable, target: Path, words: dict[str, str]) -> None:
    target.mkdir(exist_ok=True)
    for item in source.iterdir():
        if item.is_dir():
            _copy(item, target / _filled(item.name, words), words)
        elif item.name.endswith(".txt"):
            text = _filled(item.read_text(encoding="utf-8"), words)
            name = _filled(item.name.removesuffix(".txt"), words)
            (target / name).write_text(text, encoding="utf-8")


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"__{word}__", value)
    return text
