"""The public names of `portico_sdk`, with what they say of themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from typing import Any, get_type_hints

from portico_sdk.client import Portico
from portico_sdk.resources._base import ResourceAPI

_ANNOTATION = re.compile(r"(: |-> )'([^']+)'")
"""They are strings where annotations are read late."""
MODULES = ("apps", "webhooks", "session", "oauth", "asgi", "wsgi", "flask", "manifest", "cards", "testing")


def page() -> str:
    parts = [_HEAD]
    for name in ("portico_sdk", *(f"portico_sdk.{each}" for each in MODULES)):
        module = import_module(name)
        parts.append(f"## {name}\n\n```text\n{inspect.getdoc(module) or ''}\n```\n")
        parts += [_name(each, getattr(module, each)) for each in module.__all__]
    parts.append("## Operations of a client\n")
    parts += _resources(Portico, "client")
    return "\n".join(parts)


def _name(name: str, value: Any) -> str:
    if not inspect.isclass(value) and not inspect.isfunction(value):
        return ""
    lines = [f"### {name}\n", f"```text\n{_signature(name, value)}\n```\n", _says(value)]
    if inspect.isclass(value):
        lines += [f"- {_method(each, member)}" for each, member in vars(value).items() if _is_method(each, member)]
    return "\n".join([*lines, ""])


def _resources(owner: type[Any], path: str) -> Iterator[str]:
    """Each resource of a client with its methods, and then those below it."""
    for name, member in inspect.getmembers_static(owner, lambda each: isinstance(each, cached_property)):
        kind = get_type_hints(member.func).get("return")
        if not (inspect.isclass(kind) and issubclass(kind, ResourceAPI)):
            continue
        methods = inspect.getmembers_static(kind, inspect.isfunction)
        shown = [f"- {_method(each, method)}" for each, method in methods if _is_method(each, method)]
        yield "\n".join([f"### {path}.{name}\n", _says(kind), "", *shown, ""])
        yield from _resources(kind, f"{path}.{name}")


def _is_method(name: str, member: object) -> bool:
    return inspect.isfunction(member) and not name.startswith("_")


def _method(name: str, method: Any) -> str:
    first = _says(method).split("\n\n")[0].replace("\n", " ")
    return f"`{_signature(name, method)}`" + (f": {first}" if first else "")


def _signature(name: str, value: Any) -> str:
    if inspect.isclass(value) and issubclass(value, Exception):
        return name
    text = str(inspect.signature(value)).replace("(self, ", "(").replace("(self)", "()")
    return name + _ANNOTATION.sub(r"\1\2", text)


def _says(value: Any) -> str:
    return inspect.cleandoc(value.__dict__.get("__doc__") or "") if hasattr(value, "__dict__") else ""


_HEAD = """# Python SDK

`pip install portico-sdk`, with the extras `cli`, `flask` and `testing`. `AsyncPortico` has the same operations, to be
awaited.
"""
