"""What the background process does for the record, and its verification."""

from portico.domains.audit.service.checkpoints import anchor
from portico.domains.audit.service.deriving import derive
from portico.domains.audit.service.files import verify_lines
from portico.domains.audit.service.verifying import Finding, Proof, Verdict, prove, verify

__all__ = ["Finding", "Proof", "Verdict", "anchor", "derive", "prove", "verify", "verify_lines"]
