"""A break in the counting of a case, of a kind that the policy lists (2.3, X-12)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Pause(models.Model):
    """Asked for by one; above the policy's length agreed to by another before it begins.

    `until_at` is when it ends by itself; `ended_at` when it did, earlier or not. It never was
    while `started_at` is null.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    round = models.IntegerField()
    reason_id = models.CharField(max_length=40)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    approved_by = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id"], name="one_pause_at_a_time", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="pause_ends_after_it_began",
                condition=Q(started_at=None) | Q(until_at__gt=F("started_at")),
            ),
            models.CheckConstraint(
                name="pause_not_approved_by_who_asked",
                condition=Q(approved_by=0) | ~Q(approved_by=F("asked_by")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["until_at"], name="pause_runs", condition=Q(ended_at=None)),
        ]
