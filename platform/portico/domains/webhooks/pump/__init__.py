"""The pump: fans events out into deliveries, and sends them.

The endpoints are in shards, and each shard belongs to one pump, by a lease with a fencing number (`lease`). A pump's
thread does all that the database is asked (`pumping`: fan out, write results, claim), a second one holds the
connections (`sender`), a third says that the pump lives. Rows are the truth and the clock: a pump that dies leaves
nothing but rows, which others take again at once.
"""

from portico.domains.webhooks.pump.lease import Lease, LeaseLost
from portico.domains.webhooks.pump.pumping import Pump

__all__ = ["Lease", "LeaseLost", "Pump"]
