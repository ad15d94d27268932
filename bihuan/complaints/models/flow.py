"""What came in and what was told: each case as it was last counted, and the sums (2.3.1, 7.4)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Counted(models.Model):
    """A case as it was last counted, so that a later count knows what it takes the place of.

    `category` is "" for what is no complaint; `suggested` is the severity the rules gave it at
    filing, `given` the one it has; `took` runs from receipt or reopening to the notice.
    """

    case_id = models.BigIntegerField(primary_key=True)
    received_at = models.DateTimeField()
    staff_id = models.BigIntegerField()
    category = models.CharField(max_length=30)
    suggested = models.CharField(max_length=12)
    given = models.CharField(max_length=12)
    told_at = models.DateTimeField(null=True)
    took = models.DurationField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"],
                name="counted_by_receipt",
                include=["staff_id", "suggested", "given"],
            ),
        ]


class Arrived(models.Model):
    """How many cases came in within the hour that begins at `hour`, by category of complaint."""

    pk = models.CompositePrimaryKey("hour", "category")
    hour = models.DateTimeField()
    category = models.CharField(max_length=30)
    n = models.IntegerField()


class Told(models.Model):
    """How many results were told on a day in Shanghai, and how long all of them took."""

    day = models.DateField(primary_key=True)
    n = models.IntegerField()
    took = models.DurationField()
