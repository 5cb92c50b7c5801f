"""What goes out and comes in, by resource."""

from portico.domains.contacts.schemas.companies import Company, CompanyCreate, CompanyRestore, CompanyUpdate
from portico.domains.contacts.schemas.contacts import (
    MAX_IDENTIFIERS,
    Contact,
    ContactCreate,
    ContactPut,
    ContactRestore,
    ContactUpdate,
    ContactUpsert,
    Identifier,
    IdentifierInput,
)

__all__ = [
    "MAX_IDENTIFIERS",
    "Company",
    "CompanyCreate",
    "CompanyRestore",
    "CompanyUpdate",
    "Contact",
    "ContactCreate",
    "ContactPut",
    "ContactRestore",
    "ContactUpdate",
    "ContactUpsert",
    "Identifier",
    "IdentifierInput",
]
