"""Which dues were kept, and the sums of them by which reports are read in any house (2.3.2)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Unreckoned(models.Model):
    """A case of which something happened that may decide a due, since it was last reckoned."""

    case_id = models.BigIntegerField(primary_key=True)


class Judged(models.Model):
    """One due that was kept or missed: whose it was then, and how many minutes late.

    `late` is 0 when it was kept, null while it runs on; `step` is that of lateness.py. The
    severity is the case's as it is graded now.
    """

    pk = models.CompositePrimaryKey("case_id", "round", "milestone", "due_at")
    case_id = models.BigIntegerField()
    round = models.IntegerField()
    milestone = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    hard = models.BooleanField()
    clauses = models.CharField(max_length=120)
    severity = models.CharField(max_length=12)
    department = models.CharField(max_length=30)
    staff_id = models.BigIntegerField()
    late = models.IntegerField(null=True)
    step = models.SmallIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-due_at", "case_id"], name="judged_by_due"),
            models.Index(
                fields=["-due_at", "case_id"],
                name="judged_late_by_due",
                condition=~Q(step=0),
            ),
            models.Index(fields=["staff_id", "-due_at"], name="judged_by_staff"),
        ]


class OnTime(models.Model):
    """How many dues of a day (grain d) or month (m) were judged alike.

    In each respect by itself, so that the rows of a year stay few: scope k by step and clauses,
    s by severity, d by department, p by person; the other columns are empty.
    """

    pk = models.CompositePrimaryKey(
        "grain", "day", "scope", "hard", "staff_id", "milestone", "clauses", "severity",
        "department", "step",
    )  # fmt: skip
    grain = models.CharField(max_length=1)
    day = models.DateField()
    scope = models.CharField(max_length=1)
    hard = models.BooleanField()
    staff_id = models.BigIntegerField(default=0)
    milestone = models.CharField(max_length=40, blank=True)
    clauses = models.CharField(max_length=120, blank=True)
    severity = models.CharField(max_length=12, blank=True)
    department = models.CharField(max_length=30)
    step = models.SmallIntegerField()
    n = models.IntegerField()
