"""Operations of the directory, by what they are about."""

from portico.domains.directory.api import cards, departments, employees, groups, invitations, members, presence, states
from portico.domains.directory.api.blueprint import blp

__all__ = ["blp", "cards", "departments", "employees", "groups", "invitations", "members", "presence", "states"]
