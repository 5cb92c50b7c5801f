"""The supervisor with real processes: each test starts one that supervises, and looks at what it leaves."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portico.up import supervisor
from tests.support.processes import is_alive, pid_in
from tests.support.waiting import until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups and guards exist on POSIX alone")

SUPERVISING = """
import sys
from pathlib import Path
from portico.up.supervisor import Program, StartFailed, Supervisor

folder, grace, within = Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
answers = (folder / "child.pid").exists if within else bool
with Supervisor(folder / "log", grace=grace) as supervisor:
    argv = [sys.executable, "-c", (folder / "child.py").read_text()]
    supervisor.start(Program("child", argv, {"FOLDER": str(folder)}, is_ready=answers, ready_within=within))
    try:
        supervisor.wait_until_ready()
    except StartFailed as error:
        sys.exit(str(error))
    print("guard", supervisor.pid("child"), flush=True)
    supervisor.run()
print("left", flush=True)
"""
NOTES_ITS_PID = """
import os, pathlib, signal, subprocess, sys, threading
folder = pathlib.Path(os.environ["FOLDER"])
def note(name, pid):
    (folder / "new").write_text(f"{pid}\\n")
    (folder / "new").replace(folder / name)
"""
IDLE = NOTES_ITS_PID + 'note("child.pid", os.getpid()); threading.Event().wait()'
STUBBORN = NOTES_ITS_PID + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + IDLE
WITH_GRANDCHILD = f"""{NOTES_ITS_PID}
grandchild = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
note("grandchild.pid", grandchild.pid)
{IDLE}"""
TIDIES_UP = f"""{NOTES_ITS_PID}
def tidy(number, frame):
    note("tidied", 1)
    sys.exit()
signal.signal(signal.SIGTERM, tidy)
{IDLE}"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start a process that supervises one child with this source."""
    started: list[subprocess.Popen[str]] = []

    def start_supervising(child: str, grace: float = 5.0, ready_within: float = 20.0) -> "subprocess.Popen[str]":
        (tmp_path / "child.py").write_text(child)
        argv = [sys.executable, "-c", SUPERVISING, str(tmp_path), str(grace), str(ready_within)]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(argv, stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    yield start_supervising
    for process in started:
        process.kill()
        process.communicate()


def gone(*pids: int, within: float = 10.0) -> None:
    until(lambda: not any(map(is_alive, pids)), within, f"the end of {pids}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_children_and_then_the_supervisor(start, tmp_path, number):
    supervising = start(TIDIES_UP)
    child = pid_in(tmp_path / "child.pid")
    supervising.stdout.readline()
    supervising.send_signal(number)
    out, _ = supervising.communicate(timeout=10)
    assert (supervising.returncode, out) == (0, "left\n")
    assert not is_alive(child)
    assert (tmp_path / "tidied").exists()


def test_a_child_that_ignores_sigterm_is_killed_when_the_grace_is_over(start, tmp_path):
    supervising = start(STUBBORN, grace=0.3)
    child = pid_in(tmp_path / "child.pid")
    supervising.stdout.readline()
    supervising.terminate()
    supervising.communicate(timeout=10)
    assert not is_alive(child)


def test_the_time_to_stop_stays_under_ten_seconds():
    assert supervisor.GRACE + supervisor.KILL_WAIT < 10


@pytest.mark.parametrize("child", [TIDIES_UP, STUBBORN], ids=["polite", "stubborn"])
def test_a_killed_supervisor_takes_its_children_along(start, tmp_path, child):
    supervising = start(child, grace=0.3)
    pid = pid_in(tmp_path / "child.pid")
    guard = int(supervising.stdout.readline().split()[1])
    supervising.kill()
    gone(pid, guard)


def test_a_supervisor_killed_while_starting_takes_its_children_along(start, tmp_path):
    supervising = start(WITH_GRANDCHILD, grace=0.3)
    grandchild = pid_in(tmp_path / "grandchild.pid")
    supervising.kill()
    gone(grandchild)


def test_what_a_child_started_ends_with_the_supervisor(start, tmp_path):
    supervising = start(WITH_GRANDCHILD)
    pids = pid_in(tmp_path / "child.pid"), pid_in(tmp_path / "grandchild.pid")
    supervising.stdout.readline()
    supervising.terminate()
    supervising.communicate(timeout=10)
    gone(*pids)


def test_a_dead_child_is_started_again_and_nothing_of_it_is_left(start, tmp_path):
    supervising = start(WITH_GRANDCHILD)
    child, grandchild = pid_in(tmp_path / "child.pid"), pid_in(tmp_path / "grandchild.pid")
    supervising.stdout.readline()
    os.kill(child, signal.SIGKILL)
    successor = pid_in(tmp_path / "child.pid", other_than=child)
    assert is_alive(successor)
    gone(grandchild)
    assert "child died" in supervising.stdout.readline()


def test_a_child_is_started_again_when_its_guard_is_killed(start, tmp_path):
    supervising = start(WITH_GRANDCHILD)
    child, grandchild = pid_in(tmp_path / "child.pid"), pid_in(tmp_path / "grandchild.pid")
    os.kill(int(supervising.stdout.readline().split()[1]), signal.SIGKILL)
    assert is_alive(pid_in(tmp_path / "child.pid", other_than=child))
    gone(child, grandchild)


def test_a_child_that_keeps_dying_is_started_later_each_time(start, tmp_path):
    supervising = start(IDLE)
    supervising.stdout.readline()
    child, said = 0, []
    for _ in range(3):
        child = pid_in(tmp_path / "child.pid", other_than=child)
        os.kill(child, signal.SIGKILL)
        said.append(supervising.stdout.readline())
    assert [line.rpartition("in ")[2] for line in said] == ["0.25 s\n", "0.5 s\n", "1 s\n"]
    assert "was ended by SIGKILL" in said[0]


def test_a_child_that_ends_before_it_is_ready_is_shown_with_its_last_words(start, tmp_path):
    _, error = start("import sys; print('port is taken'); sys.exit(1)").communicate(timeout=10)
    assert "child ended before it was ready" in error
    assert "port is taken" in error
    assert str(tmp_path / "log" / "child.log") in error


def test_a_program_that_cannot_be_executed_says_so(tmp_path):
    with supervisor.Supervisor(tmp_path, print) as supervising:
        supervising.start(supervisor.Program("absent", ["/does/not/exist"], is_ready=bool))
        with pytest.raises(supervisor.StartFailed, match="cannot start /does/not/exist: No such file"):
            supervising.wait_until_ready()


def test_a_child_that_never_answers_is_given_up(start):
    supervising = start("import threading; threading.Event().wait()", grace=0.3, ready_within=0.1)
    _, error = supervising.communicate(timeout=10)
    assert "child was not ready after 0.1 s" in error


def test_leaving_the_block_gives_the_signals_back(tmp_path):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)]
    with supervisor.Supervisor(tmp_path, print):
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)] == before


def test_the_log_of_the_start_before_is_kept_beside_the_present_one(tmp_path):
    for words in ("first", "second"):
        with supervisor.Supervisor(tmp_path, print) as supervising:
            supervising.start(supervisor.Program("speaker", ["echo", words]))
            until(lambda words=words: words in (tmp_path / "speaker.log").read_text())
    assert "first" in (tmp_path / "speaker.log.1").read_text()
