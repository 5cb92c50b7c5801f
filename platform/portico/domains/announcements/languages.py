"""Which of the languages a text is there in suits a reader."""

from __future__ import annotations

from collections.abc import Iterable


def best(wanted: str | None, there: Iterable[str]) -> str | None:
    """The language itself, else another of the same tongue, else None: the text as it was written."""
    known = {language.lower(): language for language in there}
    if wanted is None or not known:
        return None
    asked = wanted.replace("_", "-").lower()
    tongue = asked.partition("-")[0]
    alike = sorted(name for name in known if name.partition("-")[0] == tongue)
    # `zh-Hans-CN` is asked for, and `zh-CN` or `zh-Hans` is there.
    close = sorted(alike, key=lambda name: (-len(set(name.split("-")) & set(asked.split("-"))), name))
    return known.get(asked) or (known[close[0]] if close else None)
