"""The log of what apps asked of the API; on PostgreSQL partitioned by the day in its ids."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from portico.kernel.db import Instant
from portico.kernel.migrations import protect

revision = "api_log"
down_revision = "web_push"

_ID = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_FAILED = sa.text("status >= 400")
_GIVEN = sa.text("given_id IS NOT NULL")

# The least id of a day, as portico_attempt_bound says it for attempts.
_BOUND = """
CREATE FUNCTION portico_api_request_bound(day date) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT 'req_' || string_agg(
        substr('0123456789abcdefghijklmnopqrstuv',
               ((extract(epoch FROM day)::bigint * 1000 >> (45 - 5 * n)) & 31)::int + 1, 1), '' ORDER BY n)
      FROM generate_series(0, 9) n
$$"""

# One step: drop one partition that has had its time, or make one that is missing. Answers which, or null when there is
# nothing to do. The application owns no table, so this runs as its owner, for the system role alone. Whoever waits
# longer than half a second for a lock gives up; the caller tries again another time.
_KEEP = """
CREATE FUNCTION portico_keep_api_requests(moment timestamptz, days_ahead int, days_kept int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    today date := (moment AT TIME ZONE 'UTC')::date;
    part text;
    day date;
    low text;
    high text;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7061728) THEN
        RETURN NULL;
    END IF;
    SELECT c.relname INTO part FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'api_request'::regclass AND c.relname ~ '_[0-9]{8}$'
       AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - days_kept
     ORDER BY c.relname LIMIT 1;
    IF part IS NOT NULL THEN
        EXECUTE format('DROP TABLE %I', part);
        RETURN part;
    END IF;
    FOR day IN SELECT today + n FROM generate_series(0, days_ahead) n LOOP
        part := 'api_request_' || to_char(day, 'YYYYMMDD');
        low := portico_api_request_bound(day);
        high := portico_api_request_bound(day + 1);
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
             WHERE i.inhparent = 'api_request'::regclass AND c.relname = part);
        LOCK TABLE api_request IN SHARE UPDATE EXCLUSIVE MODE;
        LOCK TABLE api_request_default IN ACCESS EXCLUSIVE MODE;
        ALTER TABLE api_request_default NO FORCE ROW LEVEL SECURITY;
        -- What came while there was none for its day. Too much to move under a lock stays, and is swept in batches.
        IF (SELECT count(*) FROM (SELECT FROM api_request_default WHERE id >= low AND id < high LIMIT 10001) n) <= 10000
        THEN
            EXECUTE format('CREATE TABLE %I (LIKE api_request INCLUDING ALL)', part);
            EXECUTE format(
                'WITH moved AS (DELETE FROM api_request_default WHERE id >= %L AND id < %L RETURNING *) '
                'INSERT INTO %I SELECT * FROM moved', low, high, part);
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE api_request ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, low, high);
            ALTER TABLE api_request_default FORCE ROW LEVEL SECURITY;
            RETURN part;
        END IF;
        ALTER TABLE api_request_default FORCE ROW LEVEL SECURITY;
    END LOOP;
    RETURN NULL;
END
$$"""
_ONLY_THE_SYSTEM = """
    REVOKE ALL ON FUNCTION portico_keep_api_requests(timestamptz, int, int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION portico_keep_api_requests(timestamptz, int, int) TO portico_system"""


def upgrade() -> None:
    op.create_table(
        "api_request",
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("installation_id", _ID, nullable=False),
        sa.Column("app_id", _ID, nullable=False),
        sa.Column("employee_id", _ID, nullable=True),
        sa.Column("given_id", _KEY, nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("method", _KEY, nullable=False),
        sa.Column("operation", _KEY, nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("query_keys", _JSON, nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("code", _KEY, nullable=True),
        sa.Column("errors", _JSON, nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("scopes_needed", _JSON, nullable=False),
        sa.Column("scopes_held", _JSON, nullable=False),
        sa.Column("user_agent", _KEY, nullable=True),
        sa.Column("rate_limit", _KEY, nullable=True),
        sa.Column("rate_limit_policy", _KEY, nullable=True),
        sa.Column("replayed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_api_request")),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index(
        op.f("ix_api_request_workspace_id_installation_id_id"),
        "api_request",
        ["workspace_id", "installation_id", "id"],
    )
    op.create_index(
        "ix_api_request_failed",
        "api_request",
        ["workspace_id", "installation_id", "id"],
        postgresql_where=_FAILED,
        sqlite_where=_FAILED,
    )
    op.create_index(
        "ix_api_request_given",
        "api_request",
        ["workspace_id", "given_id"],
        postgresql_where=_GIVEN,
        sqlite_where=_GIVEN,
    )
    protect(op.get_bind())
    _partition(op.get_bind())


def _partition(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    for statement in (
        "CREATE TABLE api_request_default PARTITION OF api_request DEFAULT",
        "ALTER TABLE api_request_default ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE api_request_default FORCE ROW LEVEL SECURITY",
        _BOUND,
        _KEEP,
        _ONLY_THE_SYSTEM,
    ):
        connection.exec_driver_sql(statement.replace("%", "%%"))
    while connection.execute(sa.text("SELECT portico_keep_api_requests(now(), 7, 7)")).scalar():
        pass


def downgrade() -> None:
    op.drop_table("api_request")
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION portico_keep_api_requests(timestamptz, int, int)")
        connection.exec_driver_sql("DROP FUNCTION portico_api_request_bound(date)")
