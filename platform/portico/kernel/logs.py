"""Structured logs, one JSON object a line, that hold no credential."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import orjson
import structlog

_SECRET = re.compile(
    r"((?:pt[a-z]|pcs)_[A-Za-z0-9]{8})[A-Za-z0-9]+|(whsec_[A-Za-z0-9+/=]{4})[A-Za-z0-9+/=]+"
    r"|(eyJ[\w-]{6})[\w-]*\.[\w-]+\.[\w-]+|((?:(?:[Bb]asic|[Bb]earer)\s+)+\S{4})\S+"
)
_NAMES = frozenset(
    [
        "authorization",
        "cookie",
        "set_cookie",
        "code",
        "token",
        "client_secret",
        "password",
        "code_verifier",
        "client_assertion",
        "device_code",
        "user_code",
        "subject_token",
        "access_token",
        "refresh_token",
        "id_token",
        "id_token_hint",
        "logout_token",
        "state",
        "secret",
    ]
)
request_id: ContextVar[str | None] = ContextVar("portico_request_id", default=None)


def redact(text: str) -> str:
    """The text with every credential cut to its beginning."""
    return _SECRET.sub(lambda found: next(group for group in found.groups() if group) + "…", text)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: "…" if str(key).lower() in _NAMES else _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _redacting(logger: Any, name: str, entry: Any) -> Any:
    return _clean(dict(entry))


def _with_request(logger: Any, name: str, entry: Any) -> Any:
    if request_id.get() is not None:
        entry.setdefault("request_id", request_id.get())
    return entry


def _dumps(entry: Any, *, default: Callable[[Any], Any], **_: Any) -> str:
    return orjson.dumps(entry, default=default, option=orjson.OPT_NON_STR_KEYS).decode()


def configure(level: str = "INFO", *, json: bool = True) -> None:
    """Send the logs of the whole process through one redacting formatter to stderr."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request,
    ]
    plain = structlog.dev.ConsoleRenderer(colors=False)
    final = structlog.processors.JSONRenderer(serializer=_dumps) if json else plain
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _redacting,
            final,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # No line shows the thread, the process or the place in the source; finding the last walks the stack each time.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # as the standard library's documentation advises
    # Authlib prints tokens at debug level.
    logging.getLogger("authlib").setLevel(logging.WARNING)
