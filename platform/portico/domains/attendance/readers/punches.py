"""The punches of a person, as they see them themselves."""

from __future__ import annotations

from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.schemas.punches import Punch
from portico.kernel.actor import Actor
from portico.kernel.dump import dumper
from portico.kernel.exporting import Rows, of_a_person


@of_a_person("punches")
def punches(actor: Actor) -> Rows:
    dump = dumper(Punch)
    return [dump(queries.shown(actor, row)) for row in queries.own_punches(actor)]
