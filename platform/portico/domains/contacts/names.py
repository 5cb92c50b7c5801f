"""By what lists of people and companies are sorted."""

from __future__ import annotations

from portico.kernel import text

# An index row holds 2,704 bytes on PostgreSQL, and a folded character may be three of the original.
_KEY_LENGTH = 100


def name_key(name: str) -> str:
    """The search key of a name, cut to what an index row can hold."""
    return text.search_key(name)[:_KEY_LENGTH]
