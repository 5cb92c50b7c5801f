"""Keeps a handful of processes running, and leaves none behind.

    with Supervisor(logs, say=click.echo) as supervisor:
        supervisor.start(Program("web", argv, is_ready=answers))
        supervisor.wait_until_ready()
        supervisor.run()                      # until SIGINT or SIGTERM, which end the block

A program that dies is started again, later each time it dies young. Whichever way the block is left, all
programs are gone within ten seconds: asked first, killed then. When this process is killed they notice by
themselves: each runs under a guard (guard.py) that holds one end of a pipe, the life line, whose other end
only this process has. Use it from the main thread; a process forked from here without exec would hold the
life line too.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Self

GRACE = 7.0  # seconds between asking and killing; with KILL_WAIT it stays under the ten that are promised
KILL_WAIT = 2.0
POLL = 0.05  # seconds between two questions whether a program is ready
FIRST_DELAY, LONGEST_DELAY = 0.25, 15.0  # seconds before a dead program is started again, doubled each time
LONG_LIFE = 30.0  # seconds after which a program's death counts as its first
TAIL_LINES = 20
GUARDED = os.name == "posix"
STOPPING = [signal.SIGINT, signal.SIGTERM]


class StopRequested(KeyboardInterrupt):
    """SIGINT or SIGTERM arrived; leaving the supervisor's block ends it."""


class StartFailed(Exception):
    """A program ended, or stayed silent, before it was ready; the message has the end of its log."""


def always() -> bool:
    return True


def tell(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - at once, also where stdout is a pipe


@dataclass(frozen=True)
class Program:
    """What to run. `env` is added to ours; `is_ready` is asked until it says yes and must answer at once."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    is_ready: Callable[[], bool] = always
    ready_within: float = 60.0  # seconds


@dataclass
class Child:
    """A program's present process."""

    program: Program
    process: subprocess.Popen[bytes]
    log: Path
    log_start: int
    started: float
    deaths: int = 0
    ready: bool = False
    restart_at: float | None = None

    def is_running(self) -> bool:
        return self.process.poll() is None

    def tail(self) -> str:
        """The last lines that this process, not one before it, wrote to its log."""
        with self.log.open("rb") as log:
            log.seek(max(self.log_start, self.log.stat().st_size - 8192))
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])


class Supervisor:
    def __init__(self, logs: Path, say: Callable[[str], None] = tell, grace: float = GRACE) -> None:
        self.logs = logs
        self.say = say
        self.grace = grace
        self.children: dict[str, Child] = {}
        self._life_line, self._life_line_end = os.pipe()
        self._wake, self._wake_writer = socket.socketpair()
        self._restored_at_exit = ExitStack()

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        for end in (self._wake, self._wake_writer):
            end.setblocking(False)
            self._restored_at_exit.callback(end.close)
        previous = signal.set_wakeup_fd(self._wake_writer.fileno(), warn_on_full_buffer=False)
        self._restored_at_exit.callback(signal.set_wakeup_fd, previous)
        for number in STOPPING:
            self._handle(number, self._request_stop)
        if GUARDED:
            self._handle(signal.SIGCHLD, lambda number, frame: None)  # so that a death wakes `_sleep`
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        self.stop()
        self._restored_at_exit.close()
        return isinstance(error, StopRequested)

    # What a front door calls

    def start(self, program: Program) -> None:
        """Start a program, without waiting for it."""
        if program.name in self.children:
            raise ValueError(f"{program.name} is already supervised")
        log = self.logs / f"{program.name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        self.children[program.name] = self._spawn(program, log)

    def wait_until_ready(self) -> None:
        """Wait for all programs started so far; StartFailed names the first that ended or took too long."""
        while waiting := [child for child in self.children.values() if not child.ready]:
            for child in waiting:
                self._check_start(child)
            self._restart_dead()
            if not all(child.ready for child in waiting):
                self._sleep(POLL)

    def run(self) -> None:
        """Start again what dies, for ever; StopRequested ends it."""
        while True:
            self._sleep(self._restart_dead())

    def pid(self, name: str) -> int:
        """Of the guard, which leads the program's process group."""
        return self.children[name].process.pid

    def stop(self) -> None:
        """End all programs: asked at once, killed when the grace is over."""
        if self._life_line_end < 0:
            return
        os.close(self._life_line_end)  # each guard sees this, also one that a signal kept us from noting down
        self._life_line_end = -1
        os.close(self._life_line)
        running = [child.process for child in self.children.values()]
        if not GUARDED:
            for process in running:
                process.terminate()
        deadline = time.monotonic() + self.grace + KILL_WAIT
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            kill_group(process)
            process.wait()

    # Inside

    def _handle(self, number: int, handler: Callable[[int, FrameType | None], object]) -> None:
        self._restored_at_exit.callback(signal.signal, number, signal.signal(number, handler))

    def _request_stop(self, number: int, frame: FrameType | None) -> None:
        raise StopRequested(signal.Signals(number).name)

    def _spawn(self, program: Program, log: Path) -> Child:
        with log.open("ab") as output:
            start = output.tell()
            process = self._open(program, output)
        return Child(program, process, log, start, time.monotonic())

    def _open(self, program: Program, output: IO[bytes]) -> subprocess.Popen[bytes]:
        guard = [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py"))]
        guarded = [*guard, str(self._life_line), str(self.grace), *program.argv]
        return subprocess.Popen(
            guarded if GUARDED else list(program.argv),
            env={**os.environ, **program.env},
            cwd=program.cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(self._life_line,) if GUARDED else (),
            start_new_session=GUARDED,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def _check_start(self, child: Child) -> None:
        program = child.program
        if not child.is_running():
            raise StartFailed(f"{program.name} ended before it was ready. The end of {child.log}:\n{child.tail()}")
        child.ready = program.is_ready()
        if not child.ready and time.monotonic() - child.started > program.ready_within:
            waited = f"{program.name} was not ready after {program.ready_within:g} s"
            raise StartFailed(f"{waited}. The end of {child.log}:\n{child.tail()}")

    def _restart_dead(self) -> float | None:
        """Start again what has been dead for its delay; the seconds until the next one is due."""
        now = time.monotonic()
        for name, child in self.children.items():
            if not child.ready or child.is_running():
                continue
            if child.restart_at is None:
                self._plan_restart(child, now)
            elif child.restart_at <= now:
                self.children[name] = self._respawn(child)
        due = [child.restart_at for child in self.children.values() if child.restart_at is not None]
        return max(0.0, min(due) - now) if due else None

    def _plan_restart(self, child: Child, now: float) -> None:
        kill_group(child.process)
        child.deaths = 1 if now - child.started > LONG_LIFE else child.deaths + 1
        delay = min(FIRST_DELAY * 2 ** (child.deaths - 1), LONGEST_DELAY)
        child.restart_at = now + delay
        last = (child.tail().splitlines() or ["it said nothing"])[-1]
        self.say(f"{child.program.name} died ({last}); starting it again in {delay:g} s")

    def _respawn(self, child: Child) -> Child:
        successor = self._spawn(child.program, child.log)
        successor.deaths, successor.ready = child.deaths, True
        return successor

    def _sleep(self, seconds: float | None) -> None:
        """Until a signal, a death among them, but no longer than this."""
        if not GUARDED:  # Windows does not tell of deaths
            seconds = min(1.0, seconds if seconds is not None else 1.0)
        readable, _, _ = select.select([self._wake], [], [], seconds)
        if readable:
            self._wake.recv(4096)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a guard and all it led; for one that is gone, what outlived it in its group."""
    if GUARDED:
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
