"""The app's process: found, started with what it needs, and started again when a file of it changes."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portico_sdk.cli._connection import Problem

SUFFIXES = frozenset({".py", ".toml", ".html", ".json", ".css", ".js", ".po", ".mo"})
LEFT_OUT = frozenset({".git", ".venv", "venv", "__pycache__", "node_modules", ".pytest_cache", ".mypy_cache"})
GRACE_S = 5.0


def command_of(folder: Path, manifest: Mapping[str, Any], given: str | None) -> list[str]:
    """What starts the app: `--command`, `runtime.command`, the one package with a `__main__.py`, app.py or main.py.

    Raises Problem.
    """
    said = given or manifest.get("runtime", {}).get("command")
    if said:
        words = shlex.split(said)
        return [sys.executable, *words[1:]] if words[0] in ("python", "python3") else words
    packages = sorted(path.parent.name for path in folder.glob("*/__main__.py") if path.parent.name not in LEFT_OUT)
    if len(packages) == 1:
        return [sys.executable, "-m", packages[0]]
    for name in ("app.py", "main.py"):
        if (folder / name).is_file():
            return [sys.executable, name]
    raise Problem(f"How does the app in {folder} start? Give --command, or write runtime.command into portico.toml.", 2)


class Runner:
    """`look` starts the app again when it changed or ended; its output goes where ours does."""

    def __init__(self, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._command, self._folder, self._environment = command, folder, {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._seen: dict[str, int] = {}

    def start(self) -> None:
        self._seen = self._stamps()
        guarded = [sys.executable, "-m", "portico_sdk.cli.dev._guard", *self._command]
        self._process = subprocess.Popen(
            guarded,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.PIPE,
            start_new_session=os.name == "posix",
        )

    def look(self) -> str | None:
        """Why it was started again, or that it ended; None when all is as before."""
        now = self._stamps()
        changed = sorted(name for name in now.keys() | self._seen.keys() if now.get(name) != self._seen.get(name))
        if changed:
            self.stop()
            self.start()
            return f"{changed[0]} changed: started again"
        if self._process is not None and self._process.poll() is not None:
            code, self._process = self._process.returncode, None
            return f"the app ended with exit code {code}; mend it and save, and it starts again"
        return None

    def stop(self) -> None:
        """Ends the app: the guard sees its pipe close."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _stamps(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for root, folders, files in os.walk(self._folder):
            folders[:] = [name for name in folders if name not in LEFT_OUT]
            for name in files:
                path = Path(root, name)
                if path.suffix in SUFFIXES:
                    try:
                        found[str(path.relative_to(self._folder))] = path.stat().st_mtime_ns
                    except FileNotFoundError:
                        continue
        return found
