"""portico.toml: one schema, one check, the same for the developer, the console and the robot review.

    manifest = load_toml(Path("portico.toml"))
    for finding in check(manifest):
        print(finding.path, finding.message, finding.mending)

Needs the extra `cli` (marshmallow).
"""

from portico_sdk.manifest._check import Registry, check, digest
from portico_sdk.manifest._files import ManifestUnreadable, load_toml, with_files
from portico_sdk.manifest._findings import HINTS, KINDS, SENTENCES, Finding
from portico_sdk.manifest._json_schema import json_schema
from portico_sdk.manifest._lines import line_of
from portico_sdk.manifest._listing import LISTING_SENTENCES, check_listing
from portico_sdk.manifest._screenshots import uploaded, without_files

__all__ = [
    "HINTS",
    "KINDS",
    "LISTING_SENTENCES",
    "SENTENCES",
    "Finding",
    "ManifestUnreadable",
    "Registry",
    "check",
    "check_listing",
    "digest",
    "json_schema",
    "line_of",
    "load_toml",
    "uploaded",
    "with_files",
    "without_files",
]
