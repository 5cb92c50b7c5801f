"""The blocks of code in a page of the documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    language: str
    title: str | None
    code: str

    @property
    def lines(self) -> list[str]:
        """Those that say something."""
        return [line for line in self.code.splitlines() if line.strip()]


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in _FENCE.findall(page.read_text(encoding="utf-8"))]


def titled(page: Path) -> dict[str, Block]:
    """Those with a title, which a reader types in this order."""
    return {block.title: block for block in blocks(page) if block.title}
