"""The three walls of the workspace fence, each with the other two taken away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ClauseElement, Column, Engine, Integer, Table, delete, exists, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from portico.domains.directory import queries, service
from portico.domains.directory.models import Department, DepartmentMember, Employee
from portico.kernel import db, fence, migrations
from portico.kernel.db import Base
from portico.kernel.listing import ListQuery
from portico.kernel.unit_of_work import SYSTEM_ROLE, WEB_ROLE, UnitSession, session, system_unit, unit
from tests.support.cast import Cast

one = Employee.__table__
two = aliased(Employee)


def test_first_wall_alone_the_query_names_the_workspace(cast: Cast) -> None:
    """In a system unit the second wall is off, and SQLite has no third."""
    with system_unit("tests: only the first wall stands"):
        rows = queries.page_of_employees(cast.actor("agent"), ListQuery(limit=200)).rows
        mine = {row["id"] for row in rows}
        everybody = set(session().scalars(select(Employee.id)))
    assert cast.employee_id("outsider") in everybody
    assert cast.employee_id("outsider") not in mine
    assert cast.employee_id("agent") in mine


BREACHES: dict[str, Callable[[], ClauseElement]] = {
    "select of a table": lambda: select(one),
    "select of an entity": lambda: select(Employee),
    "select of a column": lambda: select(Employee.id).where(Employee.status == "active"),
    "aggregate": lambda: select(func.count()).select_from(Employee),
    "update": lambda: update(Employee).values(title="x"),
    "update by id": lambda: update(Employee).where(Employee.id == "emp_1").values(title="x"),
    "delete": lambda: delete(DepartmentMember).where(DepartmentMember.employee_id == "emp_1"),
    "join with one side open": lambda: (
        select(Employee.id)
        .join(DepartmentMember, DepartmentMember.employee_id == Employee.id)
        .where(Employee.workspace_id == "w")
    ),
    "alias": lambda: select(Employee.id).join(two, two.id == Employee.manager_id).where(Employee.workspace_id == "w"),
    "sub-select": lambda: select(Department.id).where(
        Department.workspace_id == "w", Department.id.in_(select(DepartmentMember.department_id))
    ),
    "exists": lambda: select(Department.id).where(
        Department.workspace_id == "w", exists().where(DepartmentMember.department_id == Department.id)
    ),
    "common table expression": lambda: select(select(Employee.id).cte("c").c.id),
    "union": lambda: select(Employee.id).where(Employee.workspace_id == "w").union(select(Employee.id)),
    "insert without it": lambda: insert(Department).values(id="dep_1", name="x"),
    "insert from select": lambda: insert(DepartmentMember).from_select(
        ["workspace_id", "department_id", "employee_id"], select(Employee.workspace_id, Employee.id, Employee.id)
    ),
    "raw text": lambda: text("SELECT * FROM employee"),
}


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("name", BREACHES)
def test_second_wall_alone_refuses_a_statement_without_workspace(cast: Cast, name: str) -> None:
    with unit(cast.acme, write=True) as work, pytest.raises(fence.FenceBreach):
        work.execute(BREACHES[name]())


def test_second_wall_refuses_raw_sql_on_the_connection(cast: Cast) -> None:
    with unit(cast.acme, write=False) as work, pytest.raises(fence.FenceBreach):
        work.connection().exec_driver_sql("SELECT * FROM employee")


def test_second_wall_lets_fenced_statements_through(cast: Cast) -> None:
    with unit(cast.acme, write=True) as work:
        fenced = select(func.count()).select_from(Employee).where(Employee.workspace_id == cast.acme)
        assert work.scalar(fenced) == 9
        joined = (
            select(Employee.id)
            .join(two, (two.id == Employee.manager_id) & (two.workspace_id == Employee.workspace_id))
            .where(Employee.workspace_id == cast.acme)
        )
        assert work.execute(joined).all() == []


def _owner_rows(database: db.Database) -> int:
    with system_unit("tests: count all"):
        return session().scalar(select(func.count()).select_from(Employee)) or 0


def _as_web(engine: Engine, workspace_id: str | None, statement: Any) -> Any:
    """Run a statement as the web role with the fence open: only the third wall stands."""
    with (
        fence.opened(),
        UnitSession(bind=engine, info={"role": WEB_ROLE, "workspace": workspace_id}) as work,
    ):
        result: Any = work.connection().execute(statement)
        answer = result.all() if result.returns_rows else result.rowcount
        work.commit()
        return answer


@pytest.mark.postgres
def test_third_wall_alone_shows_only_the_own_rows(cast: Cast, database: db.Database) -> None:
    assert _owner_rows(database) == 10
    seen = _as_web(database.writing, cast.acme, select(Employee.id))
    assert {row.id for row in seen} == {cast.employee_id(name) for name in cast.users if name != "outsider"}
    assert _as_web(database.writing, cast.acme, update(Employee).values(title="x")) == 9
    assert _as_web(database.writing, None, select(Employee.id)) == []
    assert _as_web(database.writing, cast.other, select(func.count()).select_from(Employee))[0][0] == 1


@pytest.mark.postgres
def test_third_wall_refuses_rows_of_another_workspace(cast: Cast, database: db.Database) -> None:
    row = {"workspace_id": cast.other, "id": "dep_1", "name": "x", "name_key": "x", "parent_key": "", "path": "/"}
    with pytest.raises(DBAPIError, match="row-level security"):
        _as_web(database.writing, cast.acme, insert(Department).values(**row, sort_order=0))
    with pytest.raises(DBAPIError, match="row-level security"):
        _as_web(database.writing, cast.acme, update(Employee).values(workspace_id=cast.other))


@pytest.mark.postgres
def test_third_wall_stands_around_every_workspace_table(cast: Cast, database: db.Database) -> None:
    statement = text(
        "SELECT relname FROM pg_class c WHERE relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    open_tables = {row.relname for row in _as_web(database.writing, cast.acme, statement)}
    assert not open_tables & {table.name for table in Base.metadata.sorted_tables if fence.in_workspace(table)}


@pytest.mark.postgres
def test_the_application_login_owns_nothing_and_reads_nothing_by_itself(cast: Cast, database: db.Database) -> None:
    with fence.opened(), database.reading.connect() as connection:
        about = connection.execute(
            text("SELECT rolsuper, rolbypassrls, rolinherit FROM pg_roles WHERE rolname = current_user")
        ).one()
        assert tuple(about) == (False, False, False)
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text("SELECT * FROM employee"))


@pytest.mark.postgres
def test_pooled_connections_forget_the_workspace(cast: Cast, database: db.Database) -> None:
    with unit(cast.acme, write=False) as work:
        assert work.scalar(select(func.count()).select_from(Employee).where(Employee.workspace_id == cast.acme)) == 9
    with unit(cast.other, write=False) as work:
        theirs = work.scalar(select(func.count()).select_from(Employee).where(Employee.workspace_id == cast.acme))
    assert theirs == 0


GLOBAL_TABLES = {
    "workspace",
    "user",
    "session",
    "membership",
    "personal_token",
    "password_reset",
    "sign_in_failure",
    "totp",
    "passkey",
    "passkey_challenge",
    "recovery_code",
    "second_step",
    "errand",
    "publisher",
    "operator_act",
    "app_suspension",
    "app_figures",
    "rating",
    "rating_report",
    "app",
    "app_credential",
    "app_signing_secret",
    "app_version",
    "listing",
    "installation_token",
    "signing_key",
    "spent_jti",
    "device_code",
    "device_try",
    "oauth_client",
    "oauth_grant",
    "oauth_consent",
    "authorization_code",
    "user_token",
    "refresh_token",
    "pump",
    "pump_lease",
    "webhook_key",
}


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_keeps_to_the_key_rule(table: Table) -> None:
    """Workspace tables: key, unique constraints and foreign keys begin with the workspace. Global ones are named."""
    if table.name in GLOBAL_TABLES:
        assert not fence.in_workspace(table)
        return
    assert next(iter(table.primary_key.columns)).name == "workspace_id", "the primary key begins with workspace_id"
    for index in table.indexes:
        if index.unique:
            assert next(iter(index.columns)).name == "workspace_id", f"unique index {index.name}"
    for constraint in table.foreign_key_constraints:
        target = constraint.referred_table.name
        names = [column.name for column in constraint.columns]
        assert target in GLOBAL_TABLES or names[0] == "workspace_id", f"foreign key to {target}"
        if target not in GLOBAL_TABLES:
            assert constraint.elements[0].column.name == "workspace_id"


def test_the_key_rule_is_not_vacuous() -> None:
    """A table that breaks the rule is seen by the same question."""
    stray = Table("stray", Base.metadata, Column("id", Integer, primary_key=True))
    try:
        with pytest.raises(AssertionError):
            test_every_table_keeps_to_the_key_rule(stray)
    finally:
        Base.metadata.remove(stray)


@pytest.mark.both_databases
def test_models_equal_migrations(database: db.Database, settings: Any) -> None:
    with fence.opened(), database.writing.connect() as connection:
        if not database.sqlite:
            connection.exec_driver_sql(f"SELECT set_config('role', '{SYSTEM_ROLE}', false)")
        assert migrations.differences(connection) == []


def test_a_system_unit_is_opened_only_where_it_is_known() -> None:
    """Work across workspaces is listed: a new caller is a decision."""
    root = Path(service.__file__).parents[3]
    callers = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "system_unit(" in path.read_text() and path.name != "unit_of_work.py"
    }
    assert callers == KNOWN_SYSTEM_UNITS


KNOWN_SYSTEM_UNITS = {
    "domains/api_log/partitions.py",
    "kernel/api_log.py",
    "domains/attendance/routes.py",
    "domains/approvals/sweeping.py",
    "account/logout.py",
    "admin/operator.py",
    "admin/operator_apps.py",
    "admin/operator_health.py",
    "admin/operator_publishers.py",
    "background.py",
    "cli/audit.py",
    "cli/keys.py",
    "cli/operator.py",
    "cli/status.py",
    "cli/workspace.py",
    "domains/audit/service/checkpoints.py",
    "domains/audit/service/deriving.py",
    "domains/catalogue/routes.py",
    "domains/catalogue/jobs.py",
    "domains/announcements/sweeping.py",
    "domains/contacts/sweeping.py",
    "domains/directory/doors.py",
    "domains/directory/presence_sweeping.py",
    "domains/files/sweeping.py",
    "domains/identity/doors.py",
    "domains/identity/errands.py",
    "domains/identity/readers.py",
    "domains/identity/second_steps.py",
    "domains/catalogue/service/proving.py",
    "domains/installations/counting.py",
    "domains/installations/jobs.py",
    "domains/installations/reach.py",
    "domains/installations/routes.py",
    "domains/installations/service/holding.py",
    "domains/installations/service/planning.py",
    "domains/oauth/client_authentication.py",
    "domains/oauth/device.py",
    "domains/oauth/documents.py",
    "domains/oauth/registration.py",
    "domains/notifications/sweeping.py",
    "domains/oauth/jobs.py",
    "domains/oauth/consenting.py",
    "domains/oauth/introspecting.py",
    "domains/oauth/registered.py",
    "domains/oauth/user_grants.py",
    "domains/installations/sweeping.py",
    "domains/interactions/sweeping.py",
    "domains/oauth/readers.py",
    "domains/oauth/routes.py",
    "domains/oauth/server.py",
    "domains/oauth/token_exchange.py",
    "domains/oauth/userinfo.py",
    "domains/webhooks/pump/books.py",
    "domains/webhooks/pump/pulse.py",
    "domains/webhooks/pump/fan_out.py",
    "domains/webhooks/pump/lease.py",
    "domains/webhooks/pump/pumping.py",
    "domains/webhooks/pump/replaying.py",
    "domains/webhooks/metrics.py",
    "domains/webhooks/partitions.py",
    "domains/webhooks/streaming.py",
    "domains/webhooks/routes.py",
    "domains/webhooks/sweeping.py",
    "domains/attendance/closing.py",
    "domains/attendance/sweeping.py",
    "domains/tickets/sweeping.py",
    "kernel/jobs/running.py",
    "kernel/last_use.py",
    "kernel/sightings.py",
    "kernel/statistics.py",
    "kernel/resealing.py",
    "up/fixture.py",
    "up/seed/cast.py",
}
