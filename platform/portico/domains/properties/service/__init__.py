"""Changes of properties: `defining` by people, `declaring` by apps, `valuing` on objects."""

from portico.domains.properties.service.declaring import Declared, declare, erase_of_app, erase_some, full_key, hide
from portico.domains.properties.service.defining import (
    archive_property,
    create_property,
    restore_property,
    update_property,
)
from portico.domains.properties.service.valuing import index, merge

__all__ = [
    "Declared",
    "archive_property",
    "create_property",
    "declare",
    "erase_of_app",
    "erase_some",
    "full_key",
    "hide",
    "index",
    "merge",
    "restore_property",
    "update_property",
]
