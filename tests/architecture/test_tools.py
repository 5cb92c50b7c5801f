"""The tools of pyproject.toml have nothing to say: lint, form, types, floors."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(sysconfig.get_path("scripts"))


def assert_content(*argv: object) -> None:
    done = subprocess.run([*map(str, argv)], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


def test_ruff_finds_nothing():
    assert_content(SCRIPTS / "ruff", "check", "--quiet", ".")


def test_the_code_is_in_the_form_that_ruff_gives_it():
    assert_content(SCRIPTS / "ruff", "format", "--check", "--quiet", ".")


def test_mypy_finds_nothing():
    assert_content(sys.executable, "-m", "mypy")


def test_imports_go_down_only():
    assert_content(SCRIPTS / "lint-imports", "--no-cache")
