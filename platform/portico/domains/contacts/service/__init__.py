"""Changes of contacts: `contacts` for one record's life, `upserting` for what other systems bring."""

from portico.domains.contacts.service.contacts import (
    TRASH_DAYS,
    create_contact,
    restore_contact,
    trash_contact,
    update_contact,
)
from portico.domains.contacts.service.upserting import put_contact, upsert_contact

__all__ = [
    "TRASH_DAYS",
    "create_contact",
    "put_contact",
    "restore_contact",
    "trash_contact",
    "update_contact",
    "upsert_contact",
]
