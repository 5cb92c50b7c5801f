"""Requests for approval in words: facts, states, and who is waited for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import format_date, format_datetime, gettext, ngettext

from portico.domains.approvals.queries import CORE
from portico.domains.directory import queries as directory
from portico.kernel.actor import Actor


def of_core(approval: Mapping[str, Any]) -> bool:
    return bool(approval["source"] == CORE and not approval["subject_type"].startswith("app:"))


def title(approval: Mapping[str, Any]) -> str:
    """The core's own in the language of the page; of apps and people as they wrote it."""
    text: str = approval["title"]
    return str(gettext(text)) if of_core(approval) else text


def facts(approval: Mapping[str, Any], titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """What it is about, as rows of label and value; of a subject that has a title, with that first."""
    core = of_core(approval)
    labels = [one["label"] for one in approval["details"]]
    shown = [gettext(label) for label in labels] if core else labels
    rows = [(label, _value(one, core)) for label, one in zip(shown, approval["details"], strict=True)]
    named = titles.get(approval["subject_id"]) if core else None
    return rows if named is None else [(str(gettext("Title")), named), *rows]


def brief(approval: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """The first two facts, for a list."""
    return " · ".join(value for _, value in facts(approval, titles)[:2])


def _value(detail: Mapping[str, str], core: bool) -> str:
    value = detail["value"]
    match detail["kind"]:
        case "date":
            return str(format_date(date.fromisoformat(value), "full"))
        case "instant":
            return str(format_datetime(datetime.fromisoformat(value), "medium"))
        case "word" if core:
            return str(gettext(value))
    return value


def names_in(actor: Actor, approvals: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Everybody who is named in these."""
    ids: set[str] = set()
    for approval in approvals:
        ids.add(approval["requester_id"])
        ids.update(_people(approval))
        if approval["closed_by"] and approval["closed_by"]["kind"] == "employee":
            ids.add(approval["closed_by"]["id"])
    return directory.names_of(actor, ids)


def _people(approval: Mapping[str, Any]) -> set[str]:
    rows = [row for step in approval["steps"] for row in step["approvers"]]
    return {one for row in rows for one in (row["employee_id"], row["decided_by_id"]) if one}


def waits_for(approval: Mapping[str, Any]) -> list[str]:
    """The ids of those whose word the open step waits for."""
    if approval["status"] != "pending":
        return []
    rows = approval["steps"][approval["step"]]["approvers"]
    return [row["employee_id"] for row in rows if row["state"] == "waiting" and row["employee_id"]]


def state_line(approval: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Where a request stands, in one line."""
    if approval["status"] == "pending":
        return _waiting_line(approval, names)
    by = approval["closed_by"] or {}
    who = by.get("name") or names.get(by.get("id", ""), "")
    said = {
        "approved": gettext("Approved by %(who)s", who=who),
        "rejected": gettext("Rejected by %(who)s", who=who),
        "withdrawn": gettext("Withdrawn"),
        "expired": gettext("Nobody decided in time"),
    }
    return str(said[approval["status"]])


def _waiting_line(approval: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if approval["stuck"]:
        return str(gettext("Nobody is there who could decide. The admins have been told."))
    people = [names.get(one, "…") for one in waits_for(approval)]
    shown = ", ".join(people[:3])
    more = len(people) - 3
    if more > 0:
        shown = ngettext("%(people)s and %(num)s other", "%(people)s and %(num)s others", more, people=shown)
    total = len(approval["steps"])
    if total > 1:
        place = approval["step"] + 1
        return str(gettext("Step %(place)s of %(total)s waits for %(people)s", place=place, total=total, people=shown))
    return str(gettext("Waits for %(people)s", people=shown))
