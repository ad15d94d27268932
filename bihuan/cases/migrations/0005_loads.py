"""How much everybody has in hand, counted past the wall: numbers only, nothing of a person.

A complaint that a customer files goes to whoever has the most room (2.2.2), and behind the wall
of 0002 only that customer's own cases would count.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION cases_in_hand(owners bigint[]) RETURNS TABLE (owner_id bigint, cases bigint)
LANGUAGE sql STABLE SET bihuan.person = '' AS $$
    SELECT owner_id, count(*) FROM cases_case
    WHERE state IN ('filed', 'accepted', 'resolved', 'notified') AND owner_id = ANY (owners)
    GROUP BY owner_id
$$
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_counted_from_indexes")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION cases_in_hand(bigint[])")]
