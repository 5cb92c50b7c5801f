"""Blocks of cards as the templates draw them: where links lead, what buttons do, and charts as numbers on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import g

from portico.domains.interactions import objects, queries
from portico.domains.interactions.objects import About
from portico.domains.interactions.queries import Action
from portico.kernel.actor import Actor
from portico.kernel.ids import new_id
from portico.portal.card_images import image_url
from portico.web.declared_fields import DeclaredForm
from portico.web.pages import workspace_url

WIDTH, HEIGHT, FLOOR = 320, 112, 92
"""Of a chart, in units of its own; below the floor stand the labels."""


class Drawing:
    """What the blocks of one card need: whose actions, beside which record, and for whom."""

    def __init__(self, actor: Actor, installation_id: str, about: About | None, place: str) -> None:
        self.installation_id, self.about, self.place = installation_id, about, place
        self._locale = actor.locale
        self._actions = {
            each.key: each
            for each in (queries.actions_for(actor) if actor.may("actions:run") else ())
            if each.installation_id == installation_id
        }

    def blocks(self, card: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Each block with what it needs to be drawn; what cannot be used here any more is left out."""
        drawn = (self._block(block, number) for number, block in enumerate(card["blocks"]))
        return [block for block in drawn if block is not None]

    def _block(self, block: Mapping[str, Any], number: int) -> dict[str, Any] | None:
        make: Callable[[Mapping[str, Any], int], dict[str, Any] | None] | None = {
            "list": self._list,
            "chart": lambda block, _: {**block, **chart(block)},
            "image": lambda block, _: {**block, "src": image_url(self.installation_id, block["url"])},
            "buttons": self._buttons,
            "form": self._form,
        }.get(block["type"])
        return dict(block) if make is None else make(block, number)

    def _list(self, block: Mapping[str, Any], _: int) -> dict[str, Any]:
        items = [
            {**item, "to": target(item["open"], self.installation_id)} if "open" in item else item
            for item in block["items"]
        ]
        return {**block, "rows": items}

    def _buttons(self, block: Mapping[str, Any], _: int) -> dict[str, Any] | None:
        rows = [self._button(item) for item in block["items"]]
        found = [row for row in rows if row is not None]
        return {**block, "rows": found} if found else None

    def _button(self, item: Mapping[str, Any]) -> dict[str, Any] | None:
        if "open" in item:
            return {**item, "to": target(item["open"], self.installation_id)}
        action = self._actions.get(item["action"])
        about = self._fits(action)
        if action is None or about is False:
            return None
        values = item.get("input", {})
        missing = [name for name, row in action.input.items() if row.get("required", True) and name not in values]
        at_once = not missing and not action.asks_first
        filled = {} if at_once else {f"input.{name}": value for name, value in values.items()}
        return {
            **item,
            "at_once": at_once,
            "values": values,
            "run": new_id("int"),
            "url": self._url(action, about, filled),
        }

    def _form(self, block: Mapping[str, Any], number: int) -> dict[str, Any] | None:
        action = self._actions.get(block["action"])
        about = self._fits(action)
        if action is None or about is False:
            return None
        among = f"{self.installation_id}-{number}-"
        declared = DeclaredForm(tuple(action.fields(self._locale)), "input.", "/input/", among)
        fields = declared.fields(now=block.get("input", {}), sent=False)
        about_form = {"title": action.title, "asks_first": action.asks_first, "run": new_id("int")}
        return {**block, **about_form, "fields": fields, "url": self._url(action, about, {})}

    def _fits(self, action: Action | None) -> Any:
        """The record on which it runs from here, None without one; False where it cannot."""
        if action is None:
            return False
        if self.about is not None and objects.KINDS[self.about[0]].place in action.places:
            return self.about
        return False if action.needs_object else None

    def _url(self, action: Action, about: About | None, filled: Mapping[str, Any]) -> str:
        where = {"installation_id": self.installation_id, "key": action.key, "object": about[1] if about else None}
        back = {"back": "home"} if self.place == "home.card" else {}
        return workspace_url("portal.action", **where, **filled, **back)


def target(value: str, installation_id: str) -> dict[str, Any]:
    """Where an app leads: within the workspace, to a page of its own, or outside, with the host for people to see."""
    if value.startswith("surface:"):
        surface = value.removeprefix("surface:")
        return {"url": workspace_url("portal.app_page", installation_id=installation_id, surface=surface), "host": None}
    if value.startswith("/"):
        root = f"/w/{g.member.place.slug}"
        return {"url": value if value.startswith(f"{root}/") else root + value, "host": None}
    return {"url": value, "host": urlsplit(value).hostname}


def chart(block: Mapping[str, Any]) -> dict[str, Any]:
    """Bars or a line over a floor at zero, or at the least value where some are below it."""
    values = [point["value"] for point in block["points"]]
    if not values:
        return {"marks": [], "line": "", "zero": FLOOR}
    low, high = min(0, *values), max(0, *values)
    span = (high - low) or 1
    step = WIDTH / len(values)

    def height(value: float) -> float:
        return float(round(FLOOR - (value - low) / span * (FLOOR - 8), 2))

    zero = height(0)
    marks = []
    for number, point in enumerate(block["points"]):
        top = height(point["value"])
        marks.append(
            {
                "x": round(number * step + step * 0.15, 2),
                "width": round(step * 0.7, 2),
                "y": min(top, zero),
                "height": max(round(abs(zero - top), 2), 0.5),
                "middle": round((number + 0.5) * step, 2),
                "top": top,
                **point,
            }
        )
    shown = 1 if len(values) <= 8 else len(values) // 6 + 1
    for number, mark in enumerate(marks):
        mark["named"] = number % shown == 0
    line = " ".join(f"{mark['middle']},{mark['top']}" for mark in marks)
    return {"marks": marks, "line": line, "zero": zero}
