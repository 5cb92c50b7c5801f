"""Lists filtered by tags."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_

from portico.kernel.json_lists import holds
from portico.kernel.listing import Filter


def tag_filter(model: Any) -> Filter:
    """`filter[tags]` of a table with a column `tags`: one tag, or any of several."""
    column = model.__table__.c.tags

    def tagged(operator: str, wanted: Any) -> ColumnElement[bool]:
        return or_(*(holds(column, tag) for tag in (wanted if operator == "in" else [wanted])))

    return Filter(clause=tagged, operators=("eq", "in"))
