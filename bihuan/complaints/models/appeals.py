"""What somebody who is held to account objects, and who decided on it (2.3.3)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

OUTCOMES = ["upheld", "changed", "dismissed"]


class Appeal(models.Model):
    """问责申诉：the grounds of one person on one record, and how it was decided.

    Upheld, the record is cancelled; changed, somebody else answers, and what the former one
    said of it is kept here (`former_*`); dismissed, it stands.
    """

    id = models.BigIntegerField(primary_key=True)
    record_id = models.BigIntegerField()
    staff_id = models.BigIntegerField()
    grounds = models.TextField()
    filed_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.BigIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    former_department = models.CharField(max_length=30)
    former_cause = models.TextField(blank=True)
    former_measure = models.TextField(blank=True)
    moved_to = models.BigIntegerField(default=0)
    moved_department = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record_id", "staff_id"], name="one_appeal_per_record_and_person"
            ),
            models.CheckConstraint(
                name="appeal_decided_with_outcome_and_reason",
                condition=Q(decided_at__isnull=True, outcome="", decided_by=0)
                | (
                    Q(decided_at__isnull=False, outcome__in=OUTCOMES, decided_by__gt=0)
                    & ~Q(reason="")
                ),
            ),
            models.CheckConstraint(
                name="appeal_not_decided_by_its_writer",
                condition=~Q(decided_by=F("staff_id")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["record_id"], name="appeal_open", condition=Q(decided_at__isnull=True)
            ),
        ]
