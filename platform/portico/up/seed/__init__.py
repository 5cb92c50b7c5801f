"""The demo workspace: people, customers, tickets and the example apps, through services only."""

from portico.up.seed.cast import Demo, seed_customers, seed_hours, seed_people

__all__ = ["Demo", "seed_customers", "seed_hours", "seed_people"]
