"""Very many events of the past, without emitting each: long ago they were sent, and read by the record."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from portico.domains.audit.models import AuditHead
from portico.kernel.events import Event
from portico.kernel.events.models import EventCounter
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit

BATCH = 5_000


def add_events(workspace_id: str, number: int) -> None:
    """Copies of the workspace's last event."""
    table = Event.__table__
    with system_unit("bench: read an event") as work:
        last = select(table).where(table.c.workspace_id == workspace_id).order_by(table.c.seq.desc()).limit(1)
        pattern = dict(work.execute(last).mappings().one())
    for start in range(0, number, BATCH):
        rows = [
            {**pattern, "id": new_id("evt"), "seq": pattern["seq"] + 1 + place, "fanned_out": True}
            for place in range(start, min(start + BATCH, number))
        ]
        with system_unit("bench: add events", write=True) as work:
            work.execute(insert(table), rows)
            counter = EventCounter.__table__
            work.execute(update(counter).where(counter.c.workspace_id == workspace_id).values(seq=rows[-1]["seq"]))
            record = AuditHead.__table__.c
            work.execute(update(AuditHead).where(record.workspace_id == workspace_id).values(event_seq=rows[-1]["seq"]))
