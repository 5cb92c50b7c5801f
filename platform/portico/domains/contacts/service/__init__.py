"""Changes of contacts and companies: `contacts` and `companies` for one record's life, `knowing` for identifiers,
`associating` for who belongs where, `recording` for what happened, `upserting` for what other systems bring."""

from portico.domains.contacts.service.associating import create_association, remove_association, update_association
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
from portico.domains.contacts.service.knowing import add_identifier, change_identifier, remove_identifier
from portico.domains.contacts.service.purging import purge_company, purge_contact
from portico.domains.contacts.service.recording import add_activity, add_consent
from portico.domains.contacts.service.setting import set_settings
from portico.domains.contacts.service.tagging import delete_tag, update_tag
from portico.domains.contacts.service.upserting import put_contact, upsert_contact

__all__ = [
    "TRASH_DAYS",
    "add_activity",
    "add_consent",
    "add_identifier",
    "change_identifier",
    "create_association",
    "create_company",
    "create_contact",
    "delete_tag",
    "purge_company",
    "purge_contact",
    "put_contact",
    "remove_association",
    "remove_identifier",
    "restore_company",
    "restore_contact",
    "set_settings",
    "trash_company",
    "trash_contact",
    "update_association",
    "update_company",
    "update_contact",
    "update_tag",
    "upsert_contact",
]
