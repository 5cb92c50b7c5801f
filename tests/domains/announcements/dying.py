"""A worker that is killed in the middle of a run, or of telling those whom it brought:

python -m tests.domains.announcements.dying URL HOME WORKSPACE JOB STATEMENT
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
from portico.domains.notifications.service import telling
from portico.kernel import jobs
from portico.settings import Settings

BATCH, LAST = 7, 4
RECIPIENTS = "INSERT INTO announcement_recipient"
TOLD, REACHED = "INSERT INTO notification (", "UPDATE notification_fan_out"


def main(url: str, home: str, workspace_id: str, job_id: str, beginning: str) -> None:
    """Before the statement that begins like this for the `LAST` time."""
    opened = start(Settings(home=Path(home), database_url=url, secret_keys=("a key for tests only",), mode="demo"))
    spreading.BATCH = telling.BATCH = BATCH
    seen = count(1)

    @event.listens_for(opened.engine, "before_cursor_execute")
    def _die(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(beginning) and next(seen) == LAST:
            os.kill(os.getpid(), signal.SIGKILL)

    jobs.perform(workspace_id, job_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
