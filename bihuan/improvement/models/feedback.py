"""How much a piece of feedback weighs, as judged each time somebody judged it (7.2)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

PRIORITIES = ["urgent", "important", "general"]


class FeedbackTriage(models.Model):
    """One judgement; the earlier ones of the case are kept and no longer current.

    `computed` is what the table gives for the three values; `level` is what holds, another only
    with a reason.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    severity = models.SmallIntegerField()
    reach = models.SmallIntegerField()
    haste = models.SmallIntegerField()
    computed = models.CharField(max_length=12)
    level = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    current = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id"], name="one_current_triage_per_case", condition=Q(current=True)
            ),
            models.CheckConstraint(
                name="triage_values_one_to_three",
                condition=Q(severity__range=(1, 3), reach__range=(1, 3), haste__range=(1, 3)),
            ),
            models.CheckConstraint(
                name="triage_level_known",
                condition=Q(level__in=PRIORITIES, computed__in=PRIORITIES),
            ),
            models.CheckConstraint(
                name="another_level_has_a_reason",
                condition=Q(level=F("computed")) | ~Q(reason=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case_id", "-id"], name="triage_by_case"),
            models.Index(
                fields=["level", "case_id"], name="triage_by_level", condition=Q(current=True)
            ),
        ]
