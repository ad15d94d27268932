"""One step for many cases with what became of each, and lists kept under a name."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_serial")]
    operations = [
        migrations.CreateModel(
            name="BulkRun",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("staff_id", models.BigIntegerField()),
                ("mark", models.CharField(max_length=24)),
                ("action", models.CharField(max_length=20)),
                ("sealed", models.BinaryField()),
                ("state", models.CharField(default="held", max_length=12)),
                ("total", models.IntegerField()),
                ("ordered_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("undoes", models.BigIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(state__in=["held", "running"]),
                        fields=["due_at"],
                        name="bulk_run_due",
                    ),
                    models.Index(fields=["staff_id", "-ordered_at"], name="bulk_run_by_staff"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("staff_id", "mark"), name="one_bulk_run_per_form"
                    ),
                    models.UniqueConstraint(
                        condition=Q(undoes__gt=0),
                        fields=("undoes",),
                        name="one_undoing_of_a_bulk_run",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["held", "running", "ended", "taken_back"]),
                        name="bulk_run_state_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="ended", ended_at__isnull=False)
                        | (~Q(state="ended") & Q(ended_at__isnull=True)),
                        name="bulk_run_ended_iff_ended_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkItem",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id", "case_id", blank=True, editable=False, primary_key=True,
                        serialize=False,
                    ),
                ),
                ("run_id", models.BigIntegerField()),
                ("case_id", models.BigIntegerField()),
                ("place", models.IntegerField()),
                ("number", models.CharField(max_length=20)),
                ("version", models.IntegerField()),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("why", models.CharField(blank=True, max_length=30)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=["waiting", "done", "refused"]),
                        name="bulk_item_state_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="refused", why__gt="")
                        | (~Q(state="refused") & Q(why="")),
                        name="bulk_item_says_why_it_was_refused",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("staff_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=30)),
                ("query", models.JSONField()),
                ("shared", models.CharField(blank=True, max_length=12)),
                ("department", models.CharField(blank=True, max_length=30)),
                ("place", models.IntegerField(default=0)),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(condition=~Q(shared=""), fields=["shared"], name="view_shared")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("staff_id", "name"), name="one_view_of_a_name_and_person"
                    ),
                    models.CheckConstraint(
                        condition=Q(shared__in=["", "department", "everybody"]),
                        name="view_shared_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(shared="department", department__gt="")
                        | (~Q(shared="department") & Q(department="")),
                        name="view_of_a_department_names_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StartView",
            fields=[
                ("staff_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("view_id", models.BigIntegerField()),
            ],
        ),
    ]
