from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from portico.kernel import api_log
from tests.support import apps, grants
from tests.support.cast import Cast
from tests.support.http import Api, ApiClient

SCOPES = ("directory:read", "contacts:read", "contacts:write")
NOT_GRANTED = "tickets:read"


@dataclass
class Helper:
    """An installed app of the developer's, and what its developer is told of its calls."""

    cast: Cast
    api: Api
    app: dict[str, Any]
    installation: dict[str, Any]

    @property
    def token(self) -> str:
        return apps.mint(self.app, self.installation)

    @property
    def calls(self) -> ApiClient:
        return self.api.bearer(self.token)

    def in_the_name_of(self, person: str) -> ApiClient:
        client = grants.Client(self.cast, self.app, self.installation)
        return self.api.bearer(client.tokens(person, ("directory:read",)).access_token)

    def logged(self, question: str = "", by: str = "developer") -> list[dict[str, Any]]:
        api_log.flush()
        answer = self.api(by).get(f"/apps/{self.app['id']}/requests{question}")
        assert answer.status_code == 200, answer.json
        found: list[dict[str, Any]] = answer.json["data"]
        return found

    def last(self) -> dict[str, Any]:
        return self.logged("?limit=1")[0]


@pytest.fixture
def collecting() -> Iterator[None]:
    api_log.collect()
    yield
    api_log.collect(False)


@pytest.fixture
def helper(app: Flask, cast: Cast, api: Api, collecting: None) -> Helper:
    content = grants.manifest("directory:read")
    content["access"]["scopes"] = [{"name": name, "reason": "for the test"} for name in SCOPES]
    content["access"]["optional_scopes"] = [{"name": NOT_GRANTED, "reason": "for the test"}]
    registered = apps.register(cast, content)
    installation = apps.install(cast, granted_scopes=list(SCOPES))
    return Helper(cast, api, registered, installation)
