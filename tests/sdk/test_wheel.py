"""The SDK as others get it: its wheel, in an environment that has nothing else; and an app of FastAPI on it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from portico_sdk.testing import FakePortico, signed_webhook
from tests.support import foreign
from tests.support.running import free_ports
from tests.support.waiting import until

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
NEED_EXTRAS = ("cli", "cards", "manifest", "flask", "testing")
"""What checks manifests and cards comes with `cli`; the others by the extras of their names."""
IMPORT_ALL = f"""
import importlib, pkgutil, portico_sdk
for found in pkgutil.walk_packages(portico_sdk.__path__, "portico_sdk.", onerror=lambda name: None):
    if found.name.split(".")[1] not in {NEED_EXTRAS}:
        importlib.import_module(found.name)
        print(found.name)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return foreign.sdk_wheel(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return foreign.environment_of(str(wheel), tmp_path_factory.mktemp("alone"))


def run(*argv: object, folder: Path) -> str:
    done = subprocess.run(
        [*map(str, argv)], cwd=folder, env=outside(), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def outside(**more: str) -> dict[str, str]:
    """Nothing of this test's own interpreter."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}, **more}


def test_the_wheel_has_what_it_needs_and_nothing_of_the_platform(alone, tmp_path):
    assert "portico_sdk.resources.tickets" in run(alone, "-W", "error", "-c", IMPORT_ALL, folder=tmp_path).split()
    look = "import importlib.util as u; print(*filter(u.find_spec, ('portico', 'flask', 'click')))"
    assert run(alone, "-c", look, folder=tmp_path).split() == []


def test_the_fake_needs_no_extra(alone, tmp_path):
    made = "from portico_sdk.testing import FakePortico as F; print(F().client().me().actor.kind)"
    assert run(alone, "-c", made, folder=tmp_path).strip() == "app"


def test_the_types_are_in_the_wheel(alone, tmp_path):
    where = run(alone, "-c", "import portico_sdk; print(portico_sdk.__path__[0])", folder=tmp_path).strip()
    assert (Path(where) / "py.typed").is_file()


def test_the_command_line_begins_an_app_that_is_right(wheel, tmp_path):
    python = foreign.environment_of(f"{wheel}[cli]", tmp_path / "environment")
    command = python.with_name("portico-app")
    assert "deploy" in run(command, "--help", folder=tmp_path)
    run(command, "new", "hello", folder=tmp_path)
    run(command, "check", folder=tmp_path / "hello")


@contextmanager
def fastapi_app(python: Path, fake: FakePortico) -> Iterator[str]:
    """Its address, while it runs."""
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    given = {"PYTHONPATH": str(foreign.python_client()), "PORT": str(port), **fake.app_config()}
    with subprocess.Popen([str(python), str(foreign.SCRIPTS / "fastapi_app.py")], env=outside(**given)) as process:
        try:
            until(lambda: answers(address))
            yield address
        finally:
            process.terminate()


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/own").status_code == 200
    except httpx.ConnectError:
        return False


def test_an_app_of_fastapi_receives_what_is_signed(alone):
    fake = FakePortico()
    with fastapi_app(alone, fake) as address:
        event = fake.event("ticket.created", fake.add_ticket(subject="Help"))
        body, headers = signed_webhook(event, fake.signing_secret)
        taken = httpx.post(f"{address}/portico/events", content=body, headers=headers)
        assert (taken.status_code, taken.json()) == (200, {"handlers": 1})
        forged = httpx.post(f"{address}/portico/events", content=body + b" ", headers=headers)
        assert forged.status_code == 400
        shell = httpx.get(f"{address}/portico/panels/home")
        assert "data-portico-panel" in shell.text
        assert httpx.get(f"{address}/own").json() == {"seen": ["Help"]}
