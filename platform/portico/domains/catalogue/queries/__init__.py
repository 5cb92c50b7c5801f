"""Reads of the catalogue. Its tables are global: a developer's begin at `own_apps(actor)`, a workspace's at
`visible_to(actor)`; what names an app by id answers other domains, which have checked the right to ask."""

from portico.domains.catalogue.queries.credentials import (
    ClientFacts,
    alive,
    client,
    seal_row,
    signing_secrets,
)
from portico.domains.catalogue.queries.developers import (
    APPS,
    VERSIONS,
    base_url_override,
    newest_manifest,
    own_app,
    own_apps,
    own_version,
    page_of_apps,
    page_of_versions,
    publisher_of,
    secrets_of,
)
from portico.domains.catalogue.queries.listings import (
    CATALOGUE,
    egress,
    listing,
    page_of_catalogue,
    scopes_asked,
    visible_to,
)
from portico.domains.catalogue.queries.releases import (
    Released,
    app_keys,
    effective_base_url,
    installable,
    looks_of,
    released,
)

__all__ = [
    "APPS",
    "CATALOGUE",
    "VERSIONS",
    "ClientFacts",
    "Released",
    "alive",
    "app_keys",
    "base_url_override",
    "client",
    "effective_base_url",
    "egress",
    "installable",
    "listing",
    "looks_of",
    "newest_manifest",
    "own_app",
    "own_apps",
    "own_version",
    "page_of_apps",
    "page_of_catalogue",
    "page_of_versions",
    "publisher_of",
    "released",
    "scopes_asked",
    "seal_row",
    "secrets_of",
    "signing_secrets",
    "visible_to",
]
