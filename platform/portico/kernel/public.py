"""The address that people and apps know us by."""

from __future__ import annotations

from portico.settings import Settings

_base = ""


def configure(settings: Settings) -> None:
    global _base
    _base = settings.public_url


def url(path: str = "") -> str:
    """An absolute URL of this server; without a path the issuer."""
    return _base + path
