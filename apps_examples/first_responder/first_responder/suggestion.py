"""The rule that suggests a priority. Every point has a reason that people read; README.md has the table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from first_responder.history import History

_PRESSING = re.compile(
    r"\b(urgent|asap|immediately|emergency|down|outage|broken|cannot|can't|unable|lost|hacked|stolen)\b"
    r"|紧急|尽快|立即|无法|不能|故障|崩溃|宕机|丢失|被盗",
    re.IGNORECASE,
)
_CALM = re.compile(r"\b(thanks?|thank you|question|wondering|feedback)\b|谢谢|感谢|咨询|请问|建议", re.IGNORECASE)
_LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Reason:
    """`key` names a sentence in texts.py, `detail` fills it."""

    key: str
    points: int
    detail: str | int = ""


@dataclass(frozen=True)
class Suggestion:
    priority: str
    reasons: tuple[Reason, ...]


def suggest(history: History) -> Suggestion:
    reasons = tuple(_reasons(history))
    return Suggestion(_priority(sum(reason.points for reason in reasons)), reasons)


def _reasons(history: History) -> Iterator[Reason]:
    if pressing := _PRESSING.search(history.ticket.subject):
        yield Reason("pressing_word", 2, pressing[0])
    elif calm := _CALM.search(history.ticket.subject):
        yield Reason("calm_word", -1, calm[0])
    if still_open := len(history.still_open):
        yield Reason("one_open" if still_open == 1 else "many_open", min(still_open, 2), still_open)
    since = history.ticket.created_at - _LATELY
    lately = sum(ticket.created_at >= since for ticket in history.earlier)
    if lately >= 3:
        yield Reason("writes_often", 1, lately)


def _priority(points: int) -> str:
    if points < 0:
        return "low"
    if points == 0:
        return "normal"
    return "high" if points < 3 else "urgent"
