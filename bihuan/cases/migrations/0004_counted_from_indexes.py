"""Indexes that hold all that a count compares, so that inbox and overview count without rows."""

from django.db import migrations, models
from django.db.models import Q

OPEN = Q(state__in=["filed", "accepted", "resolved", "notified"])
URGENT = ["rank", "sort_due_at", "id"]
SEEN = ["person_id", "restricted"]
INBOX = (
    models.Index(fields=URGENT, name="case_inbox", condition=OPEN, include=["owner_id", *SEEN]),
    models.Index(fields=["owner_id", *URGENT], name="case_mine", condition=OPEN, include=SEEN),
    models.Index(
        fields=["department", *URGENT],
        name="case_of_team",
        condition=OPEN,
        include=["owner_id", *SEEN],
    ),
    models.Index(
        fields=URGENT,
        name="case_waiting",
        condition=Q(state="notified"),
        include=["owner_id", *SEEN],
    ),
)
OVERVIEW = (
    models.Index(
        fields=["told_at"],
        name="case_told",
        condition=Q(told_at__isnull=False),
        include=["round_at", "id", "owner_id", *SEEN],
    ),
    models.Index(fields=["owner_id"], name="case_hidden", condition=Q(restricted=True)),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_held")]
    operations = [
        *(migrations.RemoveIndex("case", index.name) for index in INBOX),
        *(migrations.AddIndex("case", index) for index in (*INBOX, *OVERVIEW)),
        migrations.AddIndex(
            "clock",
            models.Index(
                fields=["due_at"],
                name="clock_judged",
                condition=Q(hard=True, void_at__isnull=True)
                & (Q(done_at__isnull=False) | Q(late_at__isnull=False)),
                include=["milestone", "done_at", "case_id"],
            ),
        ),
    ]
