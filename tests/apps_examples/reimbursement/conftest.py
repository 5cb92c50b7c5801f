import pytest

from portico_sdk.testing import workspace
from tests.support.expenses import MONDAY, Company


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """One company for all tests of a file, each with claims of its own."""
    with workspace(at=MONDAY) as ws:
        yield Company(ws, tmp_path_factory.mktemp("reimbursement"))


@pytest.fixture
def acme(opened):
    """With nothing that waits from the test before."""
    opened.ws.run()
    with opened.app.store.writing() as db:
        db.execute("INSERT INTO erasing VALUES ('tests')")
        db.execute("DELETE FROM claim")
        db.execute("DELETE FROM export")
        db.execute("DELETE FROM erasing")
    app = opened.installed.client()
    for one in app.approvals.list(status="pending"):
        app.approvals.withdraw(one.id)
    return opened
