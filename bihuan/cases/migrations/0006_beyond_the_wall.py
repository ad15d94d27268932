"""One case read past the wall of 0002: for whoever holds what made it.

A guest who presses the button twice stands before the wall as somebody else the second time, or
as nobody: the case that the first press made is not there for them, and its number must still be
told. The caller holds the key or the draft that filed it.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION case_beyond_the_wall(wanted bigint) RETURNS SETOF cases_case
LANGUAGE sql STABLE SET bihuan.person = '' AS $$
    SELECT * FROM cases_case WHERE id = wanted
$$
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_loads")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION case_beyond_the_wall(bigint)")]
