"""Runs the app and ends it when `dev` is gone, however that ended: its end of the pipe closes even on `kill -9`."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

GRACE_S = 3.0


def main(command: list[str]) -> int:
    app = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=_end_with_the_pipe, args=(app,), daemon=True).start()
    return app.wait()


def _end_with_the_pipe(app: subprocess.Popen[bytes]) -> None:
    while os.read(0, 1024):
        pass
    app.terminate()
    try:
        app.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        app.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
