"""What a complaint asks of the house itself: who answers for a breach (2.3.3)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Accountability(models.Model):
    """One missed hard deadline: who held the case, why it was late, what is done about it.

    `answers_since` is when the record came to whom it names now, null for who was named first;
    one that an appeal cancelled stays, and says so.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    round = models.IntegerField()
    milestone = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    clauses = models.CharField(max_length=120)
    staff_id = models.BigIntegerField(default=0)
    department = models.CharField(max_length=30)
    opened_at = models.DateTimeField()
    answers_since = models.DateTimeField(null=True)
    cause_code = models.CharField(max_length=20, blank=True)
    cause = models.TextField(blank=True)
    measure = models.TextField(blank=True)
    explained_by = models.BigIntegerField(default=0)
    signed_by = models.BigIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id", "round", "milestone", "due_at"],
                name="one_accountability_per_breach",
            ),
            models.CheckConstraint(
                name="accountability_signed_with_cause_and_measure",
                condition=Q(signed_at__isnull=True)
                | (~Q(cause="") & ~Q(measure="") & Q(signed_by__gt=0)),
            ),
            models.CheckConstraint(
                name="accountability_signed_by_another",
                condition=Q(signed_by=0)
                | (~Q(signed_by=F("staff_id")) & ~Q(signed_by=F("explained_by"))),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "-opened_at"], name="accountability_by_department"),
            models.Index(fields=["due_at"], name="accountability_by_due"),
            models.Index(
                fields=["staff_id"],
                name="accountability_unsigned",
                condition=Q(signed_at__isnull=True),
            ),
        ]
