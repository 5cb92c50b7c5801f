"""What people write as a filter, and what is shown of it, are the same thing."""

from __future__ import annotations

import pytest

from portico.admin import webhook_filters


def test_a_condition_a_line() -> None:
    text = 'data.status = open, new\n\nchanges=assignee_id\ndata.priority = 1, true, null, "1"\ndata.status = held\n'
    assert webhook_filters.read(text) == {
        "data.status": ["open", "new", "held"],
        "changes": ["assignee_id"],
        "data.priority": [1, True, None, "1"],
    }
    assert webhook_filters.read(" \n") is None
    assert webhook_filters.read("data.status") == {"data.status": []}


@pytest.mark.parametrize(
    "value", ["open", "a, b", 'say "hi"', " x ", "1", 1, 1.5, True, "true", None, "null", "[1]", "", "a\nb", "=", "王"]
)
def test_what_is_shown_reads_back(value: object) -> None:
    wanted = {"data.field": [value, "x"], "changes": ["y"]}
    assert webhook_filters.read(webhook_filters.shown(wanted)) == wanted
