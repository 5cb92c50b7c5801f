"""The example app Expenses in a workspace, and people who claim, decide and pay."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

from reimbursement import claims, create_app

from portico.domains.interactions.service import mint_panel_token
from portico_sdk.testing._people import writing

APP = Path(__file__).parents[2] / "apps_examples" / "reimbursement"
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class Company:
    """Acme with Expenses in it. Employee and announcer report to the agent; the support admin is finance, as are those
    of the group Money."""

    def __init__(self, ws, data_dir, **settings):
        self.ws = ws
        self.zoe, self.manager, self.finance = ws.employee, ws.agent, ws.support_admin
        hr = ws.hr_admin.client
        for one in (ws.employee, ws.announcer):
            hr.employees.update(one.employee_id, manager_id=ws.agent.employee_id)
        group = hr.groups.create(name="Money")
        hr.groups.change_members(group.id, add=[ws.app_manager.employee_id, ws.agent.employee_id])
        self.data_dir = data_dir
        settings = {"finance": f"{self.finance.email}, Money", **settings}
        self.installed = ws.install(APP, create=self._serve, settings=settings)
        ws.run()

    def _serve(self, config, http):
        self.web = create_app({**config, "DATA_DIR": str(self.data_dir)}, http, self.ws.clock)
        self.app = self.web.extensions["reimbursement"]
        return self.web

    @property
    def desk(self):
        return self.app.desk(self.installed.installation_id)

    def send(self, who, surface="home", query="", about=None, url=None, **form):
        """A page as the portal shows it to somebody; with `form`, as it is after sending that."""
        actor = who._actor
        with writing(actor):
            token = mint_panel_token(actor, self.installed.installation_id, surface, *(about or (None, None)))
        headers = {"Authorization": f"Bearer {token.value}"}
        browser, url = self.web.test_client(), url or f"/panels/{surface}{query}"
        answer = browser.post(url, data=form, headers=headers) if form else browser.get(url, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    def begin(self, title="Trip to Lisbon", who=None):
        """The id of a draft."""
        page = self.send(who or self.zoe, do="begin", title=title, nonce=title)
        return re.search(r'name="claim" value="(\w+)"', page)[1]

    def line(self, claim, amount="120.50", who=None, **more):
        said = {"spent_on": "2026-11-20", "category": "travel", "currency": "EUR", "amount": amount, **more}
        return self.send(who or self.zoe, do="line", claim=claim, nonce=f"{amount}{more}", **said)

    def receipt(self, claim, content=None, name="ticket.pdf", who=None):
        file = (io.BytesIO(content or PDF + claim.encode()), name)
        return self.send(who or self.zoe, url="/receipts", do="receipt", claim=claim, receipt=file)

    def sent(self, amount="120.50", title="Trip to Lisbon", who=None, **line):
        """The id of a claim that waits for approval."""
        claim = self.begin(title, who)
        self.line(claim, amount, who, **line)
        self.receipt(claim, who=who)
        self.send(who or self.zoe, do="submit", claim=claim, known="1")
        return claim

    def decide(self, who, verb="approve", note=None):
        """About all that waits for this person."""
        for waits in who.client.approvals.inbox():
            getattr(who.client.approvals, verb)(waits.id, note=note)
        self.ws.run()

    def approved(self, *args, **more):
        claim = self.sent(*args, **more)
        self.decide(self.manager)
        return claim

    def claim(self, claim_id):
        with self.app.store.reading() as db:
            return claims.get(db, self.installed.installation_id, claim_id)

    def status(self, claim_id):
        return self.claim(claim_id).status

    def told(self, who=None):
        """What the app itself told somebody, the oldest first."""
        return [one.title for one in (who or self.zoe).client.notifications.list() if one.app][::-1]
