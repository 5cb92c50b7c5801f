"""The public face: every module says what it offers, and offers what it says."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import TypeVar

import pytest

import portico_sdk
from portico_sdk import errors, models
from portico_sdk.models._base import Model

ROOT = Path(portico_sdk.__file__).parent
PUBLIC = sorted(
    name
    for _, name, _ in pkgutil.walk_packages([str(ROOT)], "portico_sdk.")
    if not any(part.startswith("_") for part in name.split("."))
    and not name.startswith(
        ("portico_sdk.aio.resources.", "portico_sdk.cli.", "portico_sdk.models.", "portico_sdk.resources.")
    )
    and name != "portico_sdk.testing.pytest_plugin"
)


@pytest.mark.parametrize("name", ["portico_sdk", *PUBLIC])
def test_all_is_complete(name):
    module = importlib.import_module(name)
    offered = set(module.__all__)
    assert len(module.__all__) == len(offered)
    assert all(hasattr(module, item) for item in offered)
    inside = {"Following", "api_error", "read_page", "without_token"}  # for this package's own modules
    defined = {
        item
        for item, value in vars(module).items()
        if getattr(value, "__module__", None) == name and not item.startswith("_") and not isinstance(value, TypeVar)
    }
    assert defined - inside <= offered


def test_every_error_and_every_model_is_offered():
    error_names = {
        name for name, item in vars(errors).items() if isinstance(item, type) and item.__module__ == errors.__name__
    }
    assert error_names <= set(errors.__all__) & set(portico_sdk.__all__)

    def below(cls):
        return {cls}.union(*(below(sub) for sub in cls.__subclasses__()))

    assert {cls.__name__ for cls in below(Model) if cls.__module__.startswith("portico_sdk.models")} <= set(
        models.__all__
    )


def test_the_base_needs_httpx_and_joserfc_alone():
    """A developer who installs no extra can import everything that the base offers."""
    code = (
        "import sys\n"
        "for name in ('flask', 'marshmallow', 'click', 'pytest', 'portico'): sys.modules[name] = None\n"
        "import portico_sdk, portico_sdk.apps, portico_sdk.session, portico_sdk.testing\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_only_the_transport_and_the_testing_kit_reach_a_network():
    client_types = {
        "aio/client.py",
        "client.py",
        "oauth/_oauth.py",
        "session.py",
        "apps/_router.py",
    }  # they pass on the caller's httpx client
    in_process = {f"testing/_{name}.py" for name in ("boot", "browser", "installing", "outside", "workspace")}
    # `dev` passes on what the platform says to the app on the same machine.
    relayed = {"cli/dev/_tunnel.py"}
    allowed = (
        {"_transport.py", "aio/_transport.py", "testing/_fake.py", "testing/_routes.py"}
        | client_types
        | in_process
        | relayed
    )
    for file in ROOT.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {
            alias.name.partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        networks = imported & {"httpx", "requests", "socket", "urllib3", "http"}
        assert not networks or file.relative_to(ROOT).as_posix() in allowed, file


def test_resource_files_stay_small():
    for file in (ROOT / "resources").glob("*.py"):
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 150, file.name
