"""From `./portico up` to the first page, and to everything: first and later starts, beside bare Flask."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import _support

from tests.support.running import free_ports

LOOK_EVERY = 0.01  # seconds
LOST_AFTER = 120.0  # seconds
BARE = """
from flask import Flask
from granian import Granian
def app():
    flask = Flask("floor")
    flask.add_url_rule("/", view_func=lambda: "here")
    return flask
if __name__ == "__main__":
    Granian("floor:app", factory=True, interface="wsgi", port={port}, log_enabled=False).serve()
"""


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def start(argv: Sequence[str], folder: Path, port: int, last: Path | None = None) -> tuple[float, float]:
    """Seconds until the page answers, and until `last` is written."""
    begun = time.perf_counter()
    with subprocess.Popen(argv, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        page = whole = 0.0
        try:
            while not whole:
                if process.poll() is not None or time.perf_counter() - begun > LOST_AFTER:
                    raise SystemExit(f"{' '.join(argv)} did not come up")
                page = page or (time.perf_counter() - begun if _answers(port) else 0.0)
                whole = time.perf_counter() - begun if page and (last is None or last.exists()) else 0.0
                time.sleep(LOOK_EVERY)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
    return page, whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    about = _support.machine()
    with tempfile.TemporaryDirectory() as folder:
        home, (port, bare_port) = Path(folder) / "var", free_ports(2)
        (Path(folder) / "floor.py").write_text(BARE.format(port=bare_port))
        up = [str(_support.ROOT / "portico"), "up", "--home", str(home), "--port", str(port)]
        bare = [sys.executable, "floor.py"]
        first = start(up, _support.ROOT, port, home / "demo.json")
        later, floor = [], []
        for _ in range(options.rounds):
            floor.append(start(bare, Path(folder), bare_port))
            later.append(start(up, _support.ROOT, port, home / "demo.json"))
    _support.report(
        about,
        {
            "goal": "later starts: the page within 3,000 ms, everything within 8,000 ms",
            "first": {"page_ms": round(first[0] * 1000), "everything_ms": round(first[1] * 1000)},
            "later_page": _support.summary([page for page, _ in later]),
            "later_everything": _support.summary([whole for _, whole in later]),
            "bare_flask_page": _support.summary([page for page, _ in floor]),
        },
    )


if __name__ == "__main__":
    main()
