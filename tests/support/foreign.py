"""Clients that we did not write, in processes of their own: installed once per machine and lock, below `var/`."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.machinery
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "tests" / "clients"
MADE = ROOT / "var" / "foreign-clients"
Answers = Mapping[str, Callable[[Any], Any]]


@cache
def node_clients() -> Path:
    """A folder with the scripts of `tests/clients` and what they import."""
    folder = _made("npm", SCRIPTS / "package-lock.json", _npm_ci)
    for script in SCRIPTS.glob("*.mjs"):
        shutil.copy(script, folder)
    return folder


@cache
def python_client() -> Path:
    """A folder that is all that the Python client can import beside the standard library."""
    return _made("python", SCRIPTS / "requirements.lock", _pip_install)


def _made(kind: str, lock: Path, install: Callable[[Path], None]) -> Path:
    """Made aside and moved into place, so that a half-made one is never used; of two makers one is first."""
    version = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = MADE / f"{kind}-{version}"
    if not folder.is_dir():
        MADE.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix=f"{kind}-half-", dir=MADE))
        install(half)
        with contextlib.suppress(OSError):
            half.rename(folder)
        shutil.rmtree(half, ignore_errors=True)
    return folder


def _npm_ci(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SCRIPTS / name, folder)
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, dict(os.environ))


def _pip_install(folder: Path) -> None:
    """By whatever the start script installs with, settings of a mirror included."""
    start = _start_script()
    wanted = ["--quiet", "--target", str(folder), "--require-hashes", "-r", str(SCRIPTS / "requirements.lock")]
    uv = [str(start.find_uv() or start.fetch_uv()), "pip", "install", "--python", sys.executable]
    _run([*uv, *wanted], folder, start.uv_environment())


def _start_script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("portico_start", str(ROOT / "portico"))
    spec = importlib.util.spec_from_loader("portico_start", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def _run(argv: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (
        f"{' '.join(argv)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    )


def run_node(script: str, given: Any, answers: Answers, **environment: str) -> Any:
    return _converse(["node", str(node_clients() / script)], given, answers, environment)


def run_python(script: str, given: Any, answers: Answers, **environment: str) -> Any:
    # -S: without the packages of the interpreter that runs the tests.
    only = {"PYTHONPATH": str(python_client()), "PYTHONWARNINGS": "ignore"}
    return _converse([sys.executable, "-S", str(SCRIPTS / script)], given, answers, only | environment)


def _converse(argv: list[str], given: Any, answers: Answers, environment: dict[str, str]) -> Any:
    """Give the script its line, answer each question, and return what it ends with."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(argv, stderr=said, env=os.environ | environment, **pipes) as script,  # type: ignore[call-overload]
    ):
        try:
            _tell(script.stdin, given)
            for line in script.stdout:
                heard = json.loads(line)
                if "done" in heard:
                    return heard["done"]
                _tell(script.stdin, answers[heard["ask"]](heard["value"]))
        finally:
            script.kill()
        said.seek(0)
        raise AssertionError(f"{argv[-1]} ended early:\n{said.read()[-4000:]}")


def _tell(stream: Any, value: Any) -> None:
    stream.write(json.dumps(value) + "\n")
    stream.flush()


def sdk_wheel(folder: Path) -> Path:
    """The wheel of the SDK, as it would be published."""
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], ROOT / "sdk", dict(os.environ))
    (wheel,) = folder.glob("*.whl")
    return wheel


def environment_of(wanted: str, folder: Path) -> Path:
    """The interpreter of a new environment with this, what it needs, and nothing else."""
    start = _start_script()
    uv = str(start.find_uv() or start.fetch_uv())
    _run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], ROOT, start.uv_environment())
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    _run([uv, "pip", "install", "--quiet", "--python", str(python), wanted], ROOT, start.uv_environment())
    return python
