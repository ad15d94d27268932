"""An appeal, what is owed on it, and what ties somebody to a merchant (3.2)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

OPEN = ["filed", "in_review"]
STATES = [*OPEN, "decided", "declined", "withdrawn", "lapsed"]
ABOUT = ["result", "decline", "delay"]
OUTCOMES = ["dismissed", "upheld", "varied"]
TIES = ["former_employee", "family", "holding", "business", "other"]


class Appeal(models.Model):
    """One appeal about one case: `round` and `about` say what of it is appealed against.

    `reviewer_id` is 0 until somebody independent was found; a trigger refuses anybody who touched
    the case (0002). `reply_due_at` is when the reviewer's question is to be answered by.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    number = models.CharField(max_length=24, unique=True)
    level = models.SmallIntegerField()
    round = models.IntegerField()
    about = models.CharField(max_length=8)
    ground = models.CharField(max_length=20)
    wish = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, default="filed")
    person_id = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    policy_id = models.BigIntegerField()
    filed_at = models.DateTimeField()
    reviewer_id = models.BigIntegerField(default=0)
    objected = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    reason_code = models.CharField(max_length=20, blank=True)
    ended_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="appeal_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(name="appeal_about_known", condition=Q(about__in=ABOUT)),
            models.CheckConstraint(
                name="appeal_outcome_iff_decided",
                condition=Q(state="decided", outcome__in=OUTCOMES)
                | (~Q(state="decided") & Q(outcome="")),
            ),
            models.CheckConstraint(
                name="appeal_ended_iff_not_open",
                condition=Q(state__in=OPEN, ended_at__isnull=True)
                | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="appeal_reviewed_by_somebody",
                condition=Q(state__in=["filed", "declined", "withdrawn", "lapsed"])
                | Q(reviewer_id__gt=0),
            ),
            models.UniqueConstraint(
                fields=["case_id"], name="one_open_appeal_per_case", condition=Q(state__in=OPEN)
            ),
            models.UniqueConstraint(
                fields=["case_id", "round", "about", "level"],
                name="one_appeal_per_result_and_level",
                condition=Q(state__in=[*OPEN, "decided", "declined"]),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_due_at", "id"], name="appeal_waiting", condition=Q(state__in=OPEN)
            ),
            models.Index(
                fields=["reviewer_id"], name="appeal_of_reviewer", condition=Q(state__in=OPEN)
            ),
            models.Index(fields=["case_id", "id"], name="appeal_of_case"),
            models.Index(fields=["-filed_at", "-id"], name="appeal_newest"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class AppealClock(models.Model):
    """One due of an appeal, as those of a case are: never moved, met or void (HOUSE §6b)."""

    pk = models.CompositePrimaryKey("appeal_id", "milestone", "due_at")
    appeal_id = models.BigIntegerField()
    milestone = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField()
    hard = models.BooleanField()
    status = models.CharField(max_length=12)
    promises = ArrayField(models.CharField(max_length=20))
    done_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="appeal_clock_due_after_start", condition=Q(due_at__gt=F("started_at"))
            ),
            models.CheckConstraint(
                name="appeal_clock_met_or_void",
                condition=Q(done_at__isnull=True) | Q(void_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="appeal_clock_running",
                condition=Q(
                    hard=True, done_at__isnull=True, void_at__isnull=True, late_at__isnull=True
                ),
            )
        ]


class Interest(models.Model):
    """What ties a member of staff to a merchant, declared by themselves or found out (3.2)."""

    id = models.BigIntegerField(primary_key=True)
    staff_id = models.BigIntegerField()
    merchant_id = models.BigIntegerField()
    tie = models.CharField(max_length=16)
    declared_by = models.BigIntegerField()
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="interest_tie_known", condition=Q(tie__in=TIES)),
            models.UniqueConstraint(
                fields=["staff_id", "merchant_id"],
                name="one_interest_in_a_merchant",
                condition=Q(ended_at__isnull=True),
            ),
        ]
