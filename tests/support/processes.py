"""Looking at real processes."""

import subprocess
from pathlib import Path

from tests.support.waiting import until


def is_alive(pid: int) -> bool:
    """Whether it still runs; one that ended and was not yet asked for (a zombie) does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip()) and not state.stdout.strip().startswith("Z")


def pid_in(path: Path, other_than: int = 0) -> int:
    """The process number that a process writes into a file, as soon as it is there."""

    def written() -> int:
        text = path.read_text() if path.exists() else ""
        return int(text) if text.endswith("\n") and int(text) != other_than else 0

    return until(written, what=f"a process number in {path.name}")
