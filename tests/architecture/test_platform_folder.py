"""`platform/` is a source root named like a standard module, and must never stand in its place."""

import platform
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib")).resolve()
SHOW = "import platform; platform.system(); print(platform.__file__)"


def test_it_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists(), "this file would hide Python's own module `platform`"


def test_pytest_itself_sees_the_standard_module():
    assert STANDARD_LIBRARY in Path(platform.__file__).resolve().parents


@pytest.mark.parametrize("how", ["-c", "-m"])
def test_python_started_in_the_root_sees_the_standard_module(how):
    """E-G-20."""
    argv = ["-c", SHOW] if how == "-c" else ["-m", "platform", "terse"]
    done = subprocess.run([sys.executable, *argv], cwd=ROOT, capture_output=True, text=True, check=True)
    if how == "-c":
        assert STANDARD_LIBRARY in Path(done.stdout.strip()).resolve().parents
    assert done.stdout.strip()


def test_nothing_below_it_can_be_collected():
    # pytest would name such a module `platform.…` and put this folder in place of the standard module.
    collectable = [
        path.relative_to(ROOT).as_posix()
        for pattern in ("test_*.py", "*_test.py", "conftest.py")
        for path in (ROOT / "platform").rglob(pattern)
    ]
    assert collectable == []


def test_pytest_does_not_enter_it(pytestconfig):
    assert "platform" in pytestconfig.getini("norecursedirs")
    assert "doctest" not in pytestconfig.getini("addopts")
