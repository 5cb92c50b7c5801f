"""Verification: walk the chain and name the line that was altered, deleted or moved, or the end that is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, select

from portico.domains.audit import chain, queries
from portico.domains.audit.models import AuditCheckpoint, AuditDetail, AuditEntry, AuditHead
from portico.domains.audit.service.checkpoints import kept_in_file
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

BATCH = 1000
_entry = cast(Table, AuditEntry.__table__)
_detail = cast(Table, AuditDetail.__table__)
_checkpoint = cast(Table, AuditCheckpoint.__table__)


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind`: altered, missing, truncated, head, checkpoint or key."""

    kind: str
    seq: int
    message: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands behind one entry: `sealed` by a checkpoint, `open` until the next one signs it, `broken`, or `long`:
    there are too many lines up to the checkpoint to check them while somebody waits."""

    state: str
    seq: int = 0
    """Up to which entry the chain was followed."""


@dataclass(slots=True)
class Verdict:
    entries: int = 0
    erased: int = 0
    """Entries of which the detail was erased; the rest of them is proven still."""
    gaps: int = 0
    """Where a file that holds only some entries jumps over others."""
    sealed: int = 0
    """The last entry of a file that a signed head vouches for."""
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


MOST_LINKS = 5000


def prove(actor: Actor, entry: Mapping[str, Any]) -> Proof:
    """Follow the chain from before the entry to the first checkpoint that covers it, in the open unit."""
    mark = queries.checkpoint_over(actor, entry["seq"])
    end = mark.seq if mark is not None else entry["seq"] + MOST_LINKS
    if end - entry["seq"] > MOST_LINKS:
        return Proof("long", mark.seq if mark is not None else 0)
    seq, previous = entry["seq"] - 1, entry["previous_hash"]
    for row in _rows(actor.workspace_id, seq, end):
        if row["seq"] != seq + 1 or chain.link(row, previous) != row["hash"] or not _agrees(row):
            return Proof("broken", row["seq"])
        seq, previous = row["seq"], row["hash"]
    if mark is None:
        return Proof("open", seq)
    good = chain.signed(actor.workspace_id, mark.seq, mark.hash, mark.key_id, mark.signature) is True
    return Proof("sealed" if good and (seq, previous) == (mark.seq, mark.hash) else "broken", mark.seq)


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


def _detail_of_entry() -> Any:
    return (_detail.c.workspace_id == _entry.c.workspace_id) & (_detail.c.id == _entry.c.id)


def _rows(workspace_id: str, after: int = 0, until: int = 2**62) -> Iterator[Any]:
    while True:
        rows = (
            session()
            .execute(
                select(_entry, _detail.c.detail)
                .outerjoin(_detail, _detail_of_entry())
                .where(_entry.c.workspace_id == workspace_id, _entry.c.seq > after, _entry.c.seq <= until)
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
        verdict.erased += row["detail"] is None and row["detail_hash"] is not None
        whole = row["seq"] == seq + 1
        if not whole:
            span = f"Entry {seq + 1} is" if row["seq"] == seq + 2 else f"Entries {seq + 1} to {row['seq'] - 1} are"
            verdict.say("missing", seq + 1, f"{span} missing.")
        # Behind a gap the hash before is unknown, so the first line there cannot be judged.
        elif chain.link(row, previous) != row["hash"] or not _agrees(row):
            verdict.say("altered", row["seq"], f"Entry {row['seq']} ({row['id']}) was altered or moved.")
        seq, previous = row["seq"], row["hash"]
        if anchors.get(seq, previous) != previous:
            verdict.say("checkpoint", seq, f"Entry {seq} is not the one that was signed at the checkpoint.")
    return seq, previous


def _agrees(row: Any) -> bool:
    """Whether what stands beside the chain says what the chain says."""
    actor, detail = row["actor"], row["detail"]
    if row["actor_id"] != actor["id"] or row["on_behalf_of"] != actor.get("on_behalf_of"):
        return False
    return detail is None or row["detail_hash"] == chain.detail_hash(detail)


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
