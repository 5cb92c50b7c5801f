"""What approvals refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class ApprovalPending(Refusal):
    code, status, title = "approval_pending", 409, "Somebody has asked about this already, and it is not decided yet."


class ApprovalClosed(Refusal):
    code, status, title = "approval_closed", 409, "This has been decided, withdrawn or has expired already."


class NotYourTurn(Refusal):
    code, status, title = "not_your_turn", 409, "The step that is being decided now does not wait for you."


class TooManyComments(Refusal):
    code, status, title = "too_many_comments", 409, "There are 200 comments already; talk about it elsewhere."


class TooManyDelegations(Refusal):
    code, status, title = "too_many_delegations", 409, "You have 20 delegations already; end one first."
