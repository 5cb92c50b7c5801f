"""`./portico` itself, in a clone of nothing: empty locks, two projects that a few lines install."""

import ast
import importlib.machinery
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.waiting import until

SCRIPT = Path(__file__).parents[2] / "portico"
BACKEND = """
import os, pathlib, threading, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    if blocked := os.environ.get("BLOCK_BUILD"):
        pathlib.Path(blocked).write_text("building")
        threading.Event().wait()
    info = "NAME-1.dist-info"
    files = {
        "NAME.py": "import sys\\ndef main(): print('handed over', *sys.argv[1:])\\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\\nName: NAME\\nVersion: 1\\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        f"{info}/entry_points.txt": "[console_scripts]\\nNAME = NAME:main\\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(pathlib.Path(folder, "NAME-1-py3-none-any.whl"), "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return "NAME-1-py3-none-any.whl"

def build_wheel(folder, config_settings=None, metadata_directory=None):
    return build_editable(folder)
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "NAME"
version = "1"
"""


class Clone:
    def __init__(self, root: Path) -> None:
        self.root = root
        for folder, name in ((root, "portico"), (root / "sdk", "portico_sdk")):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "backend.py").write_text(BACKEND.replace("NAME", name))
            (folder / "pyproject.toml").write_text(PROJECT.replace("NAME", name))
        (root / "requirements").mkdir()
        for lock in ("runtime", "develop"):
            (root / "requirements" / f"{lock}.lock").write_text("# nothing\n")
        shutil.copy(SCRIPT, root)

    def open(self, *arguments: str, **env: str) -> "subprocess.Popen[str]":
        scripts = sysconfig.get_path("scripts")  # the uv of the developers' lock
        environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", **env}
        argv = [sys.executable, "-I", str(self.root / "portico"), *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(argv, env=environment, stdout=pipe, stderr=pipe, text=True, start_new_session=True)

    def start(self, *arguments: str, **env: str) -> tuple[str, str]:
        process = self.open(*arguments, **env)
        out, steps = process.communicate(timeout=60)
        return out, steps

    @property
    def mark(self) -> Path:
        """A file in .venv: there for as long as .venv was not made anew."""
        return self.root / ".venv" / "mark"


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "clone")


def test_the_first_start_prepares_and_hands_over_and_the_second_only_hands_over(clone):
    out, steps = clone.start("list", "--json")
    assert out == "handed over list --json\n"
    assert [line.split(":")[1].split()[0] for line in steps.splitlines()] == ["making", "installing", "ready"]
    assert clone.start("up") == ("handed over up\n", "")


def test_a_developer_command_brings_the_developers_lock_and_keeps_it(clone):
    clone.start("up")
    assert "installing" in clone.start("test")[1]
    assert clone.start("test")[1] == ""
    assert clone.start("up")[1] == ""


def test_a_changed_lock_is_installed_into_the_same_environment(clone):
    clone.start("up")
    clone.mark.touch()
    (clone.root / "requirements" / "runtime.lock").write_text("# nothing, differently\n")
    out, steps = clone.start("up")
    assert (out, "installing" in steps) == ("handed over up\n", True)
    assert clone.mark.exists()


def test_an_environment_made_by_other_means_is_adopted(clone):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone.root / ".venv"], check=True)
    clone.mark.touch()
    assert clone.start("up")[0] == "handed over up\n"
    assert clone.mark.exists()


def test_a_start_that_was_killed_half_way_is_begun_again(clone, tmp_path):
    building = tmp_path / "building"
    process = clone.open("up", BLOCK_BUILD=str(building))
    until(building.exists, within=60)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    clone.mark.touch()
    out, steps = clone.start("up")
    assert out == "handed over up\n"
    assert "removing a .venv that is not whole" in steps
    assert not clone.mark.exists()


def test_two_starts_at_once_prepare_once(clone):
    both = [clone.open("up"), clone.open("up")]
    ended = [process.communicate(timeout=60) for process in both]
    assert [out for out, _ in ended] == ["handed over up\n"] * 2
    assert sum("ready in" in steps for _, steps in ended) == 1


def test_a_moved_clone_gets_a_new_environment(clone, tmp_path):
    clone.start("up")
    clone.mark.touch()
    clone.root = clone.root.rename(tmp_path / "moved")
    assert clone.start("up")[0] == "handed over up\n"
    assert not clone.mark.exists()


def test_an_environment_without_its_python_is_made_anew(clone):
    clone.start("up")
    for python in (clone.root / ".venv" / "bin").glob("python*"):
        python.unlink()
    assert clone.start("up")[0] == "handed over up\n"


def test_a_folder_that_is_no_environment_is_not_removed(clone):
    precious = clone.root / ".venv" / "precious"
    precious.parent.mkdir()
    precious.touch()
    _, steps = clone.start("up")
    assert "is not a virtual environment. Move it away." in steps
    assert precious.exists()


def test_a_failed_step_is_told_with_the_words_of_its_tool(clone):
    (clone.root / "sdk" / "backend.py").write_text("raise RuntimeError('the disk is full')")
    _, steps = clone.start("up")
    assert "the disk is full" in steps
    assert "mend the cause and start again" in steps


def test_an_old_python_can_read_the_script_and_is_told_what_it_needs():
    source = SCRIPT.read_text()
    ast.parse(source, feature_version=(3, 6))
    as_old = f"import sys; sys.version_info = (3, 9, 2); exec(compile({source!r}, 'portico', 'exec'))"
    done = subprocess.run([sys.executable, "-c", as_old], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Portico needs Python 3.11 or later; this is 3.9" in done.stderr


@pytest.fixture
def script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("start_script", str(SCRIPT))
    spec = importlib.util.spec_from_loader("start_script", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_a_python_without_ensurepip_is_told_what_to_install(script, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        script.require_ensurepip()


def test_a_mirror_given_to_pip_alone_reaches_uv(script, monkeypatch):
    for name in [name for name in os.environ if name.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("PIP_FIND_LINKS", "/wheels /more")
    monkeypatch.setenv("PIP_CERT", "/etc/mirror.pem")
    environment = script.uv_environment()
    assert environment["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert environment["UV_FIND_LINKS"] == "/wheels,/more"
    assert environment["SSL_CERT_FILE"] == "/etc/mirror.pem"


def test_a_setting_of_uv_itself_is_left_alone(script, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example/simple")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    assert script.uv_environment()["UV_DEFAULT_INDEX"] == "https://own.example/simple"
