"""The accounts that the demo offers at its door. `portico up` writes them into `demo.json` when all is ready."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from portico.kernel.text import N_
from portico.settings import Settings

_WORDS = {
    "admin": (N_("Admin"), N_("decides about apps, people and settings"), "shield-check"),
    "agent": (N_("Agent"), N_("answers customers"), "headset"),
    "employee": (N_("Employee"), N_("asks for help, looks people up"), "user-round"),
    "developer": (N_("Developer"), N_("builds apps for the workspace"), "code-xml"),
}


@dataclass(frozen=True, slots=True)
class Door:
    """One of the three ways into the demo: the guide behind it, as whom one comes in, and where it begins."""

    kind: str
    account: str
    endpoint: str
    label: str
    sentence: str
    icon: str


DOORS = (
    Door(
        "company",
        "admin",
        "admin.overview",
        N_("I run a company"),
        N_("Decide what apps may do, invite people, tell everybody something."),
        "building-2",
    ),
    Door(
        "apps",
        "developer",
        "console.apps",
        N_("I write apps"),
        N_("Register one from a template, install it, see each event it hears."),
        "code-xml",
    ),
    Door(
        "work",
        "employee",
        "portal.home",
        N_("I work here"),
        N_("Clock in, ask for help, take a day off, be left alone for a while."),
        "user-round",
    ),
)


@dataclass(frozen=True, slots=True)
class Account:
    key: str
    label: str
    sentence: str
    icon: str
    email: str
    password: str = field(repr=False)


def accounts(settings: Settings) -> list[Account]:
    """Empty outside of the demo, and until it is ready."""
    path = settings.home / "demo.json"
    if settings.mode != "demo" or not path.exists():
        return []
    users = json.loads(path.read_text())["users"]
    return [
        Account(key, *words, email=users[key]["email"], password=users[key]["password"])
        for key, words in _WORDS.items()
        if key in users
    ]
