"""`portico up` as people live with it: stopped in every way, killed while it seeds, started again on the same home."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.running import STARTED_WITHIN, free_ports, responds
from tests.support.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")]
MARK = "PORTICO_TEST_MARK"
STOPPED_WITHIN = 10.0  # seconds, as promised


@dataclass
class Up:
    """One start. All that it starts inherits its mark."""

    home: Path
    process: subprocess.Popen[bytes]
    mark: str
    said: Path

    def family(self) -> set[int]:
        """Every living process that descends from this start."""
        wanted = f"{MARK}={self.mark}".encode()
        found = set()
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if wanted in path.read_bytes().split(b"\0"):
                    found.add(int(path.parent.name))
            except OSError:
                continue  # it ended, or is nobody's any more
        return found

    def wait_until_up(self) -> dict[str, object]:
        """What this start's demo.json says. (That of the start before lies there until the new one removes it.)"""
        up = "Portico is up"
        until(lambda: up in self.said.read_text() or self.process.poll() is not None, 2 * STARTED_WITHIN, "demo.json")
        assert up in self.said.read_text(), self.said.read_text()
        content: dict[str, object] = json.loads((self.home / "demo.json").read_text())
        return content

    def wait_until_said(self, text: str) -> None:
        until(lambda: text in self.said.read_text(), within=STARTED_WITHIN, what=f"{text!r}")

    def wait_until_gone(self, within: float = STOPPED_WITHIN) -> None:
        self.process.wait(within)
        until(lambda: not self.family(), within, "the end of all that was started")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all starts here, as on somebody's laptop."""
    return tmp_path_factory.mktemp("up") / "var"


@pytest.fixture
def ups() -> Iterator[list[Up]]:
    started: list[Up] = []
    yield started
    for up in started:
        for pid in up.family():
            os.kill(pid, signal.SIGKILL)
        up.process.wait()


def start(home: Path, ups: list[Up]) -> Up:
    home.parent.mkdir(exist_ok=True)
    mark, said = secrets.token_hex(8), home.parent / f"said-{secrets.token_hex(4)}.txt"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTICO_")} | {MARK: mark}
    argv = [str(Path(sys.executable).with_name("portico")), "up", "--home", str(home)]
    with said.open("wb") as output:
        process = subprocess.Popen(
            [*argv, "--port", str(free_ports(1)[0])],
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    ups.append(Up(home, process, mark, said))
    return ups[-1]


def test_a_start_killed_while_it_seeds_leaves_nobody_and_the_next_one_completes_it(home: Path, ups: list[Up]) -> None:
    first = start(home, ups)
    first.wait_until_said("Preparing the demo company")
    first.process.kill()
    first.wait_until_gone()
    assert not (home / "demo.json").exists()
    second = start(home, ups)
    content = second.wait_until_up()
    assert set(content["users"]) == {"admin", "agent", "employee", "developer", "outsider"}  # type: ignore[call-overload]
    assert "first_responder" in content["apps"]  # type: ignore[operator]
    second.process.terminate()
    second.wait_until_gone()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_way_of_stopping_leaves_a_child_and_the_next_start_works(
    home: Path, ups: list[Up], number: signal.Signals
) -> None:
    up = start(home, ups)
    content = up.wait_until_up()
    until(lambda: responds(str(content["base_url"])), what="an answer of the page")
    until(lambda: responds(str(content["streams_url"])), what="an answer of the streams")
    assert len(up.family()) > 3, "web, background and apps run beside the supervisor"
    os.kill(up.process.pid, number)
    up.wait_until_gone()
    assert not responds(str(content["base_url"]))
    assert not responds(str(content["streams_url"]))
