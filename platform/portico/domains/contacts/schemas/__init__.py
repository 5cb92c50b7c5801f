"""What goes out and comes in, by resource."""

from portico.domains.contacts.schemas.activities import Activity, ActivityCreate, Consent, ConsentCreate
from portico.domains.contacts.schemas.associations import (
    LABELS,
    Association,
    AssociationCreate,
    AssociationUpdate,
)
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
    IdentifierUpdate,
)
from portico.domains.contacts.schemas.settings import ContactSettings, ContactSettingsInput, Stage
from portico.domains.contacts.schemas.tags import COLORS, Tag, TagUpdate

__all__ = [
    "COLORS",
    "LABELS",
    "MAX_IDENTIFIERS",
    "Activity",
    "ActivityCreate",
    "Association",
    "AssociationCreate",
    "AssociationUpdate",
    "Company",
    "CompanyCreate",
    "CompanyRestore",
    "CompanyUpdate",
    "Consent",
    "ConsentCreate",
    "Contact",
    "ContactCreate",
    "ContactPut",
    "ContactRestore",
    "ContactSettings",
    "ContactSettingsInput",
    "ContactUpdate",
    "ContactUpsert",
    "Identifier",
    "IdentifierInput",
    "IdentifierUpdate",
    "Stage",
    "Tag",
    "TagUpdate",
]
