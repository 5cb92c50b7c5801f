"""Operations of announcements, by noun."""

from portico.domains.announcements import attachments
from portico.domains.announcements.api import announcements, audiences, categories, comments, reading, steps
from portico.domains.announcements.api.blueprint import blp

__all__ = ["announcements", "attachments", "audiences", "blp", "categories", "comments", "reading", "steps"]
