"""What the repository may hold, and how long it may get."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "requirements"
MADE = {".git", ".venv", "var", "__pycache__", "build", "dist", "node_modules"}
FILE_LINES, FUNCTION_LINES = 400, 60
THIRD_PARTY = re.compile(
    r"\.(min\.js|min\.css|map|woff2?|ttf|otf|eot|whl|jar|so|dll|exe|wasm)$|(^|/)(vendor|vendored)/"
)
BUILD_TOOLS = {"hatchling", "editables"}  # in the lock, since editable installs are made without isolation


def files() -> Iterator[str]:
    """What a commit could hold: all but what starts, tests and builds make."""

    def walk(folder: Path) -> Iterator[Path]:
        for path in folder.iterdir():
            if path.name in MADE or path.name.endswith((".egg-info", "_cache")):
                continue
            if path.is_dir() and not path.is_symlink():
                yield from walk(path)
            else:
                yield path

    return (path.relative_to(ROOT).as_posix() for path in walk(ROOT))


def sources() -> list[Path]:
    roots = (ROOT / "platform" / "portico", ROOT / "sdk" / "portico_sdk", ROOT / "apps_examples")
    return [
        ROOT / "portico",
        *(path for root in roots for path in root.rglob("*.py") if MADE.isdisjoint(path.parts)),
    ]


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[^\s#-]\S*==\S+", (REQUIREMENTS / f"{lock}.lock").read_text(), re.MULTILINE))


def names(requirements: list[str]) -> set[str]:
    return {line.strip() for line in requirements if line.strip() and not line.startswith(("#", "-r"))}


LOCKS = (*sorted(REQUIREMENTS.glob("*.lock")), ROOT / "tests" / "clients" / "requirements.lock")
NPM_LOCK = ROOT / "tests" / "clients" / "package-lock.json"


@pytest.mark.parametrize("lock", [*LOCKS, NPM_LOCK], ids=lambda path: path.name)
def test_a_lock_names_no_host_and_no_path(lock):
    text = lock.read_text()
    assert re.findall(r"\S*://\S*|--(?:index|find|extra|trusted)\S*|\S+ @ \S+|^-e.*", text, re.MULTILINE) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_has_hashes_for_each_pin(lock):
    blocks = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert [block for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []


def test_the_lock_of_npm_has_a_hash_for_each_package():
    packages = json.loads(NPM_LOCK.read_text())["packages"]
    assert [name for name, about in packages.items() if name and "integrity" not in about] == []


def test_what_develops_includes_what_runs():
    assert pins("runtime") - pins("develop") == set()


def test_the_package_depends_on_what_the_lock_was_made_from():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {name for name in project["dependencies"] if not name.startswith("portico-sdk")}
    assert declared == names((REQUIREMENTS / "runtime.in").read_text().splitlines()) - BUILD_TOOLS


def test_each_dependency_has_its_reason():
    reasons = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text()
    used = [*(REQUIREMENTS / "runtime.in").read_text().splitlines()]
    used += (REQUIREMENTS / "develop.in").read_text().splitlines()
    used += (NPM_LOCK.parent / "requirements.in").read_text().splitlines()
    used += json.loads((NPM_LOCK.parent / "package.json").read_text())["dependencies"]
    assert [name for name in sorted(names(used)) if name not in reasons] == []


def test_nothing_of_others_is_copied_in():
    assert [name for name in files() if THIRD_PARTY.search(name)] == []


def test_no_lock_that_names_hosts_is_there():
    assert [name for name in files() if name.endswith("uv.lock") or "pylock" in name] == []


def test_no_module_is_named_after_nothing():
    vague = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
    assert [str(path) for path in sources() if path.stem in vague or path.parent.name in vague] == []


def test_each_folder_of_modules_is_a_package():
    roots = (ROOT / "platform" / "portico", ROOT / "sdk" / "portico_sdk")
    folders = {path.parent for root in roots for path in root.rglob("*.py") if MADE.isdisjoint(path.parts)}
    assert [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_files_stay_short():
    lengths = {path: len(path.read_text().splitlines()) for path in sources()}
    assert {str(path): lines for path, lines in lengths.items() if lines > FILE_LINES} == {}


def test_functions_stay_short():
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": lines
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_example_apps_use_the_sdk_alone():
    private = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "apps_examples").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in imported(node)
        if name.split(".")[0] == "portico"
    ]
    assert private == []


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []
