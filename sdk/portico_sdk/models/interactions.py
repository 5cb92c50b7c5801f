from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model
from portico_sdk.models.identity import Actor


@dataclass(frozen=True, kw_only=True)
class ActionField(Model):
    """One field of an action's input."""

    name: str
    type: str
    title: str
    help: str
    required: bool
    options: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Action(Model):
    """What an app offers to do. With `asks_first` a run must say `confirmed=True`; `needs_object`: it runs on a record
    alone, of one of `object_types`."""

    id: str
    app_key: str
    app_name: str
    installation_id: str
    key: str
    title: str
    places: tuple[str, ...]
    object_types: tuple[str, ...]
    needs_object: bool
    input: tuple[ActionField, ...]
    identity: str
    risk: str
    asks_first: bool


@dataclass(frozen=True, kw_only=True)
class InteractionObject(Model):
    type: str
    id: str


@dataclass(frozen=True, kw_only=True)
class AnswerFinding(Model):
    """What was wrong with an answer; `pointer` leads into it."""

    pointer: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Interaction(Model):
    """A run of an action; `state`: running waiting answered refused failed unanswered."""

    id: str
    installation_id: str
    app_key: str
    action: str
    title: str
    actor: Actor
    object: InteractionObject | None
    input: Mapping[str, Any]
    locale: str
    timezone: str
    bulk_id: str | None
    state: str
    attempts: int
    answer: Mapping[str, Any]
    failure: str | None
    findings: tuple[AnswerFinding, ...]
    created_at: datetime
    answered_at: datetime | None
    expires_at: datetime
    version: int

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to come, unless it is called again."""
        return self.state not in ("running", "waiting")
