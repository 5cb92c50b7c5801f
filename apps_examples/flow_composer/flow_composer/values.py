"""Values of a flow: literals, what earlier steps handed on, and texts made of both. Nothing here runs code."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

REF = re.compile(r"(trigger|steps\.[a-z][a-z0-9_]{0,30})(\.[A-Za-z0-9_]{1,80}){0,10}")
TEMPLATE_REF = re.compile(r"\{\{([^{}]*)\}\}")
EXPRESSIONS: Mapping[str, Any] = {
    "text": str,
    "number": int | float,
    "bool": bool,
    "ref": str,
    "template": str,
    "list": list,
    "append": list,
}
Known = Mapping[str, Any]
"""`trigger`, and by `steps` what each step handed on."""


class Missing(Exception):
    """Nothing stands where an expression points to."""

    def __init__(self, ref: str) -> None:
        super().__init__(ref)
        self.ref = ref


class Unlike(Exception):
    """What is there is not a list."""

    def __init__(self, ref: str) -> None:
        super().__init__(ref)
        self.ref = ref


def value_of(expression: Any, known: Known) -> Any:
    """Raises Missing and Unlike."""
    ((kind, inner),) = expression.items()
    if kind in ("text", "number", "bool"):
        return inner
    if kind == "ref":
        return look_up(inner, known)
    if kind == "template":
        return TEMPLATE_REF.sub(lambda found: _written(found[1].strip(), known), inner)
    if kind == "list":
        return [value_of(part, known) for part in inner]
    return _append(inner[0], inner[1], known)


def look_up(ref: str, known: Known) -> Any:
    """What stands there, which may be null; raises Missing."""
    here: Any = known
    for part in ref.split("."):
        if isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        elif isinstance(here, dict) and part in here:
            here = here[part]
        else:
            raise Missing(ref)
    return here


def refs_in(expression: Any) -> Iterator[str]:
    ((kind, inner),) = expression.items()
    if kind == "ref":
        yield inner
    elif kind == "template":
        yield from (found[1].strip() for found in TEMPLATE_REF.finditer(inner))
    elif kind in ("list", "append"):
        for part in inner:
            yield from refs_in(part)


def is_met(step: Mapping[str, Any], known: Known) -> bool:
    """Whether what comes passes a filter."""
    if "all" in step:
        return all(_holds(one, known) for one in step["all"])
    return any(_holds(one, known) for one in step["any"])


def compared(step: Mapping[str, Any], known: Known) -> list[dict[str, Any]]:
    """What a filter looks at, as it stands there now."""
    return [{**one, "value": _found(one["value"], known)} for one in step.get("all", step.get("any", ()))]


def _found(expression: Any, known: Known) -> Any:
    try:
        return value_of(expression, known)
    except Missing:
        return None


def _written(ref: str, known: Known) -> str:
    value = look_up(ref, known)
    if value is None:
        raise Missing(ref)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)


def _append(first: Any, second: Any, known: Known) -> list[Any]:
    base, more = value_of(first, known), value_of(second, known)
    if base is None:
        base = []
    if not isinstance(base, list):
        raise Unlike(next(refs_in(first), ""))
    added = more if isinstance(more, list) else [more]
    return [*base, *(each for number, each in enumerate(added) if each not in base and each not in added[:number])]


def _holds(condition: Mapping[str, Any], known: Known) -> bool:
    op, to, value = condition["op"], condition.get("to"), _found(condition["value"], known)
    if op in ("exists", "missing"):
        return bool((value not in (None, "", [])) == (op == "exists"))
    if op in ("eq", "ne"):
        return bool(_same(value, to) == (op == "eq"))
    if op == "contains":
        return _contains(value, to)
    if op == "starts":
        return bool(value is not None and str(value).lower().startswith(str(to).lower()))
    return _ordered(value, to, op)


def _contains(value: Any, to: Any) -> bool:
    if isinstance(value, list):
        return to in value
    return value is not None and str(to).lower() in str(value).lower()


def _same(value: Any, to: Any) -> bool:
    if isinstance(value, bool) or isinstance(to, bool):
        return str(value).lower() == str(to).lower()
    return bool(value == to) or (value is not None and str(value) == str(to))


def _ordered(value: Any, to: Any, op: str) -> bool:
    try:
        left, right = float(value), float(to)
    except (TypeError, ValueError):
        if not isinstance(value, str):
            return False
        return value > str(to) if op == "gt" else value < str(to)
    return left > right if op == "gt" else left < right
