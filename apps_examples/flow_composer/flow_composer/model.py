"""A flow as a file (`portico.flow/1`): its parts, and what is wrong with its form. No meaning: that is for `checks`."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flow_composer.values import EXPRESSIONS, REF, TEMPLATE_REF

FORMAT = "portico.flow/1"
KINDS = ("filter", "map", "call", "wait", "output")
OPS = ("eq", "ne", "contains", "starts", "gt", "lt", "exists", "missing")
MOST_STEPS = 30
LONGEST_WAIT_S = 30 * 24 * 3600
_STEP_ID = re.compile(r"[a-z][a-z0-9_]{0,30}")
_EVENT = re.compile(r"[a-z_]+(\.[a-z_]+){1,2}")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_NOT_OURS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection", "idempotency-key"})
_MOST_FIELDS = 60
_DEEPEST = 6
_LARGEST = 64 * 1024

Flow = Mapping[str, Any]
Step = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """What is wrong, and where: `key` and `details` become a sentence in the reader's language."""

    pointer: str
    key: str
    details: tuple[Any, ...] = ()
    severity: str = "error"


def form(flow: Any) -> list[Finding]:
    """All that is wrong with the form; without findings the other functions here may be called."""
    if not isinstance(flow, dict) or flow.get("format") != FORMAT:
        return [Finding("/format", "format")]
    if len(json.dumps(flow)) > _LARGEST:
        return [Finding("", "too_large")]
    return [*_unknown(flow, {"format", "name", "trigger", "steps"}, ""), *_head(flow), *_steps(flow.get("steps"))]


def steps_of(flow: Flow) -> list[Step]:
    steps: list[Step] = flow["steps"]
    return steps


def expressions(step: Step) -> Iterator[tuple[str, str, Any]]:
    """Each place of a step that takes a value: pointer within the step, name of the field, expression."""
    kind = step["kind"]
    if kind == "filter":
        mode = "all" if "all" in step else "any"
        for number, condition in enumerate(step[mode]):
            yield f"/{mode}/{number}/value", "value", condition["value"]
    elif kind == "map":
        yield from ((f"/fields/{name}", name, value) for name, value in step["fields"].items())
    elif kind == "call":
        yield from ((f"/input/{name}", name, value) for name, value in step.get("input", {}).items())
    elif kind == "output" and "note" in step:
        yield "/note", "note", step["note"]
    elif kind == "output":
        yield from ((f"/post/body/{name}", name, value) for name, value in step["post"].get("body", {}).items())


def _head(flow: Flow) -> Iterator[Finding]:
    name = flow.get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 120:
        yield Finding("/name", "name")
    trigger = flow.get("trigger")
    event = trigger.get("event") if isinstance(trigger, dict) else None
    if not isinstance(event, str) or not _EVENT.fullmatch(event):
        yield Finding("/trigger/event", "event_missing")


def _steps(steps: Any) -> Iterator[Finding]:
    if not isinstance(steps, list):
        yield Finding("/steps", "steps")
        return
    if len(steps) > MOST_STEPS:
        yield Finding("/steps", "too_many_steps", (MOST_STEPS,))
    seen: set[str] = set()
    for number, step in enumerate(steps):
        at = f"/steps/{number}"
        if not isinstance(step, dict) or step.get("kind") not in KINDS:
            yield Finding(f"{at}/kind", "kind", (", ".join(KINDS),))
            continue
        step_id = step.get("id")
        if not isinstance(step_id, str) or not _STEP_ID.fullmatch(step_id) or step_id == "trigger":
            yield Finding(f"{at}/id", "step_id")
        elif step_id in seen:
            yield Finding(f"{at}/id", "step_id_twice", (step_id,))
        else:
            seen.add(step_id)
        yield from _FORMS[step["kind"]](step, at)


def _filter(step: Step, at: str) -> Iterator[Finding]:
    modes = [mode for mode in ("all", "any") if mode in step]
    yield from _unknown(step, {"id", "kind", "all", "any"}, at)
    if len(modes) != 1 or not isinstance(step[modes[0]], list) or not 1 <= len(step[modes[0]]) <= 20:
        yield Finding(f"{at}/all", "conditions")
        return
    for number, condition in enumerate(step[modes[0]]):
        where = f"{at}/{modes[0]}/{number}"
        if not isinstance(condition, dict):
            yield Finding(where, "conditions")
            continue
        yield from _unknown(condition, {"value", "op", "to"}, where)
        yield from _expression(condition.get("value"), f"{where}/value")
        if condition.get("op") not in OPS:
            yield Finding(f"{where}/op", "op", (", ".join(OPS),))
        elif condition["op"] not in ("exists", "missing") and not isinstance(condition.get("to"), str | int | float):
            yield Finding(f"{where}/to", "to")


def _map(step: Step, at: str) -> Iterator[Finding]:
    yield from _unknown(step, {"id", "kind", "fields"}, at)
    yield from _named(step.get("fields"), f"{at}/fields", at_least=1)


def _call(step: Step, at: str) -> Iterator[Finding]:
    yield from _unknown(step, {"id", "kind", "call", "input"}, at)
    call = step.get("call")
    operation = call.get("operation") if isinstance(call, dict) else None
    action = call.get("action") if isinstance(call, dict) else None
    named = isinstance(action, dict) and isinstance(action.get("app"), str) and isinstance(action.get("action"), str)
    if not isinstance(call, dict) or len(call) != 1 or not (isinstance(operation, str) or named):
        yield Finding(f"{at}/call", "call")
    if "input" in step:
        yield from _named(step["input"], f"{at}/input")


def _wait(step: Step, at: str) -> Iterator[Finding]:
    yield from _unknown(step, {"id", "kind", "seconds"}, at)
    seconds = step.get("seconds")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 1 <= seconds <= LONGEST_WAIT_S:
        yield Finding(f"{at}/seconds", "seconds")


def _output(step: Step, at: str) -> Iterator[Finding]:
    yield from _unknown(step, {"id", "kind", "post", "note"}, at)
    if ("post" in step) == ("note" in step):
        yield Finding(f"{at}/post", "output")
    elif "note" in step:
        yield from _expression(step["note"], f"{at}/note")
    else:
        yield from _post(step["post"], f"{at}/post")


def _post(post: Any, at: str) -> Iterator[Finding]:
    if not isinstance(post, dict):
        yield Finding(at, "output")
        return
    yield from _unknown(post, {"url", "headers", "body"}, at)
    if not isinstance(post.get("url"), str) or not 1 <= len(post["url"]) <= 2000:
        yield Finding(f"{at}/url", "url")
    headers = post.get("headers", {})
    if not isinstance(headers, dict) or len(headers) > 20:
        yield Finding(f"{at}/headers", "headers")
        return
    for name, value in headers.items():
        plain = isinstance(value, str) and value.isascii() and value.isprintable() and len(value) <= 2000
        if not _HEADER.fullmatch(name) or name.lower() in _NOT_OURS or not (plain or value == MASK):
            yield Finding(f"{at}/headers/{name}", "header", (name,))
    yield from _named(post.get("body", {}), f"{at}/body")


MASK = "••••••"
"""Stands for the value of a header, which is a secret."""
_FORMS = {"filter": _filter, "map": _map, "call": _call, "wait": _wait, "output": _output}


def _unknown(table: Mapping[str, Any], known: set[str], at: str) -> Iterator[Finding]:
    yield from (Finding(f"{at}/{name}", "unknown", (name,)) for name in table if name not in known)


def _named(table: Any, at: str, at_least: int = 0) -> Iterator[Finding]:
    if not isinstance(table, dict) or not at_least <= len(table) <= _MOST_FIELDS:
        yield Finding(at, "fields")
        return
    for name, value in table.items():
        yield from _expression(value, f"{at}/{name}")


def _expression(value: Any, at: str, depth: int = 0) -> Iterator[Finding]:
    kind = next(iter(value)) if isinstance(value, dict) and len(value) == 1 else ""
    if kind not in EXPRESSIONS or depth > _DEEPEST or not isinstance(value[kind], EXPRESSIONS[kind]):
        yield Finding(at, "expression", (", ".join(EXPRESSIONS),))
        return
    inner = value[kind]
    if kind == "number" and isinstance(inner, bool):
        yield Finding(at, "expression", (", ".join(EXPRESSIONS),))
    elif kind == "ref" and not REF.fullmatch(inner):
        yield Finding(at, "ref", (inner[:80],))
    elif kind == "template":
        yield from _template(inner, at)
    elif kind in ("list", "append"):
        if len(inner) > 100 or (kind == "append" and len(inner) != 2):
            yield Finding(at, "list")
        for number, part in enumerate(inner):
            yield from _expression(part, f"{at}/{kind}/{number}", depth + 1)


def _template(text: str, at: str) -> Iterator[Finding]:
    if len(text) > 4000:
        yield Finding(at, "text_long")
    for found in TEMPLATE_REF.finditer(text):
        if not REF.fullmatch(found[1].strip()):
            yield Finding(at, "ref", (found[1].strip()[:80],))
