"""Two web processes on one PostgreSQL: what one cuts, the other knows at the next request; no power is remembered."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from portico.domains.contacts import service as contacts
from portico.domains.installations.models import ScopeUse
from tests.support import apps
from tests.support.cast import Cast, make_cast
from tests.support.running import WEB, Portico, free_ports, responds
from tests.support.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.postgres]


def _used(cast: Cast) -> set[str]:
    with cast.reading() as work:
        return set(work.scalars(select(ScopeUse.scope).where(ScopeUse.workspace_id == cast.acme)))


def test_each_cut_bites_at_the_next_request_of_every_process() -> None:
    with Portico("postgres") as portico:
        cast = make_cast("postgres")
        with cast.writing():
            values = {"display_name": "Zoë", "owner_employee_id": cast.employee_id("agent")}
            contacts.create_contact(cast.actor("owner"), values)
        app = apps.register(cast, apps.asking("contacts:read", "directory:read"))
        row = apps.install(cast)
        one = portico.start_web()
        (port,) = free_ports(1)
        portico.start("second web", WEB, PORTICO_PORT=str(port))
        second = f"http://127.0.0.1:{port}"
        until(lambda: responds(f"{second}/api/v1/me"), within=120, what="an answer of the second web")
        token = {"Authorization": f"Bearer {apps.mint(app, row)}"}
        admin = {"Authorization": f"Bearer {cast.token('owner', 'installations:write')}"}
        where = f"{portico.base_url}/api/v1/installations/{row['id']}"
        webs = (portico.base_url, second)

        def seen() -> list[tuple[int, Any]]:
            answers = [httpx.get(f"{web}/api/v1/contacts", headers=token) for web in webs]
            return [(answer.status_code, answer.json().get("code") or len(answer.json()["data"])) for answer in answers]

        def change(**changes: Any) -> None:
            assert httpx.patch(where, json=changes, headers=admin).status_code == 200

        assert seen() == [(200, 1)] * 2
        change(data_range={"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id("employee")}]})
        assert seen() == [(200, 0)] * 2
        change(data_range={"kind": "all"})
        assert seen() == [(200, 1)] * 2
        change(granted_scopes=["directory:read"])
        assert seen() == [(403, "scope_pending")] * 2
        change(granted_scopes=["contacts:read", "directory:read"])
        assert httpx.post(f"{where}/suspend", headers=admin).status_code == 200
        assert seen() == [(401, "installation_suspended")] * 2
        assert httpx.post(f"{where}/resume", headers=admin).status_code == 200
        assert seen() == [(200, 1)] * 2
        assert httpx.post(f"{where}/uninstall", headers=admin).status_code == 200
        assert [status for status, _ in seen()] == [401] * 2
        one.stop()
        assert "contacts:read" in _used(cast), "a process that ends writes down what was used"
