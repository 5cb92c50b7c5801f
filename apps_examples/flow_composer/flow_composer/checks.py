"""Whether a flow can work: what it names exists, values are there when they are needed and have the right type."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flow_composer import shapes
from flow_composer.catalogue import Catalogue, Parameter, action_parameters
from flow_composer.guard import is_web_address, may_post_to
from flow_composer.model import Finding, Flow, Step, expressions, form, steps_of
from flow_composer.shapes import ANY, Shape
from flow_composer.values import refs_in

_ACTION_RESULT: Shape = {
    "type": "object",
    "fields": {"id": {"type": "string"}, "state": {"type": "string"}, "answer": ANY},
}


@dataclass
class Checked:
    findings: list[Finding]
    shapes: dict[str, Shape] = field(default_factory=dict)
    """By the id of a step, and `trigger`: what it hands on."""

    @property
    def errors(self) -> list[Finding]:
        return [one for one in self.findings if one.severity == "error"]


def check(flow: Any, catalogue: Catalogue, hosts: tuple[str, ...] = (), *, allow_http: bool = False) -> Checked:
    """`hosts`: to which the company lets flows post."""
    wrong = form(flow)
    if wrong:
        return Checked(wrong, _while_unfinished(flow, {one.pointer for one in wrong}, catalogue))
    made = Checked([])
    kind = catalogue.events.get(flow["trigger"]["event"])
    if kind is None:
        made.findings.append(Finding("/trigger/event", "event_unknown", (flow["trigger"]["event"],)))
    made.shapes["trigger"] = kind.shape if kind else ANY
    if not flow["steps"]:
        made.findings.append(Finding("/steps", "no_steps"))
    for number, step in enumerate(steps_of(flow)):
        at = f"/steps/{number}"
        made.findings += _refs(step, at, made.shapes, steps_of(flow)[number:])
        made.findings += _meaning(step, at, catalogue, made.shapes)
        if "post" in step:
            made.findings += _address(step["post"]["url"], at, hosts, allow_http=allow_http)
        made.shapes[step["id"]] = hands_on(step, catalogue, made.shapes)
    return made


def _while_unfinished(flow: Any, pointers: set[str], catalogue: Catalogue) -> dict[str, Shape]:
    """What the steps whose form is right hand on, so that others can be built on them."""
    if pointers & {"", "/format", "/steps"}:
        return {}
    kind = None if "/trigger/event" in pointers else catalogue.events.get(flow["trigger"]["event"])
    known: dict[str, Shape] = {"trigger": kind.shape if kind else ANY}
    for number, step in enumerate(flow["steps"]):
        if not any(pointer.startswith(f"/steps/{number}/") for pointer in pointers):
            known[step["id"]] = hands_on(step, catalogue, known)
    return known


def scopes_needed(flow: Flow, catalogue: Catalogue) -> tuple[str, ...]:
    """What the owner has to allow for this flow, and nothing more."""
    kind = catalogue.events.get(flow["trigger"]["event"])
    needed = {"openid", *([kind.scope] if kind else [])}
    for step in steps_of(flow):
        call = step.get("call", {})
        operation = catalogue.operations.get(call.get("operation", ""))
        if operation is not None:
            needed.update(operation.scopes(step.get("input", {})))
        if "action" in call:
            needed.update(("actions:run", "actions:read"))
    return tuple(sorted(needed))


def parameters_of(step: Step, catalogue: Catalogue) -> list[Parameter] | None:
    """What a call takes; None where there is no such operation or action."""
    call = step["call"]
    if "operation" in call:
        operation = catalogue.operations.get(call["operation"])
        return None if operation is None else list(operation.parameters)
    action = catalogue.actions.get((call["action"]["app"], call["action"]["action"]))
    return None if action is None else action_parameters(action)


def hands_on(step: Step, catalogue: Catalogue, known: Mapping[str, Shape]) -> Shape:
    kind = step["kind"]
    if kind == "map":
        return {"type": "object", "fields": {name: shape_of(one, known) for name, one in step["fields"].items()}}
    if kind == "call":
        operation = catalogue.operations.get(step["call"].get("operation", ""))
        return operation.result if operation else _ACTION_RESULT if "action" in step["call"] else ANY
    if kind == "filter":
        return {"type": "object", "fields": {"passed": {"type": "boolean"}}}
    if kind == "wait":
        return {"type": "object", "fields": {"until": {"type": "string"}}}
    name = "status" if "post" in step else "note"
    return {"type": "object", "fields": {name: {"type": "integer" if name == "status" else "string"}}}


def shape_of(expression: Any, known: Mapping[str, Shape]) -> Shape:
    ((kind, inner),) = expression.items()
    if kind == "ref":
        return shape_at(inner, known) or ANY
    if kind == "template":
        return {"type": "string"}
    if kind == "list":
        return {"type": "list", "items": shape_of(inner[0], known) if inner else ANY}
    if kind == "append":
        first = shape_of(inner[0], known)
        return first if first["type"] == "list" else {"type": "list", "items": ANY}
    return shapes.of_value(inner)


def shape_at(ref: str, known: Mapping[str, Shape]) -> Shape | None:
    parts = ref.split(".")
    head, rest = (parts[0], parts[1:]) if parts[0] == "trigger" else (parts[1], parts[2:])
    return shapes.at(known[head], rest) if head in known else None


def _refs(step: Step, at: str, known: Mapping[str, Shape], later: list[Step]) -> Iterator[Finding]:
    ahead = {one["id"] for one in later}
    for pointer, _, expression in expressions(step):
        for ref in refs_in(expression):
            if shape_at(ref, known) is None:
                is_later = ref.startswith("steps.") and ref.split(".")[1] in ahead
                yield Finding(at + pointer, "ref_later" if is_later else "ref_unknown", (ref,))


def _meaning(step: Step, at: str, catalogue: Catalogue, known: Mapping[str, Shape]) -> Iterator[Finding]:
    if step["kind"] != "call":
        return
    wanted = parameters_of(step, catalogue)
    if wanted is None:
        yield Finding(f"{at}/call", "call_unknown")
        return
    if "action" in step["call"]:
        action = catalogue.actions[step["call"]["action"]["app"], step["call"]["action"]["action"]]
        if action.risk == "destructive":
            yield Finding(f"{at}/call", "destructive")
    by_name, given = {one.name: one for one in wanted}, step.get("input", {})
    for name, one in by_name.items():
        if one.required and name not in given and not any(other.startswith(f"{name}.") for other in given):
            yield Finding(f"{at}/input/{name}", "required", (name,))
    for name, expression in given.items():
        if name not in by_name:
            yield Finding(f"{at}/input/{name}", "input_unknown", (name,))
        else:
            yield from _typed(expression, by_name[name], f"{at}/input/{name}", known)


def _typed(expression: Any, wanted: Parameter, at: str, known: Mapping[str, Shape]) -> Iterator[Finding]:
    have = shape_of(expression, known)
    if not shapes.fits(have, wanted.shape):
        yield Finding(at, "type", (wanted.shape["type"], have["type"]))
        return
    if "text" in expression and wanted.shape.get("enum") and expression["text"] not in wanted.shape["enum"]:
        yield Finding(at, "choice", (", ".join(map(str, wanted.shape["enum"])),))
    kinds = (have.get("of"), wanted.shape.get("of"))
    if all(kinds) and kinds[0] != kinds[1]:
        yield Finding(at, "other_record", (kinds[1], kinds[0]), "warning")


def _address(url: str, at: str, hosts: tuple[str, ...], *, allow_http: bool) -> Iterator[Finding]:
    if not is_web_address(url, allow_http=allow_http):
        yield Finding(f"{at}/post/url", "url")
    elif not may_post_to(url, hosts, allow_http=allow_http):
        yield Finding(f"{at}/post/url", "host_not_agreed", (url.split("/")[2],))
