"""What the pages look like to people: every view, in both languages, light and dark, on a phone."""

import threading

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.serving import make_server

from portico_sdk.testing import workspace
from tests.support.chromium import launched
from tests.support.notifier import HOOK, WEDNESDAY_NOON, World

VIEWS = (
    "",
    "?step=new",
    "?step=edit&channel=1",
    "?step=template&channel=1&event=ticket.created",
)


@pytest.fixture
def world(tmp_path):
    with workspace(at=WEDNESDAY_NOON) as ws:
        made = World(ws, tmp_path)
        made.add(name="Support team", events=["ticket.created", "absence.requested"], urgent=["absence.requested"])
        dingtalk = "https://oapi.dingtalk.com/robot/send?access_token=x"
        made.add(name="客服群", kind="dingtalk", url=dingtalk, locale="zh-CN", secret="s")
        made.add(name="Night watch", kind="json", url="https://chat.example.com/x", quiet="person")
        made.chat.replies = [httpx.Response(404, text="no_service")]
        made.ticket("The invoice is wrong")
        made.send()
        ws.admin.client.presence.take_break(30)
        made.ticket("Cannot log in " + "x" * 60)
        made.send()
        yield made


@pytest.fixture
def address(world):
    server = make_server("127.0.0.1", 0, world.made, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.port}/panels/home"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
def test_every_view_is_accessible_and_fits_a_phone(world, address):
    assert HOOK not in world.page()
    looks = (("light", "en", VIEWS[::2]), ("dark", "zh-CN", VIEWS[1::2]))
    with launched() as browser:
        for scheme, locale, views in looks:
            page = browser.new_page(
                color_scheme=scheme,
                viewport={"width": 390, "height": 800},
                extra_http_headers={"Authorization": f"Bearer {world.token(locale=locale)}"},
            )
            for view in views:
                page.goto(address + view)
                assert page.get_attribute("html", "lang") == locale
                found = Axe().run(page)
                assert found.violations_count == 0, found.generate_report()
                assert page.evaluate("document.documentElement.scrollWidth") == 390
            page.close()
