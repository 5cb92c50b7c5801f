"""Looking for secrets where none may be: each table, Redis with what is said to it, the logs, the files beside them."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

import redis
from sqlalchemy import create_engine

from tests.support.running import Portico

MAILED = "mail"  # what a person receives; a link is in there, as it must be
Places = Mapping[str, bytes]


def forms_of(secret: str) -> set[bytes]:
    """A secret as it could be written: plain, hexadecimal, for a URL, in base64 wherever it begins there; and without
    the prefix that tells its kind, or decoded, if what follows is base64 itself."""
    raw = secret.encode()
    found = {raw, quote(raw, safe="").encode(), quote_plus(raw).encode(), *_encoded(raw)}
    head, _, rest = secret.partition("_")
    if rest and len(head) <= 5:
        found |= {rest.encode(), *_encoded(rest.encode())}
        if head == "whsec":
            decoded = base64.b64decode(rest)
            found |= {decoded, *_encoded(decoded)}
    return {form for form in found if len(form) >= 8}


def _encoded(raw: bytes) -> Iterator[bytes]:
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for before in range(3):
        # What stands before shifts the letters; those at both ends depend on the neighbours.
        first, last = (0, 2, 3)[before], 3 if (len(raw) + before) % 3 else 0
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            letters = encode(b"x" * before + raw).rstrip(b"=")
            yield letters[first : len(letters) - last]


def find(issued: Mapping[str, str], places: Places) -> list[str]:
    """`name in place` for each secret that stands somewhere."""
    return [
        f"{name} in {place}"
        for name, secret in issued.items()
        for place, content in places.items()
        if any(form in content for form in forms_of(secret))
    ]


def everywhere(portico: Portico) -> dict[str, bytes]:
    """All that this Portico has written down."""
    return {**tables(portico), **in_redis(portico), **files(portico)}


def tables(portico: Portico) -> dict[str, bytes]:
    """Every table, row by row; on SQLite the bytes of its files as well, where deleted rows may linger."""
    url = portico.settings.migrate_url
    if portico.kind == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        connection = sqlite3.connect(path)
        rows = "\n".join(connection.iterdump()).encode()
        connection.close()
        return {"the tables": rows, "the database's files": b"".join(f.read_bytes() for f in _files_of(path))}
    found: dict[str, bytes] = {}
    engine = create_engine(url)
    with engine.connect() as owner:
        names = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        for name in owner.exec_driver_sql(names).scalars():
            rows = owner.exec_driver_sql(f'SELECT t::text FROM "{name}" t').scalars()
            found[f"table {name}"] = "\n".join(rows).encode()
    engine.dispose()
    return found


def _files_of(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}*"))


def in_redis(portico: Portico) -> dict[str, bytes]:
    """Each key and what it holds. What was there for a moment stands in the monitor's log."""
    with portico.redis() as client:
        return {f"Redis key {key!r}": key + b"\n" + _value(client, key) for key in client.scan_iter("*", count=1000)}


def _value(client: redis.Redis, key: bytes) -> bytes:
    reads = {
        b"string": lambda: client.get(key),
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"hash": lambda: client.hgetall(key),
        b"zset": lambda: client.zrange(key, 0, -1, withscores=True),
        b"stream": lambda: client.xrange(key),
        b"none": lambda: b"",  # gone since it was listed
    }
    found = reads[client.type(key)]()
    return found if isinstance(found, bytes) else repr(found).encode()


def files(portico: Portico) -> dict[str, bytes]:
    """The logs and all else in its home, but for what was mailed to people."""
    paths = (path for path in portico.home.rglob("*") if path.is_file())
    relative = ((path, path.relative_to(portico.home)) for path in paths)
    return {f"file {name}": path.read_bytes() for path, name in relative if name.parts[0] != MAILED}
