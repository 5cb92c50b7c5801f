"""The lock beside a SQLite file: each thread that writes has a descriptor, and takes it along when it ends."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from portico.kernel import db
from portico.kernel.unit_of_work import system_unit


@pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors in /proc")
def test_threads_that_have_written_leave_no_descriptor(database: db.Database) -> None:
    def write() -> None:
        with system_unit("tests: write", write=True):
            pass

    def open_files() -> list[str]:
        lock = Path(f"{database.engine.url.database}.lock").resolve()
        return [one.name for one in Path("/proc/self/fd").iterdir() if one.resolve() == lock]

    write()
    before = len(open_files())
    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert before == len(open_files()) == 1
