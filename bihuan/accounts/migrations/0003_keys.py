"""The keys that somebody has chosen for the desk."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_code_asker")]
    operations = [
        migrations.CreateModel(
            name="StaffKeys",
            fields=[
                ("staff_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("off", models.BooleanField(default=False)),
                ("keys", models.JSONField(default=dict)),
            ],
        ),
    ]
