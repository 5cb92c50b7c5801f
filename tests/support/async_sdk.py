"""Makes the asynchronous client of the SDK from the synchronous one: `python -m tests.support.async_sdk`.

A method waits when it calls one that waits; the rest is names. `events.py` is written by hand, since a stream that is
looped over need not be awaited first.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SDK = Path(__file__).parents[2] / "sdk" / "portico_sdk"
BY_HAND = {"events.py"}
HEAD = "# Made by `python -m tests.support.async_sdk` from {source}: change that instead.\n"

OF_THE_TRANSPORT = {"request", "upload", "download"}
NAMES = {
    "Portico": "AsyncPortico",
    "Results": "AsyncResults",
    "Transport": "AsyncTransport",
    "__enter__": "__aenter__",
    "__exit__": "__aexit__",
}
TEXTS = [
    (r"portico_sdk\.resources\b", "portico_sdk.aio.resources"),
    (r"from portico_sdk import resources\b", "from portico_sdk.aio import resources"),
    (r"portico_sdk\.(_tokens|_transport|pages)\b", r"portico_sdk.aio.\1"),
    (r"httpx\.Client\b", "httpx.AsyncClient"),
    (r"\bhttp\.close\(", "http.aclose("),
    (r"between threads", "between the tasks of one event loop"),
]
DROPPED = {"without_token"}
"""For the router of apps, whose functions do not wait."""


def sources() -> Iterator[tuple[Path, Path]]:
    """Each file, and the one that is made from it."""
    yield SDK / "client.py", SDK / "aio" / "client.py"
    for source in sorted((SDK / "resources").glob("*.py")):
        if source.name not in BY_HAND:
            yield source, SDK / "aio" / "resources" / source.name


def made(source: Path, waiting: set[str]) -> str:
    tree = ast.parse(source.read_bytes())
    lines = source.read_bytes().splitlines(keepends=True)
    for line, column, end, text in sorted(_edits(tree, waiting), reverse=True):
        row = lines[line - 1]
        lines[line - 1] = row[:column] + text + row[end:]
    for node in tree.body[::-1]:
        if isinstance(node, ast.FunctionDef) and node.name in DROPPED:
            del lines[node.lineno - 1 : node.end_lineno]
    text = b"".join(lines).decode()
    for pattern, new in TEXTS:
        text = re.sub(pattern, new, text)
    for old, new in NAMES.items():
        text = re.sub(rf"\b{old}\b", new, text)
    return _tidy(HEAD.format(source=source.relative_to(SDK.parent).as_posix()) + text)


def names_that_wait() -> set[str]:
    """Methods of resources that wait, among them the verbs of the base; by class, as `Class.method`."""
    classes: dict[str, ast.ClassDef] = {}
    for source, _ in sources():
        for node in ast.parse(source.read_bytes()).body:
            if isinstance(node, ast.ClassDef):
                classes[node.name] = node
    waiting: set[str] = set()
    while True:
        found = {
            f"{name}.{method.name}"
            for name, node in classes.items()
            for method in node.body
            if isinstance(method, ast.FunctionDef) and any(_waits(call, name, waiting) for call in _calls(method))
        }
        found |= {
            f"{name}.{inherited.partition('.')[2]}"
            for name, node in classes.items()
            for base in node.bases
            for inherited in found | waiting
            if isinstance(base, ast.Name) and inherited.startswith(f"{base.id}.")
        }
        if found <= waiting:
            return waiting
        waiting |= found


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def _waits(call: ast.Call, owner: str, waiting: set[str]) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Attribute(value=ast.Name("self"), attr="_transport"), attr=name):
            return name in OF_THE_TRANSPORT
        case ast.Attribute(value=ast.Attribute(attr="http"), attr="close"):
            return True
        case ast.Attribute(value=ast.Name("self"), attr=name):
            return f"{owner}.{name}" in waiting
        case ast.Name("exchange"):
            return True
    return False


def _edits(tree: ast.Module, waiting: set[str]) -> Iterator[tuple[int, int, int, bytes]]:
    """What to put where: line, column, end of what is replaced there (in bytes), text."""
    for owner in tree.body:
        if not isinstance(owner, ast.ClassDef):
            continue
        for method in owner.body:
            if not isinstance(method, ast.FunctionDef):
                continue
            calls = [call for call in _calls(method) if _waits(call, owner.name, waiting)]
            if calls or method.name in {"__enter__", "__exit__"}:
                yield method.lineno, method.col_offset, method.col_offset, b"async "
            inside = {id(node.value) for node in ast.walk(method) if isinstance(node, ast.Attribute | ast.Subscript)}
            for call in calls:
                yield from _awaited(call, id(call) in inside)


def _awaited(call: ast.Call, looked_into: bool) -> Iterator[tuple[int, int, int, bytes]]:
    yield call.lineno, call.col_offset, call.col_offset, b"(await " if looked_into else b"await "
    if looked_into and call.end_lineno is not None and call.end_col_offset is not None:
        yield call.end_lineno, call.end_col_offset, call.end_col_offset, b")"


def _tidy(text: str) -> str:
    ruff = [sys.executable, "-m", "ruff"]
    where = ["--stdin-filename", "sdk/portico_sdk/aio/x.py", "-"]
    for step in (["check", "--select", "I,F401", "--fix", "--quiet"], ["format", "--quiet"]):
        done = subprocess.run([*ruff, *step, *where], input=text, capture_output=True, text=True, check=True)
        text = done.stdout
    return text


def all_made() -> dict[Path, str]:
    waiting = names_that_wait()
    return {target: made(source, waiting) for source, target in sources()}


if __name__ == "__main__":
    for target, text in all_made().items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
