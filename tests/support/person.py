"""Somebody at a browser, over HTTP: opens pages, fills in forms, presses buttons, follows where they lead."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import urljoin

import httpx

from tests.support.cast import PASSWORD

_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)">')


@dataclass
class Form:
    action: str = ""
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(told.get("action", "")))
        elif self.forms and tag == "input" and "name" in told:
            if told.get("type") not in ("checkbox", "radio") or "checked" in told:
                self.forms[-1].values[told["name"]] = told.get("value", "")
        elif self.forms and tag == "button" and "name" in told:
            self.forms[-1].buttons.append((told["name"], told.get("value", "")))


@dataclass
class Page:
    """Where the way ended: a page of the server, or an address that is not the server's, which is not opened."""

    status: int
    url: str
    text: str = ""

    @property
    def forms(self) -> list[Form]:
        return _Forms(self.text).forms


class Person:
    """One sign-in. `with Person(portico.base_url, cast.email("agent")) as agent: agent.authorize(url)`."""

    def __init__(self, base_url: str, email: str, password: str = PASSWORD) -> None:
        self.base_url = base_url
        self._email = email
        self._password = password
        self.signed_in = 0

    def __enter__(self) -> Self:
        self._browser = httpx.Client(timeout=60)
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()

    @property
    def cookies(self) -> httpx.Cookies:
        return self._browser.cookies

    def open(self, url: str) -> Page:
        """GET, and sign in where that is asked for first."""
        page = self._follow(self._browser.get(url))
        for form in page.forms:
            if {"email", "password"} <= form.values.keys():
                self.signed_in += 1
                return self.send(page, form, email=self._email, password=self._password)
        return page

    def send(self, page: Page, form: Form, **values: str) -> Page:
        headers = {"Origin": self.base_url, "Sec-Fetch-Site": "same-origin"}
        target = urljoin(page.url, form.action)
        return self._follow(self._browser.post(target, data={**form.values, **values}, headers=headers))

    def call_as_page(self, page: Page, url: str, body: dict[str, Any]) -> Any:
        """What a script of the page does: JSON, with the page's token against forgery."""
        found = _TOKEN.search(page.text)
        assert found, (page.status, page.url)
        headers = {"X-CSRFToken": unescape(found[1]), "Origin": self.base_url, "Sec-Fetch-Site": "same-origin"}
        answer = self._browser.post(url, json=body, headers=headers)
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json()

    def press(self, page: Page, name: str, value: str) -> Page:
        """Press the button of this name and value."""
        for form in page.forms:
            if (name, value) in form.buttons:
                return self.send(page, form, **{name: value})
        raise AssertionError(f"{page.url} ({page.status}) has no button {name}={value}:\n{page.text[:2000]}")

    def authorize(self, url: str, decision: str = "allow") -> str:
        """Sign in, read what the app asks for, decide; the address that the app is called back at."""
        page = self.open(url)
        if page.url.startswith(self.base_url):
            page = self.press(page, "decision", decision)
        assert not page.url.startswith(self.base_url), (page.status, page.url, page.text[:2000])
        return page.url

    def connect_device(self, url: str, code: str) -> None:
        """Type in the code that a device shows, see who asks, and allow it."""
        page = self.open(url)
        form = next(form for form in page.forms if "user_code" in form.values)
        page = self.press(self.send(page, form, user_code=code), "decision", "allow")
        assert page.status == 200, page.text[:2000]

    def _follow(self, answer: httpx.Response) -> Page:
        while answer.is_redirect:
            target = urljoin(str(answer.url), answer.headers["Location"])
            if not target.startswith(f"{self.base_url}/"):
                return Page(answer.status_code, target)
            answer = self._browser.get(target)
        return Page(answer.status_code, str(answer.url), answer.text)
