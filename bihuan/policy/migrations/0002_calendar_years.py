"""A year's arrangement is proposed, approved by a second person, and carried through.

Nothing wrote the table before, so it is made anew.
"""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]
    operations = [
        migrations.DeleteModel("CalendarYear"),
        migrations.CreateModel(
            "CalendarYear",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("year", models.IntegerField()),
                ("text", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("source", models.TextField()),
                ("published", models.DateField()),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.BigIntegerField()),
                ("approved_at", models.DateTimeField(null=True)),
                ("approved_by", models.BigIntegerField(default=0)),
                ("dropped_at", models.DateTimeField(null=True)),
                ("recounted_to", models.BigIntegerField(default=0)),
                ("recounted_at", models.DateTimeField(null=True)),
                ("cases_moved", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["year"],
                        name="one_calendar_proposal_per_year",
                        condition=Q(approved_at=None, dropped_at=None),
                    ),
                    models.CheckConstraint(
                        name="calendar_approved_by_a_second_person",
                        condition=Q(approved_at=None)
                        | Q(proposed_by=0)
                        | ~Q(approved_by=F("proposed_by")),
                    ),
                ]
            },
        ),
    ]
