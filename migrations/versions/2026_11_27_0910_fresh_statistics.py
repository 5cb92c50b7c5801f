"""fresh statistics: on PostgreSQL the application may have tables looked at anew that have grown quickly"""

from alembic import op

revision = "fresh_statistics"
down_revision = "runs_together"

# ANALYZE is the owner's to run, and the application owns no table. One table after the other, each in the transaction
# of the caller; who waits for a lock for half a second gives up.
_REFRESH = """
CREATE FUNCTION portico_refresh_statistics() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    grown name;
    done int := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7061728) THEN
        RETURN 0;
    END IF;
    FOR grown IN
        SELECT c.relname FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
         WHERE s.schemaname = 'public' AND c.relkind = 'r'
           AND s.n_mod_since_analyze > 100 + 2 * greatest(c.reltuples, 0)
         ORDER BY c.relname
    LOOP
        EXECUTE format('ANALYZE %I', grown);
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$"""
_ONLY_THE_SYSTEM = """
    REVOKE ALL ON FUNCTION portico_refresh_statistics() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION portico_refresh_statistics() TO portico_system"""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for statement in (_REFRESH, _ONLY_THE_SYSTEM):
            connection.exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION portico_refresh_statistics()")
