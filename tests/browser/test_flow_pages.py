"""Flows in a real browser, on the real platform: built by mouse and by keyboard, tried, switched on, run, looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.looks import AXE, LOOKS, OPTIONS, Look
from tests.browser.seed_flows import HOOK, FlowsCompany, flows_company
from tests.support.chromium import launched

pytestmark = pytest.mark.browser
WIDE = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
ALLOW = "Allow"
# What both ways of building come to.
STEPS = [
    {
        "id": "call",
        "kind": "call",
        "call": {"operation": "get_contact"},
        "input": {"contact_id": {"ref": "trigger.ticket.requester.contact_id"}},
    },
    {
        "id": "call_2",
        "kind": "call",
        "call": {"operation": "update_contact"},
        "input": {
            "contact_id": {"ref": "steps.call.id"},
            "tags": {"append": [{"ref": "steps.call.tags"}, {"text": "helped"}]},
        },
    },
    {
        "id": "output",
        "kind": "output",
        "post": {"url": HOOK, "headers": {}, "body": {"subject": {"ref": "trigger.ticket.subject"}}},
    },
]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlowsCompany]:
    with flows_company(tmp_path_factory.mktemp("flows")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as made:
        yield made


def kept(company: FlowsCompany, name: str) -> dict[str, Any]:
    """The flow of this name as it is stored."""
    flows = company.composer.flows
    found = next(one for one in flows.all(company.installed.installation_id, None) if one.name == name)
    flow: dict[str, Any] = flows.content(found.id, found.version)
    return flow


# By mouse


def drag(page: Page, frame: Frame, what: str, gap: int) -> None:
    begin, end = frame.locator(what).bounding_box(), frame.locator(f"[data-gap='{gap}']").bounding_box()
    assert begin is not None
    assert end is not None
    page.mouse.move(begin["x"] + 30, begin["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=6)
    expect(frame.locator(".gap.is-aimed")).to_have_attribute("data-gap", str(gap))
    page.mouse.up()


def choose(frame: Frame, words: str, title: str) -> None:
    frame.get_by_role("combobox", name="Search").fill(words)
    frame.get_by_role("option", name=title).first.click()


def build_by_mouse(page: Page, frame: Frame, name: str) -> None:
    frame.get_by_role("button", name="New flow").click()
    frame.get_by_role("dialog").get_by_role("button", name="Start from nothing").click()
    frame.get_by_label("Name of the flow").fill(name)
    frame.locator("[data-id=trigger]").click()
    frame.locator(".inspector").get_by_role("button", name="Choose what starts it").click()
    choose(frame, "solved", "A ticket was solved")
    drag(page, frame, "[data-kind=call]", 0)
    frame.locator(".inspector").get_by_role("button", name="Choose what is done").click()
    choose(frame, "read a contact", "Read a contact")
    frame.get_by_role("button", name="Use a value of an earlier step: Contact id").click()
    expect(frame.get_by_role("option").first).to_contain_text("The same kind of record")
    choose(frame, "requester", "Contact id")
    drag(page, frame, "[data-kind=call]", 1)
    frame.locator(".inspector").get_by_role("button", name="Choose what is done").click()
    choose(frame, "change a contact", "Change a contact")
    frame.get_by_role("button", name="Use a value of an earlier step: Contact id").click()
    choose(frame, "steps.call.id", "Call › Id")
    frame.get_by_text("more fields").click()
    frame.get_by_role("button", name="Keep those of a step and add one: Tags").click()
    choose(frame, "steps.call.tags", "Tags")
    frame.get_by_role("textbox", name="And one more").fill("helped")
    drag(page, frame, "[data-kind=output]", 2)
    frame.get_by_role("textbox", name="Address").fill(HOOK)
    frame.get_by_role("button", name="Add a value").click()
    frame.get_by_role("textbox", name="Name of value 1").fill("subject")
    frame.get_by_role("textbox", name="Name of value 1").press("Tab")
    frame.get_by_role("button", name="Use a value of an earlier step: subject").click()
    choose(frame, "subject", "Ticket › Subject")
    save(frame)


def save(frame: Frame) -> None:
    expect(frame.get_by_text("to mend")).to_have_count(0)
    frame.get_by_role("button", name="Save").click()
    expect(frame.locator(".saved")).to_have_text("Version 1")


def test_built_by_mouse_tried_switched_on_and_run(company: FlowsCompany, browser: Browser) -> None:
    page = company.window(browser, **WIDE)
    frame = company.frame(page)
    build_by_mouse(page, frame, "Thank them")
    titles = frame.locator(".node-title")
    drag(page, frame, "[data-id=output]", 0)
    expect(titles).to_have_text(["A ticket was solved", "Post to a URL", "Read a contact", "Change a contact"])
    frame.get_by_role("button", name="Undo").click()
    expect(titles).to_have_text(["A ticket was solved", "Read a contact", "Change a contact", "Post to a URL"])
    assert kept(company, "Thank them")["steps"] == STEPS
    # Its owner agrees to what it does in their name, and comes back.
    frame.get_by_role("switch").click()
    frame.get_by_role("button", name="Go on to agree").click()
    page.get_by_role("button", name=ALLOW, exact=True).click()
    frame = company.frame(page)
    frame.get_by_role("button", name="Thank them", exact=True).click()
    # Tried with what happened: read for real, and nothing is sent.
    frame.get_by_role("button", name="Try").click()
    frame.get_by_role("button", name="The first invoice is wrong").click()
    steps = frame.locator(".result .step")
    expect(steps).to_have_count(3)
    expect(steps.nth(0)).to_contain_text("Zoë")
    expect(steps.nth(1)).to_contain_text("helped")
    expect(steps.nth(2)).to_contain_text("https://hooks.example.com/…")
    assert company.posted == []
    assert company.client.contacts.get(company.zoe.id).tags == ("vip",)
    frame.get_by_role("switch").click()
    expect(frame.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    # A ticket is solved over the API.
    company.solve(company.open_ticket("The second invoice is wrong"))
    assert sorted(company.client.contacts.get(company.zoe.id).tags) == ["helped", "vip"]
    assert company.posted == [{"url": HOOK, "body": {"subject": "The second invoice is wrong"}}]
    frame.get_by_role("button", name="Log").click()
    run = frame.locator(".run")
    expect(run).to_have_count(1)
    expect(run).to_contain_text("Done")
    run.locator("summary").first.click()
    run.locator(".step summary").nth(2).click()
    expect(run.locator(".step").nth(2)).to_contain_text("The second invoice is wrong")
    run.locator(".step").nth(2).get_by_role("button", name="Run again from here").click()
    expect(frame.locator(".run")).to_have_count(2)
    company.run()
    assert [one["body"] for one in company.posted] == [{"subject": "The second invoice is wrong"}] * 2
    page.context.close()


# By keyboard


class Keys:
    """Somebody who has no mouse."""

    def __init__(self, page: Page, frame: Frame) -> None:
        self.page, self.frame = page, frame

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def focused(self) -> str:
        """What the focus is on, as a screen reader would call it."""
        name: str = self.frame.evaluate(
            "(() => { const one = document.activeElement; return one.getAttribute('aria-label')"
            " ?? `${one.labels?.[0]?.textContent ?? ''} ${one.textContent}`; })()"
        )
        return name

    def to(self, name: str, key: str = "Tab") -> None:
        """Go on with `key` until the focus is on it."""
        for _ in range(80):
            if name in self.focused():
                return
            self.press(key)
        raise AssertionError(f"{name} is not reached; the focus is on {self.focused()}")

    def pick(self, words: str) -> None:
        expect(self.frame.get_by_role("combobox", name="Search")).to_be_focused()
        self.type(words)
        expect(self.frame.locator("[role=option]").first).to_have_attribute("aria-selected", "true")
        self.press("Enter")
        expect(self.frame.get_by_role("dialog")).to_have_count(0)


def build_by_keyboard(keys: Keys, name: str) -> None:
    frame = keys.frame
    frame.get_by_role("button", name="Import").focus()
    keys.to("New flow")
    keys.press("Enter")
    keys.to("Start from nothing")
    keys.press("Enter")
    expect(frame.get_by_role("textbox", name="Name of the flow")).to_be_focused()
    keys.press("Control+A")
    keys.type(name)
    keys.to("When")
    keys.press("Enter")
    keys.to("Choose what starts it")
    keys.press("Enter")
    keys.pick("ticket.solved")
    keys.press("Escape")
    for number, kind in enumerate(("Do something", "Do something", "Send out")):
        keys.to("Add a step at the end")
        keys.press("Enter")
        keys.to(kind)
        keys.press("Enter")
        expect(frame.locator("#inspector-title")).to_be_focused()
        (read_contact, change_contact, post_outside)[number](keys)
        keys.press("Escape")
        expect(frame.locator(".node-face").nth(number + 1)).to_be_focused()


def read_contact(keys: Keys) -> None:
    keys.to("Choose what is done")
    keys.press("Enter")
    keys.pick("read a contact")
    keys.to("Use a value of an earlier step: Contact id")
    keys.press("Enter")
    keys.pick("requester.contact_id")


def change_contact(keys: Keys) -> None:
    keys.to("Choose what is done")
    keys.press("Enter")
    keys.pick("change a contact")
    keys.to("Use a value of an earlier step: Contact id")
    keys.press("Enter")
    keys.pick("steps.call.id")
    keys.to("more fields")
    keys.press("Enter")
    keys.to("Keep those of a step and add one: Tags")
    keys.press("Enter")
    keys.pick("steps.call.tags")
    keys.to("And one more")
    keys.type("helped")


def post_outside(keys: Keys) -> None:
    keys.to("Address")
    keys.type(HOOK)
    keys.to("Add a value")
    keys.press("Enter")
    keys.to("Name of value 1", "Shift+Tab")
    keys.press("Control+A")
    keys.type("subject")
    keys.press("Tab")
    keys.to("Use a value of an earlier step: subject")
    keys.press("Enter")
    keys.pick("trigger.ticket.subject")


def test_built_by_keyboard_alone(company: FlowsCompany, browser: Browser) -> None:
    page = company.window(browser, **WIDE)
    frame = company.frame(page)
    keys, titles = Keys(page, frame), frame.locator(".node-title")
    build_by_keyboard(keys, "By keys")
    expect(titles).to_have_text(["A ticket was solved", "Read a contact", "Change a contact", "Post to a URL"])
    # Arrows walk, Alt and an arrow moves, Delete removes, and each can be taken back.
    keys.press("ArrowUp", "Alt+ArrowUp")
    expect(titles).to_have_text(["A ticket was solved", "Change a contact", "Read a contact", "Post to a URL"])
    expect(frame.get_by_role("status").filter(has_text="Now step 1 of 3.")).to_be_attached()
    keys.press("Control+z", "End", "Delete")
    expect(titles).to_have_count(3)
    expect(frame.get_by_text("Send out removed.").first).to_be_visible()
    keys.press("Control+z")
    expect(titles).to_have_text(["A ticket was solved", "Read a contact", "Change a contact", "Post to a URL"])
    expect(frame.get_by_text("to mend")).to_have_count(0)
    keys.press("Control+s")
    expect(frame.locator(".saved")).to_have_text("Version 1")
    assert kept(company, "By keys")["steps"] == STEPS
    page.context.close()


# What else may happen


def test_who_saves_second_sees_what_changed_and_decides(company: FlowsCompany, browser: Browser) -> None:
    windows = [company.window(browser, **WIDE) for _ in range(2)]
    one, other = (company.frame(page) for page in windows)
    one.get_by_role("button", name="New flow").click()
    one.get_by_role("dialog").get_by_role("button", name="Call new contacts a day later").click()
    save(one)
    windows[1].reload()
    other = company.frame(windows[1])
    other.get_by_role("button", name="Call new contacts a day later", exact=True).click()
    one.get_by_label("Name of the flow").fill("Mine")
    other.get_by_label("Name of the flow").fill("Theirs")
    one.get_by_role("button", name="Save").click()
    expect(one.locator(".saved")).to_have_text("Version 2")
    other.get_by_role("button", name="Save").click()
    dialog = other.get_by_role("dialog", name="Somebody saved meanwhile")
    expect(dialog).to_contain_text("The name becomes Mine")
    dialog.get_by_role("button", name="Save mine over it").click()
    expect(other.locator(".saved")).to_have_text("Version 3")
    # An older version comes back as the newest.
    other.get_by_role("button", name="Versions").click()
    other.locator(".version-row", has_text="Version 2").get_by_role("button", name="Restore").click()
    other.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(other.get_by_label("Name of the flow")).to_have_value("Mine")
    for page in windows:
        page.context.close()


def test_a_file_is_taken_elsewhere(company: FlowsCompany, browser: Browser) -> None:
    page = company.window(browser, **WIDE)
    frame = company.frame(page)
    frame.get_by_role("button", name="Urgent tickets", exact=True).click()
    frame.get_by_role("button", name="Export").click()
    file = json.loads(frame.get_by_role("textbox", name="File").input_value())
    assert file["steps"][1] == {"id": "a_while", "kind": "wait", "seconds": 7200}
    page.keyboard.press("Escape")
    frame.get_by_role("button", name="All flows").click()
    frame.get_by_role("button", name="Import").click()
    dialog = frame.get_by_role("dialog")
    content = json.dumps({**file, "name": "From elsewhere"}).encode()
    dialog.get_by_label("File").set_input_files(
        {"name": "flow.json", "mimeType": "application/json", "buffer": content}
    )
    dialog.get_by_role("button", name="Import").click()
    expect(frame.get_by_role("textbox", name="Name of the flow")).to_have_value("From elsewhere")
    expect(frame.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    # What is unfinished is not kept: its step is opened, and says why.
    frame.get_by_role("button", name="Add a step at the end").click()
    frame.get_by_role("dialog").get_by_role("button", name="Send out").click()
    frame.get_by_role("button", name="Close the form").click()
    frame.get_by_role("button", name="Save").click()
    expect(frame.locator(".inspector [data-pointer='/steps/3/post/url'] .finding")).to_be_visible()
    page.context.close()


def wrong(frame: Frame, where: str) -> list[str]:
    """What is wrong with what is shown: for axe, for fingers, and for a narrow screen."""
    frame.evaluate(AXE.axe_script)
    found = frame.evaluate("async (options) => (await axe.run(options)).violations", OPTIONS)
    said = [f"{where}: {one['id']} {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]
    beyond = frame.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    small = frame.evaluate(
        "[...document.querySelectorAll('button, select, input')].filter((one) => one.offsetParent"
        " && !one.matches('.flow-link') && one.getBoundingClientRect().height < 44)"
        ".map((one) => one.outerHTML.slice(0, 120))"
    )
    return [*said, *([f"{where}: {beyond} px beyond"] if beyond > 0 else []), *(f"{where}: low {one}" for one in small)]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_page_looks_right(company: FlowsCompany, browser: Browser, look: Look) -> None:
    page = company.window(browser, **look.options)
    frame = company.frame(page)
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    found = wrong(frame, "list")
    frame.get_by_role("button", name="Urgent tickets", exact=True).click()
    expect(frame.locator(".node").first).to_be_visible()
    found += wrong(frame, "canvas")
    frame.locator(".node-face").nth(1).click()
    found += wrong(frame, "form")
    frame.locator(".inspector .chooser").first.click()
    expect(frame.locator("[role=option]").first).to_be_visible()
    found += wrong(frame, "picker")
    page.keyboard.press("Escape")
    for tab in ("try", "runs", "versions"):
        frame.locator(f"[data-tab={tab}]").click()
        expect(frame.locator(".flow-body [aria-busy=true]")).to_have_count(0)
        found += wrong(frame, tab)
    assert [*found, *heard] == []
    page.context.close()
