"""The sentences of a consent, as the admin who decides and the developer who previews it read them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Protocol

from flask_babel import gettext, ngettext

from portico.kernel.text import N_


class Asked(Protocol):
    """One thing that an app asks for. `sentence` completes “This app can …”; of what is sent it is the host."""

    @property
    def sentence(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def scope(self) -> str | None: ...
    @property
    def optional(self) -> bool: ...
    @property
    def personal_data(self) -> bool: ...


class AskedTogether(Protocol):
    """What has one risk."""

    @property
    def kind(self) -> Any: ...
    @property
    def items(self) -> Iterable[Asked]: ...


def consent_groups(
    groups: Iterable[AskedTogether],
    people: int,
    *,
    granted: Iterable[str] | None = None,
    chosen: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """What the consent list draws: by risk, the gravest first. With `granted`, what is not granted yet is marked as
    new; `people` is how many of them the directory has."""
    has, ticked = None if granted is None else set(granted), set(chosen)
    return [
        {"kind": group.kind, "items": [_item(item, people, has, ticked) for item in group.items]} for group in groups
    ]


def _item(item: Asked, people: int, granted: Collection[str] | None, chosen: Collection[str]) -> dict[str, Any]:
    if item.scope is None:
        text = N_("Send personal data to %(host)s") if item.personal_data else N_("Send data to %(host)s")
        return {"sentence": gettext(text, host=item.sentence), "reason": item.reason}
    sentence = gettext(item.sentence)
    about = ngettext("This concerns %(num)s person.", "This concerns %(num)s people.", people)
    return {
        "sentence": sentence[:1].upper() + sentence[1:],
        "reason": item.reason,
        "detail": about if item.scope.startswith("directory") else None,
        "scope": item.scope,
        "optional": item.optional,
        "checked": item.scope in chosen,
        "change": "added" if granted is not None and item.scope not in granted else None,
    }
