"""Every change of the directory, by activity."""

from portico.domains.directory.service.archiving import (
    archive_department,
    delete_department,
    unarchive_department,
)
from portico.domains.directory.service.departments import (
    create_department,
    move_department,
    update_department,
)
from portico.domains.directory.service.employees import create_employee, update_employee
from portico.domains.directory.service.groups import (
    change_members,
    create_group,
    delete_group,
    set_rule,
    update_group,
)
from portico.domains.directory.service.inviting import accept, invite, require_inviter, resend, withdraw
from portico.domains.directory.service.places import put_member, remove_member
from portico.domains.directory.service.presence import (
    end_break,
    end_presence,
    look_again,
    set_presence,
    take_break,
    tell_when_due,
)
from portico.domains.directory.service.states import activate, depart, reactivate, rehire, suspend

__all__ = [
    "accept",
    "activate",
    "archive_department",
    "change_members",
    "create_department",
    "create_employee",
    "create_group",
    "delete_department",
    "delete_group",
    "depart",
    "end_break",
    "end_presence",
    "invite",
    "look_again",
    "move_department",
    "put_member",
    "reactivate",
    "rehire",
    "remove_member",
    "require_inviter",
    "resend",
    "set_presence",
    "set_rule",
    "suspend",
    "take_break",
    "tell_when_due",
    "unarchive_department",
    "update_department",
    "update_employee",
    "update_group",
    "withdraw",
]
