"""What contacts refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class IdentifierTaken(Refusal):
    code, status, title = "identifier_taken", 409, "Another contact has this identifier; share it or use that contact."


class AmbiguousMatch(Refusal):
    code, status, title = "ambiguous_match", 409, "These identifiers belong to more than one contact."


class IdentifierReused(Refusal):
    code, status = "identifier_reused", 409
    title = "Meanwhile another contact has an identifier of this one; restore with release_taken to do without it."
