"""The index of the overview also holds what was missed before its case ended."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_beyond_the_wall")]
    operations = [
        migrations.RemoveIndex("clock", "clock_judged"),
        migrations.AddIndex(
            "clock",
            models.Index(
                fields=["due_at"],
                name="clock_judged",
                condition=Q(hard=True) & (Q(done_at__isnull=False) | Q(late_at__isnull=False)),
                include=["milestone", "done_at", "case_id"],
            ),
        ),
    ]
