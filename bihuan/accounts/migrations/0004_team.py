"""Shifts, absences, skills and qualifications of the staff, and what departments demand (1.3)."""

from django.db import migrations, models
from django.db.models import F, Q


def _id():
    return ("id", models.BigIntegerField(primary_key=True, serialize=False))


def _staff():
    return ("staff_id", models.BigIntegerField())


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_keys")]
    operations = [
        migrations.CreateModel(
            name="Shift",
            fields=[
                _id(),
                _staff(),
                ("weekday", models.SmallIntegerField()),
                ("starts", models.SmallIntegerField()),
                ("ends", models.SmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["staff_id", "weekday", "starts"], name="one_shift_starts_at_a_time"
                    ),
                    models.CheckConstraint(
                        name="shift_within_a_week",
                        condition=Q(
                            weekday__range=(1, 7), starts__range=(0, 1439), ends__range=(1, 1440)
                        )
                        & ~Q(starts=F("ends")),
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                _id(),
                _staff(),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("reason", models.CharField(max_length=12)),
                ("noted_by", models.BigIntegerField()),
                ("noted_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        name="absence_ends_after_it_starts",
                        condition=Q(last_on__gte=F("first_on")),
                    ),
                    models.CheckConstraint(
                        name="absence_reason_known",
                        condition=Q(
                            reason__in=["leave", "sick", "business", "training", "other"]
                        ),
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["staff_id", "last_on"],
                        name="absence_running",
                        condition=Q(ended_at__isnull=True),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                _id(),
                _staff(),
                ("kind", models.CharField(max_length=14)),
                ("name", models.CharField(max_length=40)),
                ("valid_until", models.DateField(null=True)),
                ("dropped_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["staff_id", "kind", "name"],
                        name="one_qualification_of_a_name",
                        condition=Q(dropped_at__isnull=True),
                    ),
                    models.CheckConstraint(
                        name="qualification_kind_known",
                        condition=Q(kind__in=["qualification", "skill"]),
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Demand",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "department",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("department", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=40)),
            ],
        ),
    ]
