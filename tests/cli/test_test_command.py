"""`portico test`: what it chooses, what it says about what is missing."""

import pytest
from click.testing import CliRunner

from portico.cli.test import command, find_left_out

DEAD_POSTGRES = "postgresql://postgres@127.0.0.1:1/postgres"
DEAD_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture
def bare_machine(monkeypatch):
    """No PostgreSQL, no Redis and no Chromium to be found."""
    monkeypatch.setenv("PORTICO_TEST_POSTGRES_URL", DEAD_POSTGRES)
    monkeypatch.setenv("PORTICO_TEST_REDIS_URL", DEAD_REDIS)
    monkeypatch.delenv("PORTICO_TEST_CHROMIUM", raising=False)
    monkeypatch.delenv("PORTICO_TEST_REQUIRE", raising=False)
    monkeypatch.setenv("PATH", "/does/not/exist")


def test_what_the_machine_lacks_is_left_out_and_said(bare_machine, capsys):
    assert find_left_out(everything=True) == ["not browser", "not node", "not postgres", "not redis"]
    said = capsys.readouterr().out
    assert "PostgreSQL does not answer" in said
    assert "Redis does not answer" in said
    assert "Chromium is not on PATH" in said
    assert "node and npm are not on PATH" in said


def test_the_fast_tier_does_not_ask_for_chromium(bare_machine, capsys):
    assert find_left_out(everything=False) == ["not postgres", "not redis"]
    assert "Chromium" not in capsys.readouterr().out


def test_what_is_required_and_missing_is_an_error(bare_machine, monkeypatch):
    monkeypatch.setenv("PORTICO_TEST_REQUIRE", "browser, node, redis")
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 1
    assert "Required and missing" in result.output
    assert "Redis does not answer" in result.output
    assert "Chromium" in result.output
    assert "node and npm" in result.output


def test_a_requirement_it_does_not_know_is_refused(bare_machine, monkeypatch):
    monkeypatch.setenv("PORTICO_TEST_REQUIRE", "mysql")
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 1
    assert "PORTICO_TEST_REQUIRE knows browser, node, postgres, redis; not mysql" in result.output
