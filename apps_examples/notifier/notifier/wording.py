"""What a message says: templates in which `{{ name }}` stands for a value of the event, and nothing else happens.

There is no code in a template: names are looked up in the event's own data, never in Python objects. What somebody
wrote in the workspace is escaped for the chat that reads it; the words of the template itself are the admin's, and may
use that chat's markup.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"\{\{\s*([A-Za-z_]\w*(?:\.\w+)*)\s*\}\}")
_LONGEST_VALUE = 500
_LONGEST_TEMPLATE = 2_000
Escape = Callable[[str], str]


class Wrong(ValueError):
    """A template that cannot be used; `args[0]` names a sentence of texts.py."""


@dataclass(frozen=True)
class Template:
    title: str
    body: str


@dataclass(frozen=True)
class Rendered:
    """`unknown` are names for which the event has no value."""

    title: str
    body: str
    unknown: tuple[str, ...]


def check(template: Template) -> None:
    if not template.title.strip():
        raise Wrong("title_missing")
    if len(template.title) > 200 or len(template.body) > _LONGEST_TEMPLATE:
        raise Wrong("template_long")
    if "{{" in _NAME.sub("", template.title + template.body):
        raise Wrong("template_braces")


def render(template: Template, event: Mapping[str, Any], escape: Escape) -> Rendered:
    """The title is plain, for the format to escape; in the body what comes from the event is escaped already."""
    known = {**event.get("data", {}), "event": {name: event.get(name) for name in ("id", "type", "occurred_at")}}
    unknown: dict[str, None] = {}

    def fill(text: str, safe: Escape) -> str:
        def value(found: re.Match[str]) -> str:
            shown = _shown(known, found[1])
            if shown is None:
                unknown[found[1]] = None
            return safe(shown or "")

        return _NAME.sub(value, text)

    title, body = fill(template.title, str), fill(template.body, escape)
    return Rendered(" ".join(title.split())[:250], body.strip(), tuple(unknown))


def _shown(known: Any, path: str) -> str | None:
    """One line of text; None where there is nothing to show."""
    for step in path.split("."):
        if isinstance(known, Mapping):
            known = known.get(step)
        elif isinstance(known, list) and step.isdigit() and int(step) < len(known):
            known = known[int(step)]
        else:
            return None
    if known is None or isinstance(known, Mapping | list):
        return None
    return " ".join(str(known).split())[:_LONGEST_VALUE]


_ENGLISH = {
    "ticket.created": Template("New ticket #{{ number }}: {{ subject }}", "Priority: {{ priority }}"),
    "ticket.assigned": Template("Ticket #{{ number }} was given to somebody", "{{ subject }}"),
    "ticket.solved": Template("Ticket #{{ number }} is solved", "{{ subject }}"),
    "announcement.published": Template("{{ title }}", "{{ summary }}"),
    "absence.requested": Template("Days off asked for", "{{ from_on }} – {{ until_on }} ({{ type_key }})"),
    "absence.approved": Template("Days off agreed", "{{ from_on }} – {{ until_on }} ({{ type_key }})"),
    "approval.requested": Template("To be approved: {{ title }}", ""),
    "employee.created": Template("{{ display_name }} joins the company", "{{ title }}"),
    "employee.departed": Template("{{ display_name }} has left the company", ""),
    "contact.created": Template("New contact: {{ display_name }}", ""),
}
_CHINESE = {
    "ticket.created": Template("新工单 #{{ number }}：{{ subject }}", "优先级：{{ priority }}"),
    "ticket.assigned": Template("工单 #{{ number }} 已分配", "{{ subject }}"),
    "ticket.solved": Template("工单 #{{ number }} 已解决", "{{ subject }}"),
    "announcement.published": Template("{{ title }}", "{{ summary }}"),
    "absence.requested": Template("有人申请请假", "{{ from_on }} 至 {{ until_on }}（{{ type_key }}）"),
    "absence.approved": Template("请假已批准", "{{ from_on }} 至 {{ until_on }}（{{ type_key }}）"),
    "approval.requested": Template("待审批：{{ title }}", ""),
    "employee.created": Template("{{ display_name }} 加入公司", "{{ title }}"),
    "employee.departed": Template("{{ display_name }} 已离职", ""),
    "contact.created": Template("新联系人：{{ display_name }}", ""),
}
EVENTS = tuple(_ENGLISH)
_PAGES = {"ticket": "tickets", "announcement": "announcements", "employee": "people", "contact": "contacts"}


def default(event_type: str, locale: str) -> Template:
    return (_CHINESE if locale.startswith("zh") else _ENGLISH)[event_type]


def link(portal: str, slug: str, event: Mapping[str, Any]) -> str:
    """The page of what the event is about; the first page where it has none."""
    about = event.get("resource") or {}
    page = _PAGES.get(str(about.get("type")))
    return f"{portal}/w/{slug}" + (f"/{page}/{about.get('id')}" if page else "")
