"""The samples of the documentation: their types, commands, manifests and JSON are those that there are.

The quickstart is followed from its beginning to its end by `tests/start/test_quickstart.py`.
"""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
from mypy import api as mypy

from portico.cli import main as portico
from portico_sdk.cli import main as portico_app
from portico_sdk.manifest import check
from tests.support.pages_of_docs import Block, blocks

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "sdk" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES += sorted((ROOT / "apps_examples").glob("*/README.md"))
PROGRAMS = {"portico": portico, "portico-app": portico_app}
# What the text around a sample has made already.
KNOWN = """
from collections.abc import Callable, Mapping
from portico_sdk import Portico
from portico_sdk.apps import App
from portico_sdk.models import Contact, Ticket
from portico_sdk.oauth import OAuth
import portico_sdk.webhooks as webhooks
body: bytes
headers: Mapping[str, str]
secret: str
client: Portico
contact: Contact
ticket: Ticket
oauth: OAuth
app: App
handle: Callable[[object], None]
event = webhooks.verify(body, headers, secrets=[secret])
"""


def samples(language: str) -> list[object]:
    """Each with the page that it stands on as its name."""
    return [
        pytest.param(block, id=f"{page.relative_to(ROOT)}:{number}")
        for page in PAGES
        for number, block in enumerate(blocks(page))
        if block.language == language
    ]


def _python() -> dict[str, str]:
    found = {}
    for page in PAGES:
        place = re.sub(r"\W", "_", str(page.relative_to(ROOT)))
        pieces = [block for block in blocks(page) if block.language == "python"]
        found |= {f"{place}_{number}": block.code for number, block in enumerate(pieces)}
    return found


@pytest.mark.slow
def test_samples_of_python_fit_the_sdk(tmp_path: Path) -> None:
    for name, code in _python().items():
        (tmp_path / f"{name}.py").write_text(KNOWN + code)
    (tmp_path / "my_app.py").write_text("from portico_sdk.apps import App\napp: App\n")
    options = ["--config-file=", "--check-untyped-defs", "--cache-dir", str(tmp_path / "cache")]
    said, wrong, code = mypy.run([*options, str(tmp_path)])
    assert code == 0, said + wrong


@pytest.mark.parametrize("block", samples("sh"))
def test_commands_are_those_that_there_are(block: Block) -> None:
    for line in block.lines:
        program = line.split()[0].rpartition("/")[2]
        if program in PROGRAMS:
            _parse(PROGRAMS[program], program, shlex.split(line, comments=True)[1:])


def _parse(command: click.Command, name: str, words: list[str]) -> None:
    """As click reads them, without doing anything. Raises UsageError."""
    if not isinstance(command, click.Group):
        command.make_context(name, words)
        return
    context = command.make_context(name, words)
    found, chosen, rest = command.resolve_command(context, words)
    assert chosen is not None
    _parse(chosen, f"{name} {found}", rest)


@pytest.mark.parametrize("block", samples("toml"))
def test_pieces_of_manifests_are_right(block: Block) -> None:
    """What a piece leaves out is filled in."""
    piece = tomllib.loads(block.code)
    whole = {
        "schema": 1,
        "app": {"key": "sample", "name": "Sample", "summary": "A sample"},
        "runtime": {"base_url": "https://app.example"},
        **piece,
    }
    assert [f"{finding.path}: {finding.message}" for finding in check(whole, development=True)] == []


@pytest.mark.parametrize("block", samples("json"))
def test_samples_of_json_are_json(block: Block) -> None:
    decoder, text = json.JSONDecoder(), block.code.strip()
    while text:
        _, end = decoder.raw_decode(text)
        text = text[end:].strip()
