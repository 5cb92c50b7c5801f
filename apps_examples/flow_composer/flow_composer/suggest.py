"""Which values of earlier steps fit a field: the id of the same kind of record first, then the same name, then type."""

from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

from flow_composer import shapes
from flow_composer.catalogue import Catalogue
from flow_composer.checks import check, parameters_of
from flow_composer.model import FORMAT, Step, form
from flow_composer.shapes import ANY, Shape

_MOST = 8
_ID_NAME, _RECORD, _NAME, _TYPE = 0, 1, 2, 3


def suggest(flow: Any, step_id: str, field: str, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Best first, as `{"expr", "label", "why"}`; `why` is the key of a text. Other steps may be unfinished."""
    steps = [one for one in flow.get("steps") or () if isinstance(one, dict)]
    before = list(takewhile(lambda one: one.get("id") != step_id, steps))
    if len(before) == len(steps):
        return []
    known = check({**flow, "steps": before}, catalogue).shapes
    wanted = _wanted(steps[len(before)], field, catalogue)
    found = sorted(_candidates(known, field, wanted), key=lambda one: (one[0], one[1], one[2].count(".")))
    made: dict[str, dict[str, Any]] = {}
    for rank, _, ref, shape in found:
        made.setdefault(ref, _suggestion(rank, ref, shape, wanted))
    return list(made.values())[:_MOST]


def _wanted(step: Step, field: str, catalogue: Catalogue) -> Shape:
    if step.get("kind") != "call":
        return {"type": "string"} if step.get("kind") == "output" else ANY
    chosen = {"format": FORMAT, "name": "-", "trigger": {"event": "-.-"}, "steps": [{**step, "input": {}}]}
    if any(one.pointer.startswith("/steps/0/call") for one in form(chosen)):
        return ANY
    return next((one.shape for one in parameters_of(step, catalogue) or () if one.name == field), ANY)


def _candidates(known: Mapping[str, Shape], field: str, wanted: Shape) -> Iterator[tuple[int, int, str, Shape]]:
    """Rank, how far back, where, and what."""
    for distance, (source, whole) in enumerate(reversed(list(known.items()))):
        head = source if source == "trigger" else f"steps.{source}"
        for ref, shape in shapes.leaves(whole, head):
            if shape["type"] == "object" or not shapes.fits(shape, wanted):
                continue
            rank = _rank(ref.rpartition(".")[2], shape, field.rpartition(".")[2], wanted)
            if rank is not None:
                yield rank, distance, ref, shape


def _rank(name: str, shape: Shape, field: str, wanted: Shape) -> int | None:
    record = wanted.get("of")
    if record is not None:
        if shape.get("of") != record:
            return None
        return _ID_NAME if name == field else _RECORD
    if name == field:
        return _NAME
    if shape.get("of") or shape["type"] == "any":
        return None  # an id is no text for people
    return _TYPE if shape["type"] == wanted["type"] or wanted["type"] == "any" else None


def _suggestion(rank: int, ref: str, shape: Shape, wanted: Shape) -> dict[str, Any]:
    why = {_ID_NAME: "why_record", _RECORD: "why_record", _NAME: "why_name", _TYPE: "why_type"}[rank]
    expression: Any = {"ref": ref}
    if wanted["type"] == "list" and shape["type"] == "list":
        expression = {"append": [{"ref": ref}, {"text": ""}]}
    return {"expr": expression, "label": ref, "why": why, "of": shape.get("of")}
