"""The owner's routing rules, version by version, over the routes of the handbook."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class RoutingVersion(models.Model):
    """Number 0 is the draft; a published version is never changed again (trigger in 0013).

    `edits` counts the changes of the draft; `restores` is the version brought back, if any.
    """

    id = models.BigIntegerField(primary_key=True)
    number = models.IntegerField(default=0)
    rules = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    edits = models.IntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.BigIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    restores = models.IntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    published_by = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="one_draft_and_one_of_each_number"),
            models.CheckConstraint(
                name="routing_published_iff_numbered",
                condition=Q(number=0, published_at__isnull=True)
                | Q(number__gt=0, published_at__isnull=False),
            ),
        ]


class QueueAlarm(models.Model):
    """Said once of a case that nobody could route, and that has waited too long (2.2.2)."""

    case_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
