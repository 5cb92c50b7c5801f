"""The database from which `workspace()` begins is made once for all processes of one code."""

import subprocess
import sys

import pytest

from portico_sdk.testing import _template
from portico_sdk.testing._people import Seeded

ZOE = Seeded("agent", "zoe@acme.example", "agent", "wsp_1", "usr_1", "mem_1", "emp_1")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTICO_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "testing"


@pytest.fixture
def maker():
    class Maker:
        times = 0

        def __call__(self, folder):
            self.times += 1
            (folder / _template.DATABASE).write_text(f"made {self.times}")
            return {"agent": ZOE}

    return Maker()


def test_what_one_process_made_the_next_one_takes(home, maker):
    for _ in range(2):
        found = _template.kept(maker)
        assert (found.file.read_text(), found.people) == ("made 1", {"agent": ZOE})
    assert maker.times == 1


def test_of_two_that_make_it_at_once_one_is_kept_and_nothing_else_lies_about(home, maker):
    def slower(folder):
        _template.kept(maker)
        (folder / _template.DATABASE).write_text("late")
        return {}

    assert _template.kept(slower).file.read_text() == "made 1"
    assert [path.name for path in home.iterdir()] == [_template.fingerprint()]


def test_what_broke_off_is_made_again(home, maker):
    def broken(folder):
        (folder / _template.DATABASE).write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _template.kept(broken)
    assert list(home.iterdir()) == []
    assert _template.kept(maker).file.read_text() == "made 1"


def test_only_the_newest_are_kept(home, maker, monkeypatch):
    for number in range(7):
        monkeypatch.setattr(_template, "fingerprint", lambda number=number: f"code-{number}")
        _template.kept(maker)
    assert len(list(home.iterdir())) == _template.MOST
    assert (home / "code-6").is_dir()


def test_where_nothing_may_be_kept_it_is_made_for_the_process(home, maker):
    home.parent.write_text("a file where the folder would be")
    assert _template.kept(maker).people == {"agent": ZOE}


def test_a_second_process_starts_with_the_workspace_of_the_first(home):
    see = "from portico_sdk.testing import workspace\nwith workspace() as ws: print(ws.agent.client.me().workspace.id)"
    runs = [subprocess.run([sys.executable, "-c", see], check=True, capture_output=True, text=True) for _ in range(2)]
    assert runs[0].stdout.startswith("wsp_")
    assert runs[0].stdout == runs[1].stdout
