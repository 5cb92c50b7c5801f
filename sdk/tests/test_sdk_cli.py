import json
import os
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from portico_sdk.cli import main
from portico_sdk.cli.dev._tunnel import is_listening


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.mark.parametrize(
    ("template", "test", "passed"),
    [("panel", "note", 2), ("minimal", "hears", 2), ("action", "note", 2), ("connector", "tells", 2)],
)
def test_a_new_app_is_right_and_its_tests_pass(run, tmp_path, template, test, passed):
    made = run("new", "my-app", *([] if template == "panel" else ["--template", template]))
    assert made.exit_code == 0, made.output
    folder = tmp_path / "my-app"
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) == [
        "README.md",
        "conftest.py",
        "my_app/__init__.py",
        "my_app/__main__.py",
        "portico.toml",
        f"tests/test_{test}.py",
    ]
    assert "__" + "TITLE" not in "".join(p.read_text() for p in folder.rglob("*") if p.is_file())
    assert run("check", "my-app").exit_code == 0, run("check", "my-app").output
    assert run("check", "my-app", "--release").exit_code == 1

    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # the many plugins of this repository, which take seconds
        "PYTEST_PLUGINS": "portico_sdk.testing.pytest_plugin",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    tests = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert tests.returncode == 0, tests.stdout
    assert f"{passed} passed" in tests.stdout


@pytest.mark.parametrize("name", ["My-App", "1app", "a", "../evil", "a" * 41])
def test_a_name_that_is_no_key_is_refused(run, tmp_path, name):
    refused = run("new", name)
    assert refused.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(run, tmp_path):
    (tmp_path / "my-app").mkdir()
    refused = run("new", "my-app")
    assert refused.exit_code == 2
    assert "there already" in refused.output


BROKEN = 'schema = 1\n[app]\nkey = "Leave"\nname = "Leave"\nsummary = "x"\nicon = "icon.png"\n[runtime]\n'


def test_findings_stand_at_their_lines(run, tmp_path):
    (tmp_path / "portico.toml").write_text(BROKEN)
    checked = run("check")
    assert checked.exit_code == 1
    assert checked.output.splitlines() == [
        "portico.toml:3: /app/key: This is not a key. Use 2 to 40 of a-z, 0-9, _ and -, "
        "beginning with a letter, such as my-app.",
        "portico.toml:6: /app/icon: The file icon.png is not there. Add the file, or leave the key out.",
        "portico.toml:7: /runtime/base_url: This is missing. Add it; the reference of portico.toml shows an example.",
    ]


def test_json_for_scripts(run, tmp_path):
    (tmp_path / "portico.toml").write_text(BROKEN)
    answer = json.loads(run("check", "portico.toml", "--json").output)
    assert answer["ok"] is False
    assert [(row["line"], row["rule"]) for row in answer["findings"]] == [
        (3, "key_format"),
        (6, "file_missing"),
        (7, "required"),
    ]
    (tmp_path / "portico.toml").write_text("schema = ")
    broken = run("check", "--json")
    assert (broken.exit_code, json.loads(broken.output)["findings"][0]["line"]) == (2, 1)


def test_what_cannot_be_read_is_exit_code_two(run, tmp_path):
    missing = run("check")
    assert missing.exit_code == 2
    assert "portico-app new" in missing.output
    (tmp_path / "portico.toml").write_text("a = 1\na = 2\n")
    assert run("check").exit_code == 2
    assert "portico.toml:2: " in run("check").output


def test_help_does_not_load_what_it_does_not_need():
    code = "import sys, portico_sdk.cli; print(sorted({'marshmallow', 'flask'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_dev_knows_whether_the_app_listens():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert is_listening(url)
    assert not is_listening(url)
