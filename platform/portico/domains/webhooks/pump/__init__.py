"""The pump: fans events out into deliveries, and sends them.

The endpoints are in shards, and each shard belongs to one pump, by a lease with a fencing number (`lease`). Claiming,
sending and finishing overlap: the pump's own thread lays out and claims (`pumping`), a second one holds the connections
(`sender`), a third writes results in batches (`books`), a fourth says that the pump lives. Rows are the truth and the
clock: a pump that dies leaves nothing but rows, which others take again at once.
"""

from portico.domains.webhooks.pump.lease import Lease, LeaseLost
from portico.domains.webhooks.pump.pumping import Pump

__all__ = ["Lease", "LeaseLost", "Pump"]
