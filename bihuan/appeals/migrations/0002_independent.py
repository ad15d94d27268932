"""The last word on who reviews (3.2), and the wall for customers.

Nobody is the reviewer of an open or decided appeal who acted on its case, or on one merged with
it or split from it, had it in hand, works in its department, or declared a tie to its merchant:
whatever way the row is written, the database refuses it. It reads behind no person's wall.
"""

from django.db import migrations

PERSON = "NULLIF(current_setting('bihuan.person', true), '')::bigint"
GUEST = "COALESCE(NULLIF(current_setting('bihuan.guest_case', true), ''), '0')::bigint"
OWN = f"({PERSON} IS NULL OR (person_id = {PERSON} AND {GUEST} IN (0, case_id)))"
OF_OWN = f"({PERSON} IS NULL OR EXISTS (SELECT 1 FROM appeals_appeal a WHERE a.id = appeal_id))"
HOUSE = f"({PERSON} IS NULL)"
TABLES = {
    "appeals_appeal": OWN, "appeals_appealclock": OF_OWN, "appeals_interest": HOUSE,
}  # fmt: skip

INDEPENDENT = """
CREATE FUNCTION appeals_reviewer_is_independent() RETURNS trigger
LANGUAGE plpgsql SET bihuan.person = '' AS $$
BEGIN
    IF NEW.reviewer_id = 0 OR NEW.state NOT IN ('filed', 'in_review', 'decided') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.reviewer_id = OLD.reviewer_id AND NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT 1 FROM events_event e
        WHERE e.stream IN (
            SELECT NEW.case_id UNION
            SELECT c.id FROM events_event m JOIN cases_case c ON c.number = m.data->>'other'
            WHERE m.stream = NEW.case_id AND m.data ? 'other'
        )
        AND e.kind NOT IN ('case.reader_added', 'case.reader_removed')
        AND NOT (
            e.data->>'appeal' = NEW.id::text AND e.kind IN (
                'appeal.appointed', 'appeal.unreviewed', 'appeal.accepted', 'appeal.asked',
                'appeal.declined', 'appeal.recused', 'appeal.decided'
            )
        )
        AND (
            (e.actor_id = NEW.reviewer_id
             AND e.actor_role NOT IN ('customer', 'merchant', 'system'))
            OR NEW.reviewer_id::text
                IN (e.data->>'owner', e.data->>'lead', e.data->>'staff', e.data->>'agent')
        )
    ) OR EXISTS (
        SELECT 1 FROM cases_case c JOIN accounts_staff s ON s.id = NEW.reviewer_id
        WHERE c.id = NEW.case_id
        AND (c.owner_id = s.id OR (s.department <> '' AND c.department = s.department))
    ) OR EXISTS (
        SELECT 1 FROM cases_case c JOIN appeals_interest i ON i.merchant_id = c.merchant_id
        WHERE c.id = NEW.case_id AND i.staff_id = NEW.reviewer_id AND i.ended_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the reviewer of an appeal had to do with its case'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_reviewer_is_independent';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_reviewer_is_independent BEFORE INSERT OR UPDATE ON appeals_appeal
    FOR EACH ROW EXECUTE FUNCTION appeals_reviewer_is_independent();
"""
WALLS = "\n".join(
    f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
    f"CREATE POLICY {table}_own ON {table} USING {rule};"
    for table, rule in TABLES.items()
)
BACKWARD = (
    "\n".join(
        f"DROP POLICY {table}_own ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
        for table in TABLES
    )
    + "\nDROP TRIGGER appeal_reviewer_is_independent ON appeals_appeal;"
    + "\nDROP FUNCTION appeals_reviewer_is_independent();"
)


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0001_initial"),
        ("accounts", "0008_wechat"),
        ("cases", "0022_follow_ups_climb"),
        ("events", "0002_append_only"),
    ]
    operations = [migrations.RunSQL(INDEPENDENT + WALLS, BACKWARD)]
