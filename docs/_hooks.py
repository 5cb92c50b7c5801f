"""What mkdocs asks while it builds: the order of pages, the pages that are made from registries, and their plain twins.

Folders are read, so that a new page needs no line anywhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from portico.cli.reference import pages

ROOT = Path(__file__).parents[1]
MADE = "generated"
PRODUCTION = "howto/production.md"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    guides = [page for page in _folder("howto") if page != PRODUCTION]
    config.nav = [
        {"Start": ["index.md", *_folder("tutorial"), "concepts.md"]},
        {"Guides": guides},
        {"Reference": [*(f"{MADE}/{name}.md" for name in pages()), *_folder("reference")]},
        {"Production": [PRODUCTION]},
        {"Decisions": _folder("decisions")},
        {"Changes": ["changelog.md"]},
    ]
    return config


def _folder(name: str) -> list[str]:
    return [f"{name}/{path.name}" for path in sorted((ROOT / "docs" / name).glob("*.md"))]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for name, text in pages().items():
        files.append(File.generated(config, f"{MADE}/{name}.md", content=text))
    files.append(File.generated(config, "changelog.md", content=(ROOT / "CHANGELOG.md").read_text("utf-8")))
    return files


def on_env(env: Any, config: MkDocsConfig, files: Files) -> None:
    """Each page once more as Markdown, under its own address with `.md`, and two lists of them for machines."""
    found = [file.page for file in files.documentation_pages() if file.page is not None]
    site = Path(config.site_dir)
    for page in found:
        twin = site / page.file.src_uri
        twin.parent.mkdir(parents=True, exist_ok=True)
        twin.write_text(page.markdown or "", "utf-8")
    found.sort(key=_place)
    listed = "".join(f"- [{page.title}]({page.file.src_uri})\n" for page in found)
    (site / "llms.txt").write_text(f"# {config.site_name}\n\n> {config.site_description}\n\n{listed}", "utf-8")
    (site / "llms-full.txt").write_text("\n\n".join(page.markdown or "" for page in found), "utf-8")


def _place(page: Page) -> tuple[int, str]:
    """What a reader needs first stands first; decisions and changes last."""
    order = ["index.md", "tutorial", "concepts.md", "howto", "reference", MADE, "decisions", "changelog.md"]
    return order.index(page.file.src_uri.split("/")[0]), page.file.src_uri
