"""What is known before the platform is loaded agrees with what the platform says once it is."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from portico import settings
from portico.kernel import migrations
from portico.up import early
from portico.up.supervisor import StartFailed


def here(home: Path) -> settings.Settings:
    return settings.from_env({"PORTICO_HOME": str(home), "PORTICO_MODE": "demo"})


def test_the_newest_migration_is_the_one_that_alembic_names() -> None:
    assert early._heads() == {migrations.head()}


def test_a_database_that_is_not_there_is_not_touched(tmp_path: Path) -> None:
    assert not early.schema_is_present(here(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_migrated_database_is_known(tmp_path: Path) -> None:
    migrations.upgrade(here(tmp_path).migrate_url)
    assert early.schema_is_present(here(tmp_path))


def test_a_database_that_is_behind_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrations.upgrade(here(tmp_path).migrate_url)
    monkeypatch.setattr(early, "_heads", lambda: {"a migration that came since"})
    assert not early.schema_is_present(here(tmp_path))


def test_it_loads_nothing_heavy() -> None:
    code = "import sys, portico.cli.up; print([n for n in ('flask', 'sqlalchemy', 'marshmallow') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a port that nobody listens on")
def test_a_chosen_port_stays_ours_until_everything_listens() -> None:
    ports = early.choose_ports(21_800, 2)
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", ports.apps[0]))
    with make_server("127.0.0.1", ports.apps[0], lambda environ, start: []):
        ports.held.close()


def test_no_port_left_is_said(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="--port"):
        early.choose_ports(65_534, 2)
