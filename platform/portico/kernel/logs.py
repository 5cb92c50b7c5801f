"""Structured logs, one JSON object a line, that hold no credential."""

from __future__ import annotations

import logging
import re
import sys
import time
from contextlib import nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson

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
    """The text with every credential cut to its beginning. Most texts hold no part of one; to see that is cheap."""
    if not ("pt" in text or "pcs_" in text or "whsec_" in text or "eyJ" in text or "asic" in text or "earer" in text):
        return text
    return _SECRET.sub(lambda found: next(group for group in found.groups() if group) + "…", text)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: "…" if str(key).lower() in _NAMES else _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


# What every record has; the rest was given with `extra`.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Lines(logging.Formatter):
    """A record as one JSON object. Written out here because the access log runs with every request."""

    def format(self, record: logging.LogRecord) -> str:
        about = {name: value for name, value in vars(record).items() if name not in _USUAL}
        entry = _entry(about, record.getMessage(), record.levelname, record.name, record.created)
        if record.exc_info:
            entry["exception"] = redact(self.formatException(record.exc_info))
        if record.stack_info:
            entry["stack"] = redact(record.stack_info)
        return _line(entry)


def _entry(about: dict[str, Any], event: str, level: str, logger: str, created: float) -> dict[str, Any]:
    entry = {name: _cleaned(name, value) for name, value in about.items()}
    entry["event"] = redact(event)
    entry["level"] = level.lower()
    entry["logger"] = logger
    entry["timestamp"] = datetime.fromtimestamp(created, UTC)
    if (current := request_id.get()) is not None:
        entry.setdefault("request_id", current)
    return entry


def _line(entry: dict[str, Any]) -> str:
    return orjson.dumps(entry, default=_described, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z).decode()


def note(logger: logging.Logger, level: int, event: str, about: dict[str, Any]) -> None:
    """As `logger.log(level, event, extra=about)`, for the line that each request writes: where ours is the only
    handler there is, it is written without a record."""
    if not logger.isEnabledFor(level):
        return
    handlers = logging.getLogger().handlers
    ours = handlers[0] if len(handlers) == 1 else None
    if not isinstance(ours, logging.StreamHandler) or type(ours.formatter) is not Lines or logger.handlers:
        logger.log(level, event, extra=about)
        return
    line = _line(_entry(about, event, logging.getLevelName(level), logger.name, time.time()))
    with ours.lock or nullcontext():
        try:
            ours.stream.write(f"{line}\n")
            ours.flush()
        except (OSError, ValueError):
            pass  # nobody reads what the process says; that is no reason to refuse a request


def _cleaned(name: str, value: Any) -> Any:
    if type(value) is int or type(value) is float:
        return value
    return "…" if name.lower() in _NAMES else _clean(value)


def _described(value: Any) -> str:
    """What JSON has no word for; it may hold anything, so it is cleaned as text."""
    return redact(repr(value))


def configure(level: str = "INFO") -> None:
    """Send the logs of the whole process through one redacting formatter to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # No line shows the thread, the process or the place in the source; finding the last walks the stack each time.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # as the standard library's documentation advises
    # Authlib prints tokens at debug level.
    logging.getLogger("authlib").setLevel(logging.WARNING)
