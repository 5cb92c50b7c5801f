"""Shapes of values: trees of `{type, title?, fields?, items?, of?, enum?}`, made from JSON Schema. `of` is the kind of
record whose id it is."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Shape = dict[str, Any]
ANY: Shape = {"type": "any"}
_DEEPEST = 5
_PREFIX = re.compile(r"\^?([a-z]{3})_")
KIND_OF_PREFIX: Mapping[str, str] = {
    "tkt": "ticket",
    "con": "contact",
    "com": "company",
    "cmp": "company",
    "emp": "employee",
    "dep": "department",
    "grp": "group",
    "que": "queue",
    "ann": "announcement",
    "apr": "approval",
    "abs": "absence",
}
_OTHER_NAMES = {"assignee": "employee", "owner": "employee", "manager": "employee", "follow_up_of": "ticket"}


def of_schema(
    schema: Mapping[str, Any], components: Mapping[str, Any], name: str = "", about: str = "", depth: int = 0
) -> Shape:
    """`name` is that of the field, `about` the kind of record that it belongs to."""
    while "$ref" in schema:
        schema = components[str(schema["$ref"]).rpartition("/")[2]]
    kind = _type_of(schema)
    if kind == "object" and schema.get("properties") and depth < _DEEPEST:
        fields = {
            each: of_schema(part, components, each, about if depth == 0 else "", depth + 1)
            for each, part in schema["properties"].items()
        }
        return {"type": "object", "fields": fields}
    if kind == "array":
        return {"type": "list", "items": of_schema(schema.get("items") or {}, components, "", "", depth + 1)}
    shape: Shape = {"type": "any" if kind == "object" else kind}
    if "enum" in schema:
        shape["enum"] = [each for each in schema["enum"] if each is not None]
    record = _record(schema, name, about) if kind == "string" else None
    if record is not None:
        shape["of"] = record
    return shape


def at(shape: Shape, parts: list[str]) -> Shape | None:
    """The shape that stands there; ANY where it is not known, None where there is surely nothing."""
    for part in parts:
        if shape["type"] == "any":
            return ANY
        if shape["type"] == "list" and part.isdigit():
            shape = shape["items"]
        elif shape["type"] == "object" and part in shape.get("fields", {}):
            shape = shape["fields"][part]
        else:
            return None
    return shape


def fits(have: Shape, want: Shape) -> bool:
    """Whether what is there can be given where `want` is asked for; a number may be written as text."""
    left, right = have["type"], want["type"]
    if "any" in (left, right):
        return True
    if left == "list" and right == "list":
        return fits(have["items"], want["items"])
    if right == "string":
        return left in ("string", "number", "integer", "boolean")
    return bool(left == right) or (left == "integer" and right == "number")


def leaves(shape: Shape, path: str) -> Iterator[tuple[str, Shape]]:
    """What can be pointed to, the shallow ones first."""
    level = [(path, shape)]
    while level:
        yield from level
        level = [(f"{where}.{name}", part) for where, each in level for name, part in each.get("fields", {}).items()]


def example(shape: Shape, name: str = "") -> Any:
    """Something that looks like it, for what is not really asked."""
    kind = shape["type"]
    if kind == "object":
        return {each: example(part, each) for each, part in shape.get("fields", {}).items()}
    if kind == "list":
        return []
    if shape.get("enum"):
        return shape["enum"][0]
    if kind == "string":
        return f"<{shape.get('of') or name or 'text'}>"
    return {"integer": 1, "number": 1, "boolean": True}.get(kind)


def of_value(value: Any) -> Shape:
    """The shape of a literal."""
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int | float):
        return {"type": "integer" if isinstance(value, int) else "number"}
    return {"type": "string"} if isinstance(value, str) else ANY


def _type_of(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), None)
    return str(kind) if kind in ("string", "integer", "number", "boolean", "array", "object") else "any"


def _record(schema: Mapping[str, Any], name: str, about: str) -> str | None:
    """By the form of the id, or by the name of the field."""
    found = _PREFIX.match(str(schema.get("pattern", "")))
    if found and found[1] in KIND_OF_PREFIX:
        return KIND_OF_PREFIX[found[1]]
    if name == "id" and about:
        return about
    noun = name.removesuffix("_id")
    noun = _OTHER_NAMES.get(noun, noun)
    return noun if noun in KIND_OF_PREFIX.values() and name != noun else None
