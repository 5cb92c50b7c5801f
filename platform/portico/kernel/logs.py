"""Structured logs, one JSON object a line, that hold no credential."""

from __future__ import annotations

import logging
import re
import sys
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
        entry = {name: _cleaned(name, value) for name, value in vars(record).items() if name not in _USUAL}
        entry["event"] = redact(record.getMessage())
        entry["level"] = record.levelname.lower()
        entry["logger"] = record.name
        entry["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        if (current := request_id.get()) is not None:
            entry.setdefault("request_id", current)
        if record.exc_info:
            entry["exception"] = redact(self.formatException(record.exc_info))
        if record.stack_info:
            entry["stack"] = redact(record.stack_info)
        return orjson.dumps(entry, default=_described, option=orjson.OPT_NON_STR_KEYS).decode()


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
