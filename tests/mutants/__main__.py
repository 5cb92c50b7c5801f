"""`python -m tests.mutants [NAME…]`: take one guard after another away and see its tests fall.

On copies of the tree, two at a time and with low priority; about ten minutes for all of them. What survived is named,
and the exit code is then 1. Needs PostgreSQL, as those tests do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.guards import GUARDS, ROOT, Guard

AT_ONCE = 2
LONGEST = 300  # seconds
FAILED = 1  # pytest's exit code for tests that failed; the others say that they did not run
COPIED = ("apps_examples", "migrations", "platform", "sdk", "tests", "docs", "portico", "pyproject.toml", "wsgi.py")


def main(names: list[str]) -> int:
    if unknown := set(names) - {guard.name for guard in GUARDS}:
        sys.exit(f"There is no guard {', '.join(map(repr, sorted(unknown)))}. They are: {', '.join(known())}.")
    chosen = [guard for guard in GUARDS if not names or guard.name in names]
    os.nice(10)
    with copies() as free, ThreadPoolExecutor(AT_ONCE) as pool:
        whole = free.get()
        tests = sorted({test for guard in chosen for test in guard.tests})
        say(f"all {len(tests)} tests with every guard in place")
        status, said = run(whole, tests)
        free.put(whole)
        if status:
            sys.exit(f"They must pass first:\n{said}")
        outcomes = list(pool.map(lambda guard: attempt(guard, free), chosen))
    survived = [guard.name for guard, fell in zip(chosen, outcomes, strict=True) if not fell]
    say(f"{len(chosen) - len(survived)} of {len(chosen)} guards have a test that falls without them")
    for name in survived:
        say(f"SURVIVED: {name}")
    return 1 if survived else 0


def known() -> list[str]:
    return [guard.name for guard in GUARDS]


def attempt(guard: Guard, free: SimpleQueue[Path]) -> bool:
    """Whether its tests fell. The copy is whole again afterwards."""
    folder, began = free.get(), time.monotonic()
    try:
        (folder / guard.path).write_text(guard.removed())
        status, said = run(folder, list(guard.tests))
    finally:
        shutil.copy(ROOT / guard.path, folder / guard.path)
        free.put(folder)
    fell = status == FAILED
    say(f"{'fell' if fell else 'SURVIVED'} in {time.monotonic() - began:.0f} s: {guard.name}")
    if status not in (0, FAILED):
        say(f"  its tests did not run (exit code {status}):\n{said[-3000:]}")
    return fell


def run(folder: Path, tests: list[str]) -> tuple[int, str]:
    """pytest in the copy, with its own sources before those that are installed."""
    sources = os.pathsep.join(str(folder / part) for part in ("platform", "sdk"))
    environment = os.environ | {"PYTHONPATH": sources, "PYTHONDONTWRITEBYTECODE": "1"}
    argv = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-header", *tests]
    try:
        done = subprocess.run(
            argv, cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return -1, f"They took longer than {LONGEST} s."
    return done.returncode, done.stdout + done.stderr


@contextmanager
def copies() -> Iterator[SimpleQueue[Path]]:
    """As many copies of the tree as are used at once."""
    free: SimpleQueue[Path] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="portico-mutants-") as place:
        for number in range(AT_ONCE):
            folder = Path(place) / str(number)
            folder.mkdir()
            for name in COPIED:
                source, target = ROOT / name, folder / name
                ignored = shutil.ignore_patterns("__pycache__", "node_modules")
                shutil.copytree(source, target, ignore=ignored) if source.is_dir() else shutil.copy(source, target)
            came_from = subprocess.check_output(
                [sys.executable, "-c", "import portico; print(portico.__file__)"],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(folder / "platform")},
                text=True,
            )
            if not came_from.startswith(str(folder)):
                sys.exit(f"The copy would not be tested: portico comes from {came_from}")
            free.put(folder)
        yield free


def say(text: str) -> None:
    sys.stdout.write(f"mutants: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
