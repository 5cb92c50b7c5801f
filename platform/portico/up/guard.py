"""Stands between the supervisor and one child, so that no way of dying leaves a process behind.

Run as `python -I -S guard.py LIFE_LINE GRACE argv…` by the supervisor, with the standard library alone: it
costs some 20 ms and 8 MB per child. It leads the child's process group and ends in one way only, by killing
that group, itself with it, when

- the child ended: what the child had started goes too, or it would hold the port that its successor needs;
- LIFE_LINE, the read end of a pipe that only the supervisor can write to, reports its end: the supervisor
  closed it to stop everything, or died of anything, SIGKILL included; or SIGTERM arrived. Then the child is
  asked first and has GRACE seconds.

On Linux the kernel also kills the child when the guard itself is killed (PR_SET_PDEATHSIG); elsewhere the
supervisor, who sees the guard go, kills the group.
"""

import ctypes
import os
import select
import signal
import sys
import time
from typing import NoReturn

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
CANNOT_EXECUTE = 127  # as a shell says it
WAKING = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)


def main(life_line: int, grace: float, argv: list[str]) -> None:
    os.set_inheritable(life_line, False)
    wake, wake_writer = os.pipe()
    os.set_blocking(wake_writer, False)
    received: list[int] = []
    for number in WAKING:
        signal.signal(number, lambda number, frame: received.append(number))
    signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
    child = start(argv)
    status = watch(child, life_line, wake, received, grace)
    os.write(2, f"portico: {argv[0]} {tell(status)}\n".encode())
    os.killpg(0, signal.SIGKILL)


def start(argv: list[str]) -> int:
    guard = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, WAKING)  # or one that comes between fork and exec would be lost
    child = os.fork()
    if not child:
        for number in (*WAKING, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WAKING)
    if not child:
        become(argv, guard)
    return child


def become(argv: list[str], guard: int) -> NoReturn:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guard:  # it died before the line above could tell the kernel
            os._exit(CANNOT_EXECUTE)
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        os.write(2, f"portico: cannot start {argv[0]}: {error.strerror}\n".encode())
    os._exit(CANNOT_EXECUTE)


def watch(child: int, life_line: int, wake: int, received: list[int], grace: float) -> int:
    """Wait for the child's end, asking for it when told to; its wait status, or SIGKILL's when time is up."""
    deadline: float | None = None
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return signal.SIGKILL
        sources = [wake] if deadline is not None else [wake, life_line]
        readable, _, _ = select.select(sources, [], [], left)
        if wake in readable:
            os.read(wake, 4096)
        told = life_line in readable or signal.SIGTERM in received or signal.SIGINT in received
        if told and deadline is None:
            deadline = time.monotonic() + grace
            os.kill(child, signal.SIGTERM)


def tell(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"ended with exit code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])
