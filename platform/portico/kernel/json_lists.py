"""Lists of texts in a JSON column: one expression for both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Holds(FunctionElement[bool]):
    name = "holds"
    type = Boolean()
    inherit_cache = True


# Also for the compiler without a dialect, by which the fence reads a statement.
@compiles(_Holds)
def _on_postgresql(element: _Holds, compiler: SQLCompiler, **kwargs: Any) -> str:
    items, wanted = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"{items} @> jsonb_build_array({wanted})"


@compiles(_Holds, "sqlite")
def _on_sqlite(element: _Holds, compiler: SQLCompiler, **kwargs: Any) -> str:
    items, wanted = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"EXISTS (SELECT 1 FROM json_each({items}) WHERE value = {wanted})"  # noqa: S608 – compiled clauses


def holds(column: ColumnElement[Any], wanted: str) -> ColumnElement[bool]:
    """Whether the list in `column` holds `wanted`. Reads each row: no index serves it below row-level security."""
    return _Holds(column, cast(wanted, Text))
