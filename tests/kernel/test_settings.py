"""Settings are read once, typed; what cannot be used is refused by the variable's name."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from portico.settings import Settings, SettingsError, from_env


def test_an_empty_environment_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = from_env({})
    assert found.database_url == f"sqlite:///{tmp_path / 'var' / 'portico.db'}"
    assert found.migrate_url == found.database_url
    assert (found.mode, found.review, found.port, found.limits_factor) == ("production", "robot+person", 8000, 1.0)
    assert (found.public_url, found.streams_url) == ("http://127.0.0.1:8000", "http://127.0.0.1:8001")
    assert found.sqlite
    assert not found.secure_cookies
    assert not list(tmp_path.iterdir()), "reading settings makes nothing"


def test_the_demo_reviews_nothing() -> None:
    assert from_env({"PORTICO_MODE": "demo"}).review == "open"
    assert from_env({"PORTICO_MODE": "demo", "PORTICO_REVIEW": "robot"}).review == "robot"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTICO_MODE", "prod"),
        ("PORTICO_REVIEW", "none"),
        ("PORTICO_PORT", "eighty"),
        ("PORTICO_PORT", "0"),
        ("PORTICO_PORT", "65536"),
        ("PORTICO_PORT", "80.5"),
        ("PORTICO_PORT", "nan"),
        ("PORTICO_LIMITS_FACTOR", "much"),
        ("PORTICO_LIMITS_FACTOR", "nan"),
        ("PORTICO_LIMITS_FACTOR", "inf"),
        ("PORTICO_LIMITS_FACTOR", "0"),
        ("PORTICO_LIMITS_FACTOR", "-1"),
        ("PORTICO_TRUSTED_PROXIES", "yes"),
        ("PORTICO_TRUSTED_PROXIES", "-1"),
        ("PORTICO_PUBLIC_URL", "work.example"),
        ("PORTICO_PUBLIC_URL", "ftp://work.example"),
        ("PORTICO_PUBLIC_URL", "https://"),
        ("PORTICO_STREAMS_URL", "ws://work.example"),
        ("PORTICO_DATABASE_URL", "mysql://x/y"),
        ("PORTICO_DATABASE_URL", "postgresql://x/y"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_env({name: value})


def test_lists_and_slashes() -> None:
    found = from_env(
        {
            "PORTICO_SECRET_KEYS": " new , old,",
            "PORTICO_EGRESS_ALLOW": "10.0.0.0/8,crm.internal",
            "PORTICO_PUBLIC_URL": "https://work.example/",
        }
    )
    assert found.secret_keys == ("new", "old")
    assert found.egress_allow == ("10.0.0.0/8", "crm.internal")
    assert found.public_url == "https://work.example"
    assert found.secure_cookies


def test_settings_are_frozen_and_show_no_secret() -> None:
    found = from_env({"PORTICO_SECRET_KEYS": "swordfish", "PORTICO_SMTP_URL": "smtp://me:swordfish@mail.example:587"})
    assert "swordfish" not in repr(found)
    change: Any = found
    with pytest.raises(FrozenInstanceError):
        change.port = 1


def test_passwords_in_database_urls_are_not_shown() -> None:
    found = from_env(
        {
            "PORTICO_DATABASE_URL": "postgresql+psycopg://me:swordfish@db.example/x",
            "PORTICO_REDIS_URL": "redis://:swordfish@cache.example/0",
        }
    )
    assert "swordfish" not in repr(found)


def test_tests_make_their_own(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).redis_url is None
