"""The pump: fans events out into deliveries, and sends them.

One pump works at a time, by a lease with a fencing number (`lease`). Its thread does all that the database is asked
(`pumping`: fan out, write results, claim), a second one holds the connections (`sender`), a third renews the lease.
Rows are the truth and the clock: a pump that dies leaves nothing but rows, which the next one takes again at once.
"""

from portico.domains.webhooks.pump.lease import Lease, LeaseLost
from portico.domains.webhooks.pump.pumping import Pump

__all__ = ["Lease", "LeaseLost", "Pump"]
