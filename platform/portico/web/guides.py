"""Guided minutes: a short list of things to try, each with the place to do it, that ticks when it was done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from portico.web.pages import workspace_url


@dataclass(frozen=True, slots=True)
class Step:
    """Done when one of these actions of the person stands in the record."""

    title: str
    detail: str
    endpoint: str
    actions: tuple[str, ...]


def shown(steps: Sequence[Step], done: Collection[str]) -> list[dict[str, Any]]:
    return [
        {
            "title": gettext(step.title),
            "detail": gettext(step.detail),
            "url": workspace_url(step.endpoint),
            "done": any(action in done for action in step.actions),
        }
        for step in steps
    ]
