"""attempts by day: on PostgreSQL the log of attempts is partitioned by the day in its ids"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

revision = "attempts_by_day"
down_revision = "choices_of_endpoints"

_FOREIGN_KEYS = """
    ALTER TABLE attempt
      ADD CONSTRAINT pk_attempt PRIMARY KEY (workspace_id, id),
      ADD CONSTRAINT fk_attempt_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspace (id) ON DELETE CASCADE,
      ADD CONSTRAINT fk_attempt_workspace_id_delivery_id FOREIGN KEY (workspace_id, delivery_id)
          REFERENCES delivery (workspace_id, id) ON DELETE CASCADE"""
_INDEX = "CREATE INDEX ix_attempt_workspace_id_delivery_id_id ON attempt (workspace_id, delivery_id, id)"
_POLICIES = """
    ALTER TABLE attempt ENABLE ROW LEVEL SECURITY;
    ALTER TABLE attempt FORCE ROW LEVEL SECURITY;
    CREATE POLICY portico_workspace ON attempt FOR ALL TO portico_web
        USING (workspace_id = current_setting('portico.workspace', true))
        WITH CHECK (workspace_id = current_setting('portico.workspace', true));
    CREATE POLICY portico_system ON attempt FOR ALL TO portico_system USING (true) WITH CHECK (true)"""

# The least id of a day: the prefix and the ten characters that hold the time of a UUIDv7 (portico.kernel.ids).
_BOUND = """
CREATE FUNCTION portico_attempt_bound(day date) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT 'at_' || string_agg(
        substr('0123456789abcdefghijklmnopqrstuv',
               ((extract(epoch FROM day)::bigint * 1000 >> (45 - 5 * n)) & 31)::int + 1, 1), '' ORDER BY n)
      FROM generate_series(0, 9) n
$$"""

# One step of keeping the log: drop one partition that has had its time, or make one that is missing. Answers which, or
# null when there is nothing to do. The application owns no table, so this runs as its owner, for the system role alone.
# Whoever waits longer than half a second for a lock gives up, before PostgreSQL looks for deadlocks; the caller tries
# again another time. Locks are taken in the order of the pump: delivery, attempt.
_KEEP = """
CREATE FUNCTION portico_keep_attempts(moment timestamptz, days_ahead int, days_kept int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    today date := (moment AT TIME ZONE 'UTC')::date;
    part text;
    day date;
    low text;
    high text;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7061727) THEN
        RETURN NULL;
    END IF;
    SELECT c.relname INTO part FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'attempt'::regclass AND c.relname ~ '_[0-9]{8}$'
       AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - days_kept
     ORDER BY c.relname LIMIT 1;
    IF part IS NOT NULL THEN
        EXECUTE format('DROP TABLE %I', part);
        RETURN part;
    END IF;
    FOR day IN SELECT today + n FROM generate_series(0, days_ahead) n LOOP
        part := 'attempt_' || to_char(day, 'YYYYMMDD');
        low := portico_attempt_bound(day);
        high := portico_attempt_bound(day + 1);
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
             WHERE i.inhparent = 'attempt'::regclass
               AND (c.relname = part
                    OR c.relname ~ '^attempt_until_' AND to_date(right(c.relname, 8), 'YYYYMMDD') >= day));
        LOCK TABLE workspace, delivery IN SHARE ROW EXCLUSIVE MODE;
        LOCK TABLE attempt IN SHARE UPDATE EXCLUSIVE MODE;
        LOCK TABLE attempt_default IN ACCESS EXCLUSIVE MODE;
        ALTER TABLE attempt_default NO FORCE ROW LEVEL SECURITY;
        -- What came while there was none for its day. Too much to move under a lock stays, and is swept in batches.
        IF (SELECT count(*) FROM (SELECT FROM attempt_default WHERE id >= low AND id < high LIMIT 10001) n) <= 10000
        THEN
            EXECUTE format('CREATE TABLE %I (LIKE attempt INCLUDING ALL)', part);
            EXECUTE format(
                'WITH moved AS (DELETE FROM attempt_default WHERE id >= %L AND id < %L RETURNING *) '
                'INSERT INTO %I SELECT * FROM moved', low, high, part);
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE attempt ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, low, high);
            ALTER TABLE attempt_default FORCE ROW LEVEL SECURITY;
            RETURN part;
        END IF;
        ALTER TABLE attempt_default FORCE ROW LEVEL SECURITY;
    END LOOP;
    RETURN NULL;
END
$$"""
_ONLY_THE_SYSTEM = """
    REVOKE ALL ON FUNCTION portico_keep_attempts(timestamptz, int, int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION portico_keep_attempts(timestamptz, int, int) TO portico_system"""

# What there is becomes the partition of everything until today, where it lies.
_KEEP_THE_OLD = """
DO $$
DECLARE
    last date := (now() AT TIME ZONE 'UTC')::date;
    old text := 'attempt_until_' || to_char(last, 'YYYYMMDD');
    high text := portico_attempt_bound(last + 1);
BEGIN
    ALTER TABLE attempt_old NO FORCE ROW LEVEL SECURITY;
    IF NOT EXISTS (SELECT FROM attempt_old) THEN
        DROP TABLE attempt_old;
        RETURN;
    END IF;
    DROP POLICY portico_workspace ON attempt_old;
    DROP POLICY portico_system ON attempt_old;
    WITH later AS (DELETE FROM attempt_old WHERE id >= high RETURNING *) INSERT INTO attempt_default
    SELECT * FROM later;
    ALTER TABLE attempt_old FORCE ROW LEVEL SECURITY;
    EXECUTE format('ALTER TABLE attempt_old RENAME TO %I', old);
    EXECUTE format('ALTER TABLE %I RENAME CONSTRAINT pk_attempt_old TO %I', old, 'pk_' || old);
    EXECUTE format('ALTER INDEX ix_attempt_old RENAME TO %I', 'ix_' || old);
    EXECUTE format('ALTER TABLE attempt ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', old, high);
END
$$"""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for statement in (
        "ALTER TABLE attempt RENAME TO attempt_old",
        "ALTER TABLE attempt_old RENAME CONSTRAINT pk_attempt TO pk_attempt_old",
        "ALTER INDEX ix_attempt_workspace_id_delivery_id_id RENAME TO ix_attempt_old",
        "CREATE TABLE attempt (LIKE attempt_old) PARTITION BY RANGE (id)",
        _FOREIGN_KEYS,
        _INDEX,
        _POLICIES,
        "CREATE TABLE attempt_default PARTITION OF attempt DEFAULT",
        "ALTER TABLE attempt_default ENABLE ROW LEVEL SECURITY",
        _BOUND,
        _KEEP_THE_OLD,
        "ALTER TABLE attempt_default FORCE ROW LEVEL SECURITY",
        _KEEP,
        _ONLY_THE_SYSTEM,
    ):
        connection.exec_driver_sql(statement.replace("%", "%%"))
    _make_days(connection)


def _make_days(connection: Connection) -> None:
    while connection.execute(sa.text("SELECT portico_keep_attempts(now(), 7, 30)")).scalar():
        pass


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for statement in (
        "ALTER TABLE attempt NO FORCE ROW LEVEL SECURITY",
        "CREATE TABLE attempt_whole (LIKE attempt)",
        "INSERT INTO attempt_whole SELECT * FROM attempt",
        "DROP TABLE attempt",
        "ALTER TABLE attempt_whole RENAME TO attempt",
        _FOREIGN_KEYS,
        _INDEX,
        _POLICIES,
        "DROP FUNCTION portico_keep_attempts(timestamptz, int, int)",
        "DROP FUNCTION portico_attempt_bound(date)",
    ):
        connection.exec_driver_sql(statement)
