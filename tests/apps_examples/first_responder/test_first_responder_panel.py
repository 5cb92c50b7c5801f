import re
import threading
from pathlib import Path

import first_responder
import pytest
from axe_playwright_python.sync_playwright import Axe
from first_responder import create_app
from first_responder.texts import _CHINESE, _ENGLISH, Language
from werkzeug.serving import make_server

from portico_sdk.testing import FakePortico
from tests.support.chromium import launched

PATH = "/panels/history"


@pytest.fixture
def fake():
    return FakePortico(scopes=["contacts:read", "tickets:read", "tickets.internal:write"])


@pytest.fixture
def ticket(fake):
    zoe = fake.add_contact(display_name="Zoë <b>", identifiers=[{"kind": "email", "value": "zoe@example.com"}])
    requester = {"contact_id": zoe["id"]}
    for number, status in enumerate(["solved", "closed", "on_hold", "open"]):
        fake.add_ticket(
            subject=f"Door {number} <script>",
            status=status,
            requester=requester,
            created_at=f"2025-12-0{number + 1}T23:30:00Z",
        )
    return fake.add_ticket(subject="It is broken", requester=requester, created_at="2025-12-20T09:00:00Z")


@pytest.fixture
def look(fake):
    web = create_app(fake.app_config(), fake.http_client).test_client()

    def look(ticket, **claims):
        token = fake.session_token(surface="history", object=ticket, **claims)
        return web.get(PATH, headers={"Authorization": f"Bearer {token}"})

    return look


def test_the_panel_shows_the_customer_the_suggestion_and_who_is_looking(fake, look, ticket):
    page = look(ticket).text
    assert '<html lang="en">' in page
    assert "Zoë &lt;b&gt;" in page
    assert "zoe@example.com" in page
    assert '<strong class="badge">Urgent</strong>' in page
    assert re.findall(r"<li>(.*?)</li>", page) == [
        "The subject says “broken”",
        "2 other tickets of this customer are open",
        "4 tickets in the 30 days before",
    ]
    assert re.findall(r'class="subject">(.*?)<', page) == [f"Door {n} &lt;script&gt;" for n in (3, 2, 1, 0)]
    assert "4 Dec 2025" in page
    assert f"Shown to {fake.employee_id}" in page


@pytest.mark.parametrize("locale", ["zh-CN", "zh_Hans_CN"])
def test_the_panel_speaks_the_readers_language_in_their_zone(look, ticket, locale):
    page = look(ticket, locale=locale, timezone="Asia/Shanghai").text
    assert '<html lang="zh-CN">' in page
    assert "建议优先级" in page
    assert "2025年12月5日" in page  # already the next day there


def test_nobody_sees_it_without_proof(fake, ticket):
    web = create_app(fake.app_config(), fake.http_client).test_client()
    shell = web.get(PATH)
    assert "data-portico-panel" in shell.text
    assert "Zoë" not in shell.text
    assert web.get(PATH, headers={"Authorization": "Bearer forged"}).status_code == 401
    assert all("Set-Cookie" not in answer.headers for answer in (shell, web.get(PATH)))


def test_a_first_letter_has_no_history(fake, look):
    new = fake.add_ticket(requester={"contact_id": fake.add_contact()["id"]})
    assert "This is the first time that they write." in look(new).text
    colleague = fake.add_ticket(requester={"employee_id": fake.employee_id})
    assert "Colleagues have no customer history." in look(colleague).text


def test_what_cannot_be_read_is_said(fake, look, ticket):
    assert "cannot read this ticket" in look({"id": "tkt_gone"}).text
    assert "cannot read this ticket" in look(None).text
    fake.fail_next(401, "installation_suspended")
    assert "cannot read this ticket" in look(ticket).text


def test_only_files_of_the_app_and_nothing_kept():
    folder = Path(first_responder.__file__).parent
    script = (folder / "static" / "panel.js").read_text()
    assert not re.search(r"cookie|localStorage|sessionStorage|indexedDB", script)
    for page in (folder / "templates").iterdir():
        assert not re.search(r"<style|\bstyle=|<script>|\bon[a-z]+=|https?://", page.read_text())


def test_both_languages_say_everything():
    assert _ENGLISH.keys() == _CHINESE.keys()
    for key in _ENGLISH:
        assert _ENGLISH[key].count("{}") == _CHINESE[key].count("{}")
    assert Language("de", "Nowhere/At all").tag == "en"


@pytest.fixture
def address(fake):
    server = make_server("127.0.0.1", 0, create_app(fake.app_config(), fake.http_client), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.port}{PATH}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
def test_it_is_accessible_and_fits_in_light_and_dark_and_both_languages(fake, address, ticket):
    first = fake.add_ticket(requester={"contact_id": fake.add_contact()["id"]})
    with launched() as browser:
        for scheme, locale in (("light", "en"), ("dark", "zh-CN")):
            page = browser.new_page(color_scheme=scheme, viewport={"width": 320, "height": 700})
            for shown in (ticket, first, {"id": "tkt_gone"}):
                token = fake.session_token(surface="history", object=shown, locale=locale)
                page.set_extra_http_headers({"Authorization": f"Bearer {token}"})
                page.goto(address)
                assert page.get_attribute("html", "lang") == locale
                found = Axe().run(page)
                assert found.violations_count == 0, found.generate_report()
                assert page.evaluate("document.documentElement.scrollWidth") == 320
            page.close()
