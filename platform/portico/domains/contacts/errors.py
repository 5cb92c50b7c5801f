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


class DomainTaken(Refusal):
    code, status, title = "domain_taken", 409, "Another company has this domain."


class DomainReused(Refusal):
    code, status = "domain_reused", 409
    title = "Meanwhile another company has a domain of this one; restore with release_taken to do without it."


class CompanyCycle(Refusal):
    code, status, title = "company_cycle", 409, "A company cannot stand below itself or below one that stands below it."


class AssociationExists(Refusal):
    code, status, title = "association_exists", 409, "The contact is tied to this company by this label already."


class SourceRefTaken(Refusal):
    code, status = "source_ref_taken", 409
    title = "You used this source_ref for an activity of another contact; each happening needs its own."


class StageBackward(Refusal):
    code, status = "stage_backward", 409
    title = "This stage lies behind the contact; clear the stage first, or ask a support admin to set it."


class TagInUse(Refusal):
    code, status, title = "tag_in_use", 409, "Some contact or company has this tag; take it away there first."
