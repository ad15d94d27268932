"""Which text was in force when, and the working-day calendars that reach every open case."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


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
    """One year's official arrangement as it was proposed, approved and carried through.

    The last approved one of a year counts. `text` is TOML of one [[year]] (policy.calendars).
    Open dues are recounted case by case: `recounted_to` is the last case looked at.
    """

    id = models.BigIntegerField(primary_key=True)
    year = models.IntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    source = models.TextField()
    published = models.DateField()
    proposed_at = models.DateTimeField()
    proposed_by = models.BigIntegerField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.BigIntegerField(default=0)
    dropped_at = models.DateTimeField(null=True)
    recounted_to = models.BigIntegerField(default=0)
    recounted_at = models.DateTimeField(null=True)
    cases_moved = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year"],
                name="one_calendar_proposal_per_year",
                condition=Q(approved_at=None, dropped_at=None),
            ),
            models.CheckConstraint(
                name="calendar_approved_by_a_second_person",
                condition=Q(approved_at=None) | Q(proposed_by=0) | ~Q(approved_by=F("proposed_by")),
            ),
        ]
