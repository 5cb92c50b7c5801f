"""What is held until the commit, always in this order: the tree, departments by id, employees by id, groups.

Two changes at once then come one after the other and cannot wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.directory.models import Department, DepartmentTree
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

_department = Department.__table__.c


def hold_tree(actor: Actor) -> None:
    """Queue behind other changes of the shape of this workspace: of its departments, and of who reports to whom."""
    work = session()
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    work.execute(
        build(DepartmentTree)
        .values(workspace_id=actor.workspace_id, moves=1)
        .on_conflict_do_update(index_elements=["workspace_id"], set_={"moves": DepartmentTree.moves + 1})
    )


def hold_departments(actor: Actor, department_ids: Iterable[str]) -> set[str]:
    """Keep these departments as they are: nobody archives one while people come in. Answers those that stand in the
    tree."""
    rows = session().execute(
        select(_department.id, _department.archived_at)
        .where(_department.workspace_id == actor.workspace_id, _department.id.in_(sorted(set(department_ids))))
        .order_by(_department.id)
        .with_for_update(key_share=True)
    )
    return {row.id for row in rows if row.archived_at is None}
