"""Which text was in force when, and the working-day calendars that reach every open case."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class PolicyVersion(models.Model):
    """A handbook as it was brought into force; a case pins the one it was filed under."""

    id = models.BigIntegerField(primary_key=True)
    version = models.CharField(max_length=40, unique=True)
    sha256 = models.CharField(max_length=64)
    in_force_from = models.DateField(unique=True)
    files = models.JSONField()
    activated_at = models.DateTimeField()
    activated_by = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-in_force_from"], name="policy_in_force")]


class CalendarYear(models.Model):
    """One year's official arrangement: rest days and make-up days, with their source."""

    year = models.IntegerField(primary_key=True)
    off = ArrayField(models.DateField())
    on = ArrayField(models.DateField())
    source = models.TextField()
    imported_at = models.DateTimeField()
    imported_by = models.BigIntegerField()
