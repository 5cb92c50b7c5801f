from __future__ import annotations

from dataclasses import dataclass

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class SearchHit(Model):
    """`type`: employee contact company ticket announcement app action page. `url` is its page for people; `highlight`
    are ranges of `title`, `(from, to)` in code points."""

    type: str
    id: str
    title: str
    subtitle: str
    url: str
    highlight: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class SearchGroup(Model):
    type: str
    items: tuple[SearchHit, ...]
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class SearchAnswer(Model):
    """By kind, the best first. `corrected`: nothing is as it was typed, and this differs from it by one letter.
    `left_out` are kinds that the token may not find."""

    data: tuple[SearchGroup, ...]
    corrected: bool
    left_out: tuple[str, ...]
