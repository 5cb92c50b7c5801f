"""The table of commands: help without loading them, and each one where the table says."""

import subprocess
import sys

from click.testing import CliRunner

from portico.cli import COMMANDS, main

HEAVY = ("flask", "sqlalchemy", "marshmallow", "rq", "granian")


def test_help_loads_no_command_and_no_framework():
    call = "from portico.cli import main; main(['--help'], standalone_mode=False)"
    show = f"import sys; {call}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1].split()
    assert not [name for name in loaded if name.split(".")[0] in HEAVY or name.startswith("portico.cli.")]
    assert all(name in done.stdout for name in COMMANDS)


def test_an_unknown_command_is_refused_with_a_pointer_to_help():
    result = CliRunner().invoke(main, ["no-such-command"])
    assert result.exit_code == 2
    assert "No such command 'no-such-command'" in result.output


def test_the_version_is_the_one_of_the_package():
    from importlib.metadata import version

    assert version("portico") in CliRunner().invoke(main, ["--version"]).output
