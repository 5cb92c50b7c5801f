"""`portico up` as people start it, on a fresh home and a free port."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.running import free_ports
from tests.support.waiting import until

PORTICO = Path(sys.executable).with_name("portico")


@contextmanager
def portico_up(home: Path) -> Iterator[dict[str, Any]]:
    """What its demo.json says; it runs until the block ends."""
    (port,) = free_ports(1)
    with (home / "up.out").open("wb") as out:
        process = subprocess.Popen(
            [PORTICO, "up", "--home", home, "--port", str(port)], stdout=out, stderr=out, start_new_session=True
        )
    try:
        until(lambda: (home / "demo.json").exists() or process.poll() is not None, within=120, what="demo.json")
        assert process.poll() is None, (home / "up.out").read_text()
        demo: dict[str, Any] = json.loads((home / "demo.json").read_text())
        yield demo
    finally:
        process.terminate()
        process.wait(20)
