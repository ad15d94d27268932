"""The log and its seals only grow: triggers and grants refuse the rest; and the ids' sequence."""

from typing import ClassVar

from django.db import migrations

from bihuan.store.grants import append_only

REFUSE = """
CREATE FUNCTION events_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows: % is refused (2.2.4, append-only log)', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""
# ALWAYS: also where session_replication_role hides ordinary triggers
GUARD = """
CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION events_only_grow();
CREATE TRIGGER {table}_row_stays BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION events_only_grow();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_only_grows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_row_stays;
"""
OPEN = """
DROP TRIGGER {table}_only_grows ON {table};
DROP TRIGGER {table}_row_stays ON {table};
"""
TABLES = ("events_event", "events_dayseal")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("events", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION events_only_grow()"),
        *(migrations.RunSQL(GUARD.format(table=t), OPEN.format(table=t)) for t in TABLES),
        *(migrations.RunSQL(append_only(t), migrations.RunSQL.noop) for t in TABLES),
        migrations.RunSQL(
            "CREATE SEQUENCE bihuan_ids INCREMENT BY 100", "DROP SEQUENCE bihuan_ids"
        ),
    ]
