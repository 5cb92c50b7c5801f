"""Changes of contacts and companies: `contacts` and `companies` for one record's life, `upserting` for what other
systems bring."""

from portico.domains.contacts.service.companies import (
    create_company,
    restore_company,
    trash_company,
    update_company,
)
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
    "create_company",
    "create_contact",
    "put_contact",
    "restore_company",
    "restore_contact",
    "trash_company",
    "trash_contact",
    "update_company",
    "update_contact",
    "upsert_contact",
]
