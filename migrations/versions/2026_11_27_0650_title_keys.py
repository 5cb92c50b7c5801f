"""what titles of employees are compared by"""

import sqlalchemy as sa
from alembic import op

from portico.kernel import text

revision = "title_keys"
down_revision = "attendance_rules"

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_AT_ONCE = 1000
_employee = sa.table("employee", sa.column("workspace_id"), sa.column("id"), sa.column("title"), sa.column("title_key"))
_e = _employee.c


def upgrade() -> None:
    op.add_column("employee", sa.Column("title_key", _KEY, nullable=True))
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:  # an owner who is no superuser is held by the policies too, and would find nobody to give a key
        op.execute("ALTER TABLE employee NO FORCE ROW LEVEL SECURITY")
    _fill(op.get_bind())
    if postgres:
        op.execute("ALTER TABLE employee FORCE ROW LEVEL SECURITY")


def _fill(work: sa.Connection) -> None:
    one = sa.update(_employee).where(_e.workspace_id == sa.bindparam("w"), _e.id == sa.bindparam("i"))
    found = work.execute(sa.select(_e.workspace_id, _e.id, _e.title).where(_e.title.is_not(None))).all()
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        keys = [{"w": w, "i": i, "title_key": text.search_key(title)[:200]} for w, i, title in some]
        work.execute(one.values(title_key=sa.bindparam("title_key")), keys)


def downgrade() -> None:
    op.drop_column("employee", "title_key")
