"""What is put right after a breach: by whom, by which day, shown by what (2.3.3)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q


class Rectification(models.Model):
    """整改任务：one thing to be done for one record or several; a supervisor verifies it."""

    id = models.BigIntegerField(primary_key=True)
    record_ids = ArrayField(models.BigIntegerField())
    what = models.CharField(max_length=500)
    owner_id = models.BigIntegerField()
    due_on = models.DateField()
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()
    evidence = models.TextField(blank=True)
    done_by = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    returned = models.TextField(blank=True)
    verified_by = models.BigIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)
    chased_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="rectification_is_of_a_record", condition=Q(record_ids__len__gte=1)
            ),
            models.CheckConstraint(
                name="rectification_done_with_evidence",
                condition=Q(done_at__isnull=True) | (~Q(evidence="") & Q(done_by__gt=0)),
            ),
            models.CheckConstraint(
                name="rectification_verified_by_another",
                condition=Q(verified_at__isnull=True)
                | (
                    Q(done_at__isnull=False, verified_by__gt=0)
                    & ~Q(verified_by=F("owner_id"))
                    & ~Q(verified_by=F("done_by"))
                ),
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["record_ids"], name="rectification_of_record"),
            models.Index(
                fields=["due_on"],
                name="rectification_open",
                condition=Q(verified_at__isnull=True),
            ),
            models.Index(fields=["owner_id", "due_on"], name="rectification_by_owner"),
        ]
