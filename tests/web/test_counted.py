"""How many there are, as pages say it."""

from __future__ import annotations

import pytest
from flask import Flask

from portico.web.lists import counted


@pytest.mark.parametrize(("total", "shown"), [(None, "0"), (7, "7"), (1000, "1,000"), (1001, "1,000+")])
def test_a_count_ends_where_counting_ended(app: Flask, total: int | None, shown: str) -> None:
    with app.test_request_context():
        assert counted(total) == shown
