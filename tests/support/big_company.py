"""A big company in rows: people in a deep tree, in groups, with a property; for plans and measurements."""

from __future__ import annotations

from sqlalchemy import Connection, text

_ID = "'{prefix}_0' || lpad({n}::text, 25, '0')"
# Two departments stand below each: of 4,000, paths hold up to twelve ids.
SEED = (
    """INSERT INTO department (workspace_id, id, name, name_key, parent_id, parent_key, path, sort_order, created_at,
                               updated_at, version)
       SELECT :acme, {dep}, 'D' || n, 'd' || n, NULL, '', '/' || {dep} || '/', 0, now(), now(), 1
         FROM generate_series(0, :departments - 1) n""",
    """WITH RECURSIVE tree AS (
         SELECT 0 AS n, '/' || {dep0} || '/' AS path
         UNION ALL SELECT c.n, tree.path || {depc} || '/' FROM tree
           JOIN generate_series(1, :departments - 1) AS c (n) ON tree.n = (c.n - 1) / 2)
       UPDATE department d SET path = tree.path FROM tree
        WHERE d.workspace_id = :acme AND d.id = {dept}""",
    """INSERT INTO employee (workspace_id, id, display_name, name_key, status, title, title_key, hired_on, hide_mobile,
                             properties, created_at, updated_at, version)
       SELECT :acme, {emp}, 'Person ' || n, 'person ' || n, CASE WHEN n % 50 = 0 THEN 'suspended' ELSE 'active' END,
              'T' || n % 40, 't' || n % 40, date '2020-01-01' + n % 2000, false, '{{}}', now(), now(), 1
         FROM generate_series(1, :people) n""",
    """INSERT INTO department_member (workspace_id, department_id, employee_id, is_primary, lead, sort_order)
       SELECT :acme, '{dep_}_0' || lpad((n % :departments)::text, 25, '0'), {emp}, true, n < :departments, 0
         FROM generate_series(1, :people) n""",
    """INSERT INTO directory_group (workspace_id, id, name, name_key, created_at, updated_at, version)
       SELECT :acme, {grp}, 'G' || n, 'g' || n, now(), now(), 1 FROM generate_series(1, 20) n""",
    """INSERT INTO directory_group_member (workspace_id, group_id, employee_id)
       SELECT :acme, '{grp_}_0' || lpad((1 + n % 3)::text, 25, '0'), {emp} FROM generate_series(1, :people) n""",
    """INSERT INTO property (workspace_id, id, object, key, place, label, type, options, sensitive, state, created_at,
                             updated_at, version)
       SELECT :acme, 'prp_points', 'employee', 'points', 1, 'Points', 'integer', '[]', false, 'active', now(),
              now(), 1""",
    """INSERT INTO property_index (workspace_id, property_id, object_id, position, number)
       SELECT :acme, 'prp_points', {emp}, 0, n FROM generate_series(1, :people, 2) n""",
    "ANALYZE",
)


def fill(connection: Connection, workspace_id: str, people: int, departments: int) -> None:
    """The workspace is there already."""
    for statement in SEED:
        names = {
            "dep": _ID.format(prefix="dep", n="n"),
            "dep0": _ID.format(prefix="dep", n="0"),
            "depc": _ID.format(prefix="dep", n="c.n"),
            "dept": _ID.format(prefix="dep", n="tree.n"),
            "emp": _ID.format(prefix="emp", n="n"),
            "grp": _ID.format(prefix="grp", n="n"),
            "dep_": "dep",
            "grp_": "grp",
        }
        wanted = {"acme": workspace_id, "people": people, "departments": departments}
        sql = statement.format(**names)
        connection.execute(text(sql), {name: value for name, value in wanted.items() if f":{name}" in sql})


def id_of(prefix: str, number: int) -> str:
    return f"{prefix}_0{number:025d}"
