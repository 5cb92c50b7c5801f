"""Changes of properties: `defining` by people, `declaring` by apps, `valuing` on objects."""

from portico.domains.properties.service.defining import (
    archive_property,
    create_property,
    restore_property,
    update_property,
)
from portico.domains.properties.service.valuing import index, merge

__all__ = ["archive_property", "create_property", "index", "merge", "restore_property", "update_property"]
