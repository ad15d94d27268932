"""Parties outside the house, what they were asked, and the handling steps taken (6.1)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

RUNNING = Q(answered_at__isnull=True, dropped_at__isnull=True)


class CaseParty(models.Model):
    """A payment institution or courier of a case: of the directory, or by its name alone."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    party = models.CharField(max_length=30, blank=True)
    name = models.CharField(max_length=60, blank=True)
    added_by = models.BigIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id", "kind", "party", "name"], name="one_party_of_a_name_per_case"
            ),
            models.CheckConstraint(
                name="party_of_the_directory_or_by_name",
                condition=(Q(party="") & ~Q(name="")) | (~Q(party="") & Q(name="")),
            ),
        ]


class Inquiry(models.Model):
    """What a party was asked, by which way, and its answer; it moves no clock of the case (X-12).

    `law` is the clock of the law its due comes from; "" for the due of the house's own default.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    party_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    manner = models.CharField(max_length=12)
    way = models.CharField(max_length=12)
    what = models.CharField(max_length=1000)
    reference = models.CharField(max_length=60, blank=True)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField()
    law = models.CharField(max_length=20, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.BigIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="inquiry_manner_known", condition=Q(manner__in=["query", "complaint"])
            ),
            models.CheckConstraint(
                name="inquiry_due_after_it_was_asked", condition=Q(due_at__gt=F("asked_at"))
            ),
            models.CheckConstraint(
                name="inquiry_answered_with_words",
                condition=Q(answered_at__isnull=True) | (~Q(answer="") & Q(answered_by__gt=0)),
            ),
            models.CheckConstraint(
                name="inquiry_answered_or_dropped_not_both",
                condition=Q(answered_at__isnull=True) | Q(dropped_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="inquiry_by_case"),
            models.Index(
                fields=["due_at"], name="inquiry_running", condition=RUNNING & Q(late_at=None)
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.dropped_at is None


class HandlingMark(models.Model):
    """A step of the handling that was done, or left out with its reason; once a round."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    round = models.IntegerField()
    step = models.CharField(max_length=40)
    skipped = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    by_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id", "round", "step"], name="one_mark_of_a_step_in_a_round"
            ),
            models.CheckConstraint(
                name="step_skipped_with_a_reason",
                condition=Q(skipped=False, reason="") | (Q(skipped=True) & ~Q(reason="")),
            ),
        ]
