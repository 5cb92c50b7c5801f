"""What ends when a person has another password, and who hears of it."""

from __future__ import annotations

import pytest

from portico.domains.identity import doors, service
from portico.domains.identity.doors import Origin
from portico.domains.identity.errands import run_errands
from portico.kernel import authn
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.both_databases
HERE = Origin("192.0.2.1", "tests")
NEW = "another long password"


def mails(settings: Settings) -> str:
    run_errands()
    return "".join(path.read_text() for path in (settings.home / "mail").glob("*.eml"))


def test_another_password_ends_personal_tokens_and_is_told(cast: Cast, settings: Settings) -> None:
    mine, another = cast.token("agent"), cast.token("admin")
    here, elsewhere = (doors.sign_in(cast.email("agent"), PASSWORD, HERE) for _ in range(2))
    login = authn.door().login(here)
    assert login is not None
    renewed = doors.change_password(login, PASSWORD, NEW, HERE)
    with pytest.raises(authn.TokenRevoked):
        authn.authenticate(f"Bearer {mine}")
    assert authn.authenticate(f"Bearer {another}").employee_id == cast.employee_id("admin")
    assert authn.door().login(renewed) is not None
    assert authn.door().login(here) is None
    assert authn.door().login(elsewhere) is None
    assert "Your password was changed" in mails(settings)


def test_a_password_by_link_ends_personal_tokens_and_is_told(cast: Cast, settings: Settings) -> None:
    mine = cast.token("agent")
    with system_unit("tests: open a link", write=True):
        link = service.open_reset(cast.users["agent"])
    doors.reset_password(link, NEW)
    with pytest.raises(authn.TokenRevoked):
        authn.authenticate(f"Bearer {mine}")
    assert "Your password was changed" in mails(settings)
