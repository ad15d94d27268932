"""The second wall for customers and merchants, and the numbers cases are called by.

A door that speaks for a customer names the person with `SET LOCAL bihuan.person`; then only that
person's rows exist for the statement, whatever its WHERE says; a guest's door names the one case too.
Staff doors and jobs name nobody.
"""

from django.db import migrations

PERSON = "NULLIF(current_setting('bihuan.person', true), '')::bigint"
GUEST = "COALESCE(NULLIF(current_setting('bihuan.guest_case', true), ''), '0')::bigint"
OWN = f"({PERSON} IS NULL OR (person_id = {PERSON} AND {GUEST} IN (0, id)))"
OF_OWN_CASE = (
    f"({PERSON} IS NULL OR EXISTS (SELECT 1 FROM cases_case c "
    f"WHERE c.id = case_id AND c.person_id = {PERSON} AND {GUEST} IN (0, c.id)))"
)
TABLES = {"cases_case": OWN, "cases_entry": OF_OWN_CASE, "cases_finding": OF_OWN_CASE}

FORWARD = "\n".join(
    ["CREATE SEQUENCE bihuan_numbers INCREMENT BY 100 CACHE 1;"]
    + [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY {table}_read ON {table} FOR SELECT USING {rule};\n"
        f"CREATE POLICY {table}_change ON {table} FOR UPDATE USING {rule} WITH CHECK {rule};\n"
        f"CREATE POLICY {table}_remove ON {table} FOR DELETE USING {rule};\n"
        f"CREATE POLICY {table}_add ON {table} FOR INSERT WITH CHECK (true);"
        for table, rule in TABLES.items()
    ]
)
BACKWARD = "\n".join(
    ["DROP SEQUENCE bihuan_numbers;"]
    + [
        f"DROP POLICY {table}_read ON {table}; DROP POLICY {table}_change ON {table};\n"
        f"DROP POLICY {table}_remove ON {table}; DROP POLICY {table}_add ON {table};\n"
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
        for table in TABLES
    ]
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
