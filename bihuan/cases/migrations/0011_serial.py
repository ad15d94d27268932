"""Fingerprints of words beside the index, and what people judged of claims in series."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_search")]
    operations = [
        migrations.AddField(
            "searchtext", "words", models.BigIntegerField(default=0, db_default=0)
        ),
        migrations.AddIndex(
            "searchtext",
            models.Index(fields=["received_at"], include=["words"], name="search_by_time"),
        ),
        migrations.CreateModel(
            name="SerialMark",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("person_id", models.BigIntegerField(default=0)),
                ("merchant_id", models.BigIntegerField(default=0)),
                ("fingerprint", models.BigIntegerField(default=0)),
                ("verdict", models.CharField(max_length=12)),
                ("reason", models.CharField(max_length=300)),
                ("salt", models.BinaryField(max_length=16)),
                ("staff_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person_id", "merchant_id", "fingerprint"),
                        name="one_mark_per_series",
                    ),
                    models.CheckConstraint(
                        name="serial_of_a_person_or_of_words",
                        condition=Q(person_id__gt=0, merchant_id=0, fingerprint=0)
                        | Q(person_id=0, merchant_id__gt=0, fingerprint__gt=0),
                    ),
                    models.CheckConstraint(
                        name="serial_verdict_known",
                        condition=Q(verdict__in=["not_serial", "watch"]),
                    ),
                ],
            },
        ),
    ]
