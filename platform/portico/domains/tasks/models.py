"""Tables of long work: the file that a job made, and its parts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, LONG_TEXT, Base, InWorkspace, refers_to


class TaskFile(InWorkspace, Base):
    """A finished file. It is written with the success of its job, so there is never half of one."""

    __tablename__ = "task_file"
    __table_args__ = (
        UniqueConstraint("workspace_id", "job_id"),
        refers_to("job", "job_id", ondelete="CASCADE"),
        Index(None, "expires_at"),
    )

    job_id: Mapped[str] = mapped_column(ID)
    attempt: Mapped[int]
    """Whose parts it is made of; what earlier tries left is nobody's."""
    name: Mapped[str] = mapped_column(LONG_TEXT)
    media_type: Mapped[str] = mapped_column(KEY)
    size: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime]


class TaskFilePart(Base):
    """A piece of a file. In the database, because web and worker may have no folder in common."""

    __tablename__ = "task_file_part"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "job_id", "attempt", "number"),
        refers_to("job", "job_id", ondelete="CASCADE"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    job_id: Mapped[str] = mapped_column(ID)
    attempt: Mapped[int]
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
