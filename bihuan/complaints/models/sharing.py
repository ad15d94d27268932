"""A share of a complaint that another department works, with its own owner and time (2.2.3)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class SubTask(models.Model):
    """What one department owes the lead of a case, by when; the case waits for all of them."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    what = models.CharField(max_length=500)
    department = models.CharField(max_length=30)
    owner_id = models.BigIntegerField(default=0)
    opened_by = models.BigIntegerField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    result = models.TextField(blank=True)
    done_by = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="sub_task_due_after_it_was_given", condition=Q(due_at__gt=F("opened_at"))
            ),
            models.CheckConstraint(
                name="sub_task_done_with_a_result",
                condition=Q(done_at__isnull=True) | (~Q(result="") & Q(done_by__gt=0)),
            ),
            models.CheckConstraint(
                name="sub_task_done_or_dropped_not_both",
                condition=Q(done_at__isnull=True) | Q(dropped_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="sub_task_by_case"),
            models.Index(
                fields=["department", "owner_id", "due_at"],
                name="sub_task_open",
                condition=Q(done_at__isnull=True, dropped_at__isnull=True),
            ),
            models.Index(
                fields=["due_at"],
                name="sub_task_running",
                condition=Q(done_at__isnull=True, dropped_at__isnull=True, late_at__isnull=True),
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None
