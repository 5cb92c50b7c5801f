"""Changes of approvals, by what is done."""

from portico.domains.approvals.service.asking import Step, Word, ask, ask_over_api, restate
from portico.domains.approvals.service.closing import (
    expire_when_due,
    hold_about,
    settle,
    withdraw,
    withdraw_about,
    withdraw_all,
)
from portico.domains.approvals.service.commenting import comment
from portico.domains.approvals.service.deciding import decide
from portico.domains.approvals.service.delegating import delegate, end_delegation
from portico.domains.approvals.service.reassigning import look_again, replace_approver

__all__ = [
    "Step",
    "Word",
    "ask",
    "ask_over_api",
    "comment",
    "decide",
    "delegate",
    "end_delegation",
    "expire_when_due",
    "hold_about",
    "look_again",
    "replace_approver",
    "restate",
    "settle",
    "withdraw",
    "withdraw_about",
    "withdraw_all",
]
