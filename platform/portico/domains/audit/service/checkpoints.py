"""Anchors: once an hour the head of each record is signed, kept in the database, and in a file outside of it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import orjson
from sqlalchemy import Table, insert, or_, select, update

from portico.domains.audit import chain
from portico.domains.audit.models import AuditCheckpoint, AuditHead
from portico.kernel import clock
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session, system_unit
from portico.settings import current as settings

EVERY = timedelta(hours=1)
_checkpoint = cast(Table, AuditCheckpoint.__table__)
_head = AuditHead.__table__.c


def anchor() -> int:
    """Sign each head that has moved since its last checkpoint, an hour ago or more. Answers how many were signed.

    The file is brought up to date from the table, so that a crash between the two costs nothing.
    """
    now = clock.now()
    due = or_(_head.anchored_at.is_(None), _head.anchored_at <= now - EVERY)
    with system_unit("audit: sign the heads of the records", write=True) as work:
        heads = work.execute(
            update(AuditHead)
            .where(_head.seq > _head.anchored_seq, due)
            .values(anchored_seq=_head.seq, anchored_at=now)
            .returning(_head.workspace_id, _head.seq, _head.hash)
        ).all()
        if heads:
            session().connection().execute(insert(_checkpoint), [_signed(head, now) for head in heads])
    for head in heads:
        _carry_over(head.workspace_id)
    return len(heads)


def _signed(head: Any, now: Any) -> dict[str, Any]:
    mark = chain.sign(head.workspace_id, head.seq, head.hash)
    about = {"workspace_id": head.workspace_id, "seq": head.seq, "hash": head.hash}
    return {**about, "id": new_id("acp"), "at": now, **mark}


def _file(workspace_id: str) -> Path:
    return settings().home / "audit" / f"{workspace_id}.jsonl"


def kept_in_file(workspace_id: str) -> list[dict[str, Any]]:
    """The checkpoints that stand in the file, oldest first. A last line that was cut short is left out."""
    path = _file(workspace_id)
    if not path.exists():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(orjson.loads(line))
        except orjson.JSONDecodeError:
            continue
    return found


def _carry_over(workspace_id: str) -> None:
    """Write into the file what the table has and the file lacks; two writers at once leave a line twice, no harm."""
    known = {line["id"] for line in kept_in_file(workspace_id)}
    with system_unit("audit: the checkpoints of a record") as work:
        rows = work.execute(
            select(_checkpoint).where(_checkpoint.c.workspace_id == workspace_id).order_by(_checkpoint.c.seq)
        ).mappings()
        lines = [{**row, "at": clock.rfc3339(row["at"])} for row in rows if row["id"] not in known]
    if not lines:
        return
    path = _file(workspace_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Begins with a line break: whatever a crash left half written before stays a line of its own.
    text = b"\n" + b"\n".join(orjson.dumps(line) for line in lines) + b"\n"
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        os.write(handle, text)
        os.fsync(handle)
    finally:
        os.close(handle)
