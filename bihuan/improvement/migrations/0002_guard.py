"""The papers of a meeting that has ended stay as they are (1.1).

Of a decision only what comes after the meeting may still be written: published, and done.
"""

from typing import ClassVar

from django.db import migrations

AFTERWARDS = "published_at, published_by, done_at, done_by"
STAYS = f"""
CREATE FUNCTION improvement_has_ended(meeting bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM improvement_meeting m WHERE m.id = meeting AND m.state <> 'planned')
$$;
CREATE FUNCTION improvement_papers_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paper jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    meeting bigint;
BEGIN
    IF TG_TABLE_NAME = 'improvement_vote' THEN
        SELECT d.meeting_id INTO meeting FROM improvement_decision d
            WHERE d.id = (paper ->> 'decision_id')::bigint;
    ELSIF TG_TABLE_NAME = 'improvement_recusal' THEN
        SELECT i.meeting_id INTO meeting FROM improvement_item i
            WHERE i.id = (paper ->> 'item_id')::bigint;
    ELSIF TG_TABLE_NAME = 'improvement_meeting' THEN
        meeting := OLD.id;
    ELSE
        meeting := (paper ->> 'meeting_id')::bigint;
    END IF;
    IF improvement_has_ended(meeting) THEN
        IF TG_TABLE_NAME = 'improvement_decision' AND TG_OP = 'UPDATE' THEN
            IF to_jsonb(OLD) - string_to_array('{AFTERWARDS}', ', ')
                = to_jsonb(NEW) - string_to_array('{AFTERWARDS}', ', ')
            THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION 'the meeting has ended: % of % is refused (1.1)', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
OPEN = """
DROP FUNCTION improvement_papers_stay();
DROP FUNCTION improvement_has_ended(bigint);
"""
GUARD = """
CREATE TRIGGER {table}_stays BEFORE {when} ON improvement_{table}
    FOR EACH ROW EXECUTE FUNCTION improvement_papers_stay();
"""
TABLES = {
    "meeting": "UPDATE OR DELETE",
    "item": "INSERT OR UPDATE OR DELETE",
    "attendance": "INSERT OR UPDATE OR DELETE",
    "recusal": "INSERT OR UPDATE OR DELETE",
    "decision": "INSERT OR UPDATE OR DELETE",
    "vote": "INSERT OR UPDATE OR DELETE",
}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("improvement", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(STAYS, OPEN),
        *(
            migrations.RunSQL(
                GUARD.format(table=table, when=when),
                f"DROP TRIGGER {table}_stays ON improvement_{table};",
            )
            for table, when in TABLES.items()
        ),
    ]
