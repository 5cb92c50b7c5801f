"""Changes of attendance, by activity. Punches: `punching` of people, `importing` from devices, `reviewing` what waits,
`punch_corrections` of what was approved, `sessions` that follow, and `forgetting` where punches were made."""

from portico.domains.attendance.service.forgetting import forget_positions
from portico.domains.attendance.service.importing import bring_in
from portico.domains.attendance.service.punch_corrections import record_correction
from portico.domains.attendance.service.punching import clock_step
from portico.domains.attendance.service.reviewing import accept_punch, reject_punch

__all__ = ["accept_punch", "bring_in", "clock_step", "forget_positions", "record_correction", "reject_punch"]
