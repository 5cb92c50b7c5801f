from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from leave import create_app
from leave.ledger import Account, entries

from portico.domains.interactions.service import mint_panel_token
from portico_sdk.testing import workspace
from portico_sdk.testing._people import writing

APP = Path(__file__).parents[3] / "apps_examples" / "leave"
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Company:
    """Acme with Leave in it. The employee reports to the agent, and works from nine to six on weekdays."""

    def __init__(self, ws, data_dir, before=lambda ws: None, **options):
        self.ws, self.folder = ws, APP
        self.zoe = ws.employee
        hr = ws.hr_admin.client
        shift = hr.attendance.shifts.create(
            name="Day",
            rules={"segments": [{"start": "09:00", "end": "18:00"}], "breaks": [{"start": "12:00", "end": "13:00"}]},
            effective_from="2025-01-01",
        )
        people = [{"kind": "employee", "id": one.employee_id} for one in (ws.employee, ws.agent)]
        week = {"week": [[shift.id]] * 5 + [[], []]}
        rules = {"kind": "fixed", "timezone": "Europe/Berlin", "members": {"include": people}, **week}
        hr.attendance.groups.create(name="Office", rules=rules, effective_from="2025-01-01")
        hr.employees.update(self.zoe.employee_id, manager_id=ws.agent.employee_id)
        before(ws)
        self.installed = ws.install(APP, create=lambda config, http: self._serve(config, http, data_dir), **options)
        ws.run()

    def _serve(self, config, http, data_dir):
        self.web = create_app({**config, "DATA_DIR": str(data_dir)}, http, self.ws.clock)
        self.leave = self.web.extensions["leave"]
        return self.web

    def ask(self, first, last=None, by=None, **more):
        """By the action that a person presses: what it answers."""
        said = {"from": first, "to": last or first, **more}
        return (by or self.zoe).client.actions.run(self.installed.key, "ask", input=said).answer

    def decide(self, verb="approve"):
        """The agent decides about all that waits for them."""
        for waits in self.ws.agent.client.approvals.inbox():
            getattr(self.ws.agent.client.approvals, verb)(waits.id)
        self.ws.run()

    def ledger(self, period=2026, who=None, type_key="vacation"):
        account = Account(self.installed.installation_id, (who or self.zoe).employee_id, type_key)
        with self.leave.store.reading() as db:
            return [(one.kind, one.half_days) for one in entries(db, account, period)]

    def absences(self, **filters):
        return list(self.ws.hr_admin.client.absences.list(employee_id=self.zoe.employee_id, **filters))

    def open(self, who, surface, query="", about=None, **form):
        """A page as the portal shows it to somebody; with `form`, as it is after sending that."""
        actor = who._actor
        with writing(actor):
            token = mint_panel_token(actor, self.installed.installation_id, surface, *(about or (None, None)))
        headers = {"Authorization": f"Bearer {token.value}"}
        browser, url = self.web.test_client(), f"/panels/{surface}{query}"
        answer = browser.post(url, data=form, headers=headers) if form else browser.get(url, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    def workday(self, on):
        (found,) = self.ws.hr_admin.client.attendance.workdays.list(
            employee_id=self.zoe.employee_id, work_on__gte=on, work_on__lte=on
        )
        return found


@pytest.fixture
def make(tmp_path):
    with ExitStack() as stack:
        yield lambda **options: Company(stack.enter_context(workspace(at=MONDAY)), tmp_path, **options)


@pytest.fixture
def acme(make):
    return make()


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """As `make`, for a company that several tests look at; opening another one closes it."""
    with ExitStack() as stack:

        def open_(at=MONDAY, **options):
            stack.close()
            ws = stack.enter_context(workspace(at=at))
            return Company(ws, tmp_path_factory.mktemp("leave"), **options)

        yield open_


@pytest.fixture(scope="module")
def shared(opened):
    """For tests that leave nothing behind."""
    return opened()
