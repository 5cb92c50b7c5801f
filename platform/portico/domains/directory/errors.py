"""What the directory refuses."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class SiblingExists(Refusal):
    code, status, title = "sibling_exists", 409, "A department of this name stands in the same place already."


class DepartmentCycle(Refusal):
    code, status, title = "department_cycle", 409, "A department cannot be moved below itself."


class DepartmentNotEmpty(Refusal):
    code, status, title = "department_not_empty", 409, "Move its people and departments elsewhere first."


class DepartmentArchived(Refusal):
    code, status, title = (
        "department_archived",
        409,
        "The department above this one is archived; bring it back first.",
    )


class ExternalIdTaken(Refusal):
    code, status, title = (
        "external_id_taken",
        409,
        "Another one has this external id; perhaps archived, or departed.",
    )


class EmployeeNoTaken(Refusal):
    code, status, title = "employee_no_taken", 409, "Another employee has this number."


class GroupExists(Refusal):
    code, status, title = "group_exists", 409, "A group of this name exists already."


class GroupIsDynamic(Refusal):
    code, status, title = (
        "group_is_dynamic",
        409,
        "Its people are those whom its rule matches; change the rule instead.",
    )


class GroupIsStatic(Refusal):
    code, status, title = "group_is_static", 409, "Its people are named one by one; it has no rule."


class TooManyRules(Refusal):
    code, status, title = (
        "too_many_dynamic_groups",
        409,
        "A workspace has at most 100 dynamic groups; delete one first.",
    )


class EmailTaken(Refusal):
    code, status, title = "email_taken", 409, "Another employee has this e-mail address."


class ManagerCycle(Refusal):
    code, status, title = "manager_cycle", 409, "This would make someone their own manager."


class InvalidState(Refusal):
    code, status, title = "invalid_state", 409, "The employee's state does not allow this step."


class InvitationOver(Refusal):
    code, status, title = "invitation_over", 409, "This invitation was accepted or withdrawn."


class InviterGone(Refusal):
    code, status, title = (
        "inviter_gone",
        410,
        "Who invited you may no longer invite people here. Ask somebody there to send you a new link.",
    )
