"""What people paste for a manifest: nothing of it may break the page."""

from __future__ import annotations

import pytest

from portico.domains.catalogue import manifests


@pytest.mark.parametrize(
    "source",
    [
        '{"x": ' + "1" * 5000 + "}",
        "x = " + "1" * 5000,
        "x = " + "[" * 3000 + "]" * 3000,
        '{"x": ' + "[" * 100_000 + "]" * 100_000 + "}",
        "x = 1979-02-31",
        "{",
        "[]",
    ],
)
def test_what_cannot_be_read_is_said(source: str) -> None:
    with pytest.raises(manifests.ManifestUnreadable):
        manifests.parse(source)
