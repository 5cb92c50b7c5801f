"""A worker that is killed in the middle of a run:

python -m tests.domains.announcements.dying URL HOME WORKSPACE JOB
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event

from portico.app import start
from portico.domains.announcements.service import spreading
from portico.kernel import jobs
from portico.settings import Settings

BATCH, LAST = 7, 4


def main(url: str, home: str, workspace_id: str, job_id: str) -> None:
    opened = start(Settings(home=Path(home), database_url=url, secret_keys=("a key for tests only",), mode="demo"))
    spreading.BATCH = BATCH
    inserts = count(1)

    @event.listens_for(opened.engine, "before_cursor_execute")
    def _die(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO announcement_recipient") and next(inserts) == LAST:
            os.kill(os.getpid(), signal.SIGKILL)

    jobs.perform(workspace_id, job_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
