"""Steps that wait a few seconds before they are taken, so that they can be taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_guard")]
    operations = [
        migrations.CreateModel(
            name="Held",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("case_id", models.BigIntegerField()),
                ("number", models.CharField(max_length=20)),
                ("staff_id", models.BigIntegerField()),
                ("action", models.CharField(max_length=20)),
                ("sealed", models.BinaryField()),
                ("due_at", models.DateTimeField()),
                ("came_back", models.CharField(blank=True, max_length=30)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("came_back", "")), fields=["due_at"], name="held_due"
                    ),
                    models.Index(fields=["staff_id"], name="held_by_staff"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case_id", "staff_id", "action"),
                        name="one_held_step_of_a_kind_and_person",
                    )
                ],
            },
        ),
    ]
