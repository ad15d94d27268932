"""Looks at whether the loop is closed, and what each found (2.4.3)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class LoopCheck(models.Model):
    """One look at every open case; `last_id` is how far it has come."""

    id = models.BigIntegerField(primary_key=True)
    asked_by = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField()
    last_id = models.BigIntegerField(default=0)
    cases = models.IntegerField(default=0)
    gaps = models.IntegerField(default=0)
    open = models.BooleanField(default=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["open"],
                name="one_look_at_the_loop_at_a_time",
                condition=Q(open=True),
            ),
            models.CheckConstraint(
                name="look_at_the_loop_open_until_done",
                condition=Q(open=True, done_at__isnull=True) | Q(open=False, done_at__isnull=False),
            ),
        ]


class LoopGap(models.Model):
    """A case that could fall out of the loop, by what it lacks."""

    check_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    why = models.CharField(max_length=20)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["check_id", "id"], name="loop_gap_of_check")]
