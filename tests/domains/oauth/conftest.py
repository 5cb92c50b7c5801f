from __future__ import annotations

import pytest
from flask import Flask

from tests.support.cast import Cast
from tests.support.faces import Faces


@pytest.fixture
def faces(app: Flask, cast: Cast) -> Faces:
    return Faces(app, cast)
