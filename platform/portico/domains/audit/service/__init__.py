"""What the background process does for the record, and its verification."""

from portico.domains.audit.service.checkpoints import anchor
from portico.domains.audit.service.deriving import derive
from portico.domains.audit.service.verifying import Finding, Verdict, verify

__all__ = ["Finding", "Verdict", "anchor", "derive", "verify"]
