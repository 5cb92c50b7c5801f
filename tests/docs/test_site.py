"""The site of the documentation: it builds without a link to nowhere, is complete, and asks no other host."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from portico.cli import COMMANDS
from portico.cli.reference import pages
from portico.kernel.errors import REFUSALS
from portico.kernel.events import EVENT_TYPES
from portico.kernel.scopes import SCOPES
from tests.support.chromium import launched

ROOT = Path(__file__).parents[2]
LOADED = re.compile(r"""<(?:script|img|iframe|source)[^>]+src=["']?([^"'\s>]+)|<link[^>]+href=["']?([^"'\s>]+)""")


def build(folder: Path, *, config: Path = ROOT / "mkdocs.yml") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(config), "-d", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Requests of a test are not told."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(site))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(10)


@pytest.mark.slow
def test_no_page_loads_anything_from_another_host(site):
    found = {
        f"{page.relative_to(site)}: {url}"
        for page in site.rglob("*.html")
        for url in map("".join, LOADED.findall(page.read_text()))
        if re.match(r"(\w+:)?//", url)
    }
    assert found == set()


@pytest.mark.slow
def test_each_page_is_listed_for_machines_and_there_as_markdown(site):
    listed = re.findall(r"\]\((\S+)\)", (site / "llms.txt").read_text())
    written = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert set(listed) == written | {f"generated/{name}.md" for name in pages()} | {"changelog.md"}
    assert [name for name in listed if not (site / name).read_text().startswith("# ")] == []


@pytest.mark.slow
def test_a_link_to_nowhere_is_an_error(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Lost\n[there](nowhere.md)\n")
    text = (ROOT / "mkdocs.yml").read_text().replace("hooks: [docs/_hooks.py]\n", "")
    (tmp_path / "mkdocs.yml").write_text(text)
    done = build(tmp_path / "site", config=tmp_path / "mkdocs.yml")
    assert done.returncode == 1
    assert "nowhere.md" in done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.browser
def test_words_are_found_and_nothing_leaves_the_machine(address):
    with launched() as browser:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.locator(".md-search__input").fill("token_expired")
        page.locator(".md-search-result__item", has_text="Errors").first.wait_for()
        assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def headings(page: str) -> list[str]:
    return re.findall(r"^## (.+)$", pages()[page], re.MULTILINE)


def test_scopes_events_and_errors_are_all_there():
    assert headings("scopes") == [scope.name for scope in SCOPES]
    assert headings("events") == [kind.name for kind in EVENT_TYPES]
    assert headings("errors") == sorted(filter(None, REFUSALS))


def test_commands_are_all_there():
    assert {f"portico {name}" for name in COMMANDS if name != "app"} < set(headings("commands"))
    assert {"portico-app dev", "portico workspace create"} < set(headings("commands"))


def test_operations_are_all_there(app):
    document = app.test_client().get("/api/openapi.json").json
    paths = [(method.upper(), path) for path, item in document["paths"].items() for method in item]
    text = pages()["api"]
    assert [each for each in paths if f"`{each[0]} {each[1]}`" not in text and each[0] != "PARAMETERS"] == []


def test_operations_of_the_client_are_told_with_what_they_take():
    text = pages()["sdk"]
    assert "### client.tickets.comments" in text
    assert "`create(ticket_id: str, *, body: str," in text
    assert "### WebhookVerificationError" in text
