"""Cards and answers of actions: the check that developers run themselves, for the domains above."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from portico.kernel.errors import FieldError
from portico_sdk import cards as sdk
from portico_sdk import manifest

CARD_BYTES = sdk.CARD_BYTES
card_schema = sdk.card_schema
answer_schema = sdk.interaction_schema
manifest_schema = manifest.json_schema


def card_findings(card: Any, actions: Collection[str], surfaces: Collection[str]) -> list[FieldError]:
    """All that is wrong with a card, held to the keys of its app's manifest."""
    return _told(sdk.check_card(card, actions=actions, surfaces=surfaces))


def answer_findings(answer: Any, actions: Collection[str], surfaces: Collection[str]) -> list[FieldError]:
    """All that is wrong with what an action answered."""
    return _told(sdk.check_answer(answer, actions=actions, surfaces=surfaces))


def _told(found: list[manifest.Finding]) -> list[FieldError]:
    return [FieldError(each.path, each.rule, f"{each.message} {each.mending}".strip()) for each in found]
