"""Verification: walk the chain and name the line that was altered, deleted or moved, or the end that is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, select

from portico.domains.audit import chain
from portico.domains.audit.models import AuditCheckpoint, AuditEntry, AuditHead
from portico.domains.audit.service.checkpoints import kept_in_file
from portico.kernel.unit_of_work import session

BATCH = 1000
_entry = cast(Table, AuditEntry.__table__)
_checkpoint = cast(Table, AuditCheckpoint.__table__)


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind`: altered, missing, truncated, head, checkpoint or key."""

    kind: str
    seq: int
    message: str


@dataclass(slots=True)
class Verdict:
    entries: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.findings

    def say(self, kind: str, seq: int, message: str) -> None:
        self.findings.append(Finding(kind, seq, message))


def verify(workspace_id: str) -> Verdict:
    """Check the whole record of a workspace, in the open unit."""
    verdict = Verdict()
    anchors = _anchors(workspace_id, verdict)
    last_seq, last_hash = _walk(workspace_id, anchors, verdict)
    _check_end(workspace_id, last_seq, last_hash, anchors, verdict)
    return verdict


def _anchors(workspace_id: str, verdict: Verdict) -> dict[int, str]:
    """What the checkpoints of both stores say the hash at a seq is; a wrong or lost one is a finding."""
    rows = session().execute(select(_checkpoint).where(_checkpoint.c.workspace_id == workspace_id)).mappings()
    in_table = {row["id"]: dict(row) for row in rows}
    anchors: dict[int, str] = {}
    for mark in [*in_table.values(), *kept_in_file(workspace_id)]:
        seq = mark["seq"]
        match chain.signed(workspace_id, seq, mark["hash"], mark["key_id"], mark["signature"]):
            case False:
                verdict.say("checkpoint", seq, f"Checkpoint {mark['id']} at entry {seq} was altered.")
            case None:
                verdict.say("key", seq, f"The key {mark['key_id']} that signed checkpoint {mark['id']} is not here.")
            case _:
                anchors[seq] = mark["hash"]
        if mark["id"] not in in_table:
            verdict.say("checkpoint", seq, f"Checkpoint {mark['id']} at entry {seq} stands in the file only.")
    return anchors


def _rows(workspace_id: str) -> Iterator[Any]:
    after = 0
    while True:
        rows = (
            session()
            .execute(
                select(_entry)
                .where(_entry.c.workspace_id == workspace_id, _entry.c.seq > after)
                .order_by(_entry.c.seq)
                .limit(BATCH)
            )
            .mappings()
            .all()
        )
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1]["seq"]


def _walk(workspace_id: str, anchors: dict[int, str], verdict: Verdict) -> tuple[int, str]:
    seq, previous = 0, ""
    for row in _rows(workspace_id):
        verdict.entries += 1
        whole = row["seq"] == seq + 1
        if not whole:
            span = f"Entry {seq + 1} is" if row["seq"] == seq + 2 else f"Entries {seq + 1} to {row['seq'] - 1} are"
            verdict.say("missing", seq + 1, f"{span} missing.")
        # Behind a gap the hash before is unknown, so the first line there cannot be judged.
        elif chain.link(row, previous) != row["hash"] or row["actor_id"] != row["actor"]["id"]:
            verdict.say("altered", row["seq"], f"Entry {row['seq']} ({row['id']}) was altered or moved.")
        seq, previous = row["seq"], row["hash"]
        if anchors.get(seq, previous) != previous:
            verdict.say("checkpoint", seq, f"Entry {seq} is not the one that was signed at the checkpoint.")
    return seq, previous


def _check_end(workspace_id: str, seq: int, digest: str, anchors: dict[int, str], verdict: Verdict) -> None:
    head = session().execute(select(AuditHead.__table__).where(AuditHead.workspace_id == workspace_id)).one_or_none()
    newest = max([*anchors, head.seq if head is not None else 0])
    if newest > seq:
        verdict.say("truncated", seq + 1, f"Entries {seq + 1} to {newest} were cut off the end.")
    if head is None:
        if seq or anchors:
            verdict.say("head", seq, "The head of the record is gone.")
        return
    if head.seq < max([seq, *anchors]) or (head.seq == seq and head.hash != digest):
        verdict.say("head", head.seq, f"The head stands at entry {head.seq} and does not fit the record.")
    match chain.signed(workspace_id, head.seq, head.hash, head.key_id, head.signature) if head.seq else True:
        case False:
            verdict.say("head", head.seq, "The head was not signed by this server.")
        case None:
            verdict.say("key", head.seq, f"The key {head.key_id} that signed the head is not here.")
