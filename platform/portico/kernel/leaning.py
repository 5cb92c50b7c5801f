"""What the processes lean on, and whether it answers: database, Redis, mail. For operators."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import redis

from portico.kernel import health
from portico.settings import Settings

PATIENCE_S = 0.5


@dataclass(frozen=True, slots=True)
class Lean:
    name: str
    """database, redis or mail."""
    state: str
    """ok, missing (not set up, which is fine) or down."""
    detail: str
    """Which kind; for what is down, what is wrong. Never an address with a password."""


def on_what(settings: Settings) -> list[Lean]:
    status, body = health.ready()
    kind = "SQLite" if settings.sqlite else "PostgreSQL"
    detail = kind if status == 200 else f"{kind}: {body.get('database')}"
    return [Lean("database", "ok" if status == 200 else "down", detail), _redis(settings.redis_url), _mail(settings)]


def _redis(url: str | None) -> Lean:
    if not url:
        return Lean("redis", "missing", "")
    host = urlsplit(url).hostname or ""
    try:
        with redis.Redis.from_url(url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S) as client:
            client.ping()
    except redis.RedisError as error:
        return Lean("redis", "down", f"{host}: {type(error).__name__}")
    return Lean("redis", "ok", host)


def _mail(settings: Settings) -> Lean:
    if not settings.smtp_url:
        return Lean("mail", "missing", "")
    return Lean("mail", "ok", urlsplit(settings.smtp_url).hostname or urlsplit(settings.smtp_url).scheme)
