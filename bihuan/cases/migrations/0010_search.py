"""The index of words: filled by a subscriber and by `cases.tasks.index_missing`, off the hot path.

It has no wall of its own as 0002 builds them: `@@` may not be asked before a policy, so behind one
no index of words would ever be used. Whoever searches joins `cases_case`, which has its wall.
The tokens lie outside the row (TOAST): what orders a list, id and time, is then read in few pages.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

OUTSIDE = "ALTER TABLE cases_searchtext SET (toast_tuple_target = 128)"
INSIDE = "ALTER TABLE cases_searchtext RESET (toast_tuple_target)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_rungs_and_words")]
    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("case_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("received_at", models.DateTimeField()),
                ("tokens", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["tokens"], gin_pending_list_limit=1024, name="search_by_token"
                    )
                ],
            },
        ),
        migrations.RunSQL(OUTSIDE, INSIDE),
    ]
