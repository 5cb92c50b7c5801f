"""Routes whose addresses can be built once somebody asks for one.

werkzeug writes and compiles two functions for each route when it is added, by which `url_for` builds its address. With
some 800 routes that is the longest part of putting the application together, and most processes (a test, a command)
build the addresses of a few.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


class LateRule(Rule):
    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        """A function that takes the place of itself when it is first called; threads that do so at once make the same
        one."""
        compile_now = super()._compile_builder
        place = "_build_unknown" if append_unknown else "_build"

        def build(rule: LateRule, **values: Any) -> tuple[str, str]:
            made: Callable[..., tuple[str, str]] = compile_now(append_unknown).__get__(rule, None)
            setattr(rule, place, made)
            return made(**values)

        return build
