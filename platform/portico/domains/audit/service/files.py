"""Checking an exported record anywhere: nothing but the file and a public key is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from portico.domains.audit import chain
from portico.domains.audit.service.verifying import Verdict

_BESIDE = ("detail", "previous_hash", "hash")
"""What stands in a line and is not covered by its hash: the hashes themselves, and what another hash binds."""


def verify_lines(lines: Iterable[bytes], public_key: str | None = None) -> Verdict:
    """Check an export in JSON lines: each line against the hash before it, neighbours against each other, and the
    signed heads by `public_key`, or by the keys that the file names when none is given."""
    verdict, hashes, marks = Verdict(), {}, []
    last_seq, last_hash = 0, ""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            if "checkpoint" in row:
                marks.append(row["checkpoint"])
                continue
            seq = row["seq"]
            _check_line(row, verdict)
            if seq == last_seq + 1 and row["previous_hash"] != last_hash:
                verdict.say("altered", seq, f"Entry {seq} does not follow the one before it.")
            verdict.gaps += seq > last_seq + 1
            if seq <= last_seq:
                verdict.say("altered", seq, f"Entry {seq} stands behind entry {last_seq}.")
            hashes[seq] = row["hash"]
            last_seq, last_hash = seq, row["hash"]
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            verdict.say("altered", number, f"Line {number} is no entry of a record.")
    for mark in marks:
        _check_mark(mark, hashes, public_key, verdict)
    return verdict


def _check_line(row: Mapping[str, Any], verdict: Verdict) -> None:
    verdict.entries += 1
    covered = {name: value for name, value in row.items() if name not in _BESIDE}
    detail = row.get("detail")
    bound = detail is None or chain.detail_hash(detail) == row.get("detail_hash")
    if chain.link_shown(covered, row["previous_hash"]) != row["hash"] or not bound:
        verdict.say("altered", row["seq"], f"Entry {row['seq']} ({row['id']}) was altered.")
    verdict.erased += detail is None and row.get("detail_hash") is not None


def _check_mark(mark: Mapping[str, Any], hashes: Mapping[int, str], key: str | None, verdict: Verdict) -> None:
    seq, digest = mark["seq"], mark["hash"]
    try:
        good = chain.signed_by(key or mark["public_key"] or "", mark["workspace_id"], seq, digest, mark["signature"])
    except ValueError:
        verdict.say("key", seq, f"There is no usable key for the checkpoint at entry {seq}.")
        return
    if not good:
        verdict.say("checkpoint", seq, f"The checkpoint at entry {seq} was not signed by this key.")
    elif hashes.get(seq, digest) != digest:
        verdict.say("checkpoint", seq, f"Entry {seq} is not the one that was signed at the checkpoint.")
    elif seq in hashes:
        verdict.sealed = max(verdict.sealed, seq)
