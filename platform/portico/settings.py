"""Every setting of Portico, typed and frozen; the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf, nan
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

Mode = Literal["production", "development", "demo"]
Review = Literal["open", "robot", "robot+person"]

UNLISTED = ("off", "documents", "documents+registration")
MODES = ("production", "development", "demo")
REVIEWS = ("open", "robot", "robot+person")


class SettingsError(Exception):
    """A setting that cannot be used; the message names the variable and how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    home: Path
    port: int = 8000
    public_url: str = ""
    streams_url: str = ""
    # URLs may hold passwords.
    database_url: str = field(default="", repr=False)
    migrate_url: str = field(default="", repr=False)
    redis_url: str | None = field(default=None, repr=False)
    secret_keys: tuple[str, ...] = field(default=(), repr=False)
    files_url: str = ""
    """A folder, as a path or a `file://` address, or `s3://bucket/prefix`."""
    upload_bytes: int = 25 * 1024 * 1024
    egress_allow: tuple[str, ...] = ()
    egress_proxy: str = field(default="", repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    mode: Mode = "production"
    review: Review = "robot+person"
    unlisted_clients: str = "off"
    limits_factor: float = 1.0
    trusted_proxies: int = 0
    bell_port: int = 0
    reads_kept_days: int = 90
    attempts_kept_days: int = 30
    api_log_kept_days: int = 7
    """0: what apps ask of the API is not logged."""
    metrics_token: str = field(default="", repr=False)
    metrics_folder: str = ""
    """Where the worker processes of one server share what they count; set by `portico serve` alone."""
    monitor: tuple[str, int] | None = None
    """Where a process without pages is watched."""

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def secure_cookies(self) -> bool:
        """`__Host-` cookies need https; plain http is for development and the demo on loopback."""
        return urlsplit(self.public_url).scheme == "https"


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise SettingsError(f"{name} is {value!r}; use one of: {', '.join(allowed)}.")
    return value


def _whole(env: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not lowest <= int(text[:10]) <= highest:
        raise SettingsError(f"{name} is {text!r}; it must be a whole number from {lowest} to {highest}.")
    return int(text)


def _factor(env: Mapping[str, str], name: str) -> float:
    text = env.get(name) or "1"
    try:
        number = float(text)
    except ValueError:
        number = nan
    if not 0 < number < inf:
        raise SettingsError(f"{name} is {text!r}; it must be a number above 0.")
    return number


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _url(env: Mapping[str, str], name: str, default: str) -> str:
    text = (env.get(name) or default).rstrip("/")
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).netloc:
        raise SettingsError(f"{name} is {text!r}; it must begin with http:// or https:// and name a host.")
    return text


def _files_url(env: Mapping[str, str], default: str) -> str:
    text = env.get("PORTICO_FILES_URL") or default
    parts = urlsplit(text)
    if parts.scheme == "file" and (parts.netloc or not parts.path.startswith("/")):
        raise SettingsError(f"PORTICO_FILES_URL is {text!r}; a folder is written file:///with/its/whole/path.")
    if "://" in text and (parts.scheme not in ("file", "s3") or (parts.scheme == "s3" and not parts.netloc)):
        raise SettingsError(f"PORTICO_FILES_URL is {text!r}; use a folder, file:///folder or s3://bucket/prefix.")
    return text


def _address(env: Mapping[str, str], name: str) -> tuple[str, int] | None:
    text = env.get(name) or ""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) < 65_536:
        raise SettingsError(f"{name} is {text!r}; it must be an address and a port, such as 127.0.0.1:9464.")
    return host.strip("[]"), int(port)


def from_env(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises SettingsError with the variable's name for anything unusable."""
    env = os.environ if env is None else env
    home = Path(env.get("PORTICO_HOME") or "var").resolve()
    mode = cast(Mode, _one_of("PORTICO_MODE", env.get("PORTICO_MODE") or "production", MODES))
    port = _whole(env, "PORTICO_PORT", 8000, 1, 65_534)
    database_url = env.get("PORTICO_DATABASE_URL") or f"sqlite:///{home / 'portico.db'}"
    if not database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("PORTICO_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
    default_review = "open" if mode == "demo" else "robot+person"
    review = _one_of("PORTICO_REVIEW", env.get("PORTICO_REVIEW") or default_review, REVIEWS)
    return Settings(
        home=home,
        port=port,
        public_url=_url(env, "PORTICO_PUBLIC_URL", f"http://127.0.0.1:{port}"),
        streams_url=_url(env, "PORTICO_STREAMS_URL", f"http://127.0.0.1:{port + 1}"),
        database_url=database_url,
        migrate_url=env.get("PORTICO_MIGRATE_URL") or database_url,
        redis_url=env.get("PORTICO_REDIS_URL") or None,
        secret_keys=_list(env.get("PORTICO_SECRET_KEYS")),
        files_url=_files_url(env, str(home / "files")),
        upload_bytes=_whole(env, "PORTICO_UPLOAD_MIB", 25, 1, 2048) * 1024**2,
        egress_allow=_list(env.get("PORTICO_EGRESS_ALLOW")),
        egress_proxy=env.get("PORTICO_EGRESS_PROXY") or "",
        smtp_url=env.get("PORTICO_SMTP_URL") or None,
        mode=mode,
        review=cast(Review, review),
        unlisted_clients=_one_of("PORTICO_UNLISTED_CLIENTS", env.get("PORTICO_UNLISTED_CLIENTS") or "off", UNLISTED),
        limits_factor=_factor(env, "PORTICO_LIMITS_FACTOR"),
        trusted_proxies=_whole(env, "PORTICO_TRUSTED_PROXIES", 0, 0, 10),
        reads_kept_days=_whole(env, "PORTICO_READS_KEPT_DAYS", 90, 1, 3650),
        # Never longer than events are kept: with an event go its deliveries and their attempts.
        attempts_kept_days=_whole(env, "PORTICO_ATTEMPTS_KEPT_DAYS", 30, 1, 30),
        api_log_kept_days=_whole(env, "PORTICO_API_LOG_KEPT_DAYS", 7, 0, 90),
        metrics_token=env.get("PORTICO_METRICS_TOKEN") or "",
        metrics_folder=env.get("PROMETHEUS_MULTIPROC_DIR") or "",
        monitor=_address(env, "PORTICO_MONITOR"),
        bell_port=_whole(env, "PORTICO_BELL_PORT", 0, 0, 65_535),
    )


_current: Settings | None = None


def configure(settings: Settings) -> None:
    """Make these the settings of the process; `portico.app.start` does."""
    global _current
    _current = settings


def current() -> Settings:
    """The settings of the process, for the few rules that depend on them (issuer, review, mode)."""
    if _current is None:
        raise RuntimeError("The settings are not configured; call portico.app.start(settings) first.")
    return _current
