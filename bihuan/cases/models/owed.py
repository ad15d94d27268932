"""What is owed on a case: its clocks, what departments found, and what will still be done."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Clock(models.Model):
    """One promise-bearing due of one milestone; `due_at` is never updated (HOUSE §6b)."""

    pk = models.CompositePrimaryKey("case_id", "round", "milestone", "due_at")
    case_id = models.BigIntegerField()
    round = models.IntegerField()
    milestone = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    effective_due_at = models.DateTimeField()
    started_at = models.DateTimeField()
    hard = models.BooleanField()
    status = models.CharField(max_length=12)
    promises = ArrayField(models.CharField(max_length=20))
    done_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=40, blank=True)
    warned_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    rung = models.SmallIntegerField(default=0, db_default=0)
    unheld_due_at = models.DateTimeField(null=True)  # what it would be without its pauses

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="clock_due_after_start", condition=Q(due_at__gt=F("started_at"))
            ),
            models.CheckConstraint(
                name="clock_effective_not_after_due", condition=Q(effective_due_at__lte=F("due_at"))
            ),
            models.CheckConstraint(
                name="clock_status_known", condition=Q(status__in=["final", "provisional"])
            ),
            models.CheckConstraint(
                name="clock_met_or_void_not_both",
                condition=Q(done_at__isnull=True) | Q(void_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                # the sweep passes over soft rows and those warned of without reading them
                fields=["due_at", "hard", "warned_at"],
                name="clock_running",
                condition=Q(done_at__isnull=True, void_at__isnull=True, late_at__isnull=True),
            ),
            models.Index(
                # what is late still climbs the ladder of supervisors (2.3.2)
                fields=["rung", "due_at"],
                name="clock_climbing",
                condition=Q(
                    hard=True,
                    done_at__isnull=True,
                    void_at__isnull=True,
                    late_at__isnull=False,
                ),
            ),
            models.Index(
                # for the overview: dues of a period, and which of them were kept; a clock enters
                # when it was met or missed, for here a filing would pay for it, and what was
                # missed stays although its case ended without an answer
                fields=["due_at"],
                name="clock_judged",
                condition=Q(hard=True) & (Q(done_at__isnull=False) | Q(late_at__isnull=False)),
                include=["milestone", "done_at", "case_id"],
            ),
        ]


class Finding(models.Model):
    """What one department found out, and the measure it proposes (2.2.3)."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    round = models.IntegerField()
    department = models.CharField(max_length=30)
    kind = models.CharField(max_length=12)
    text = models.TextField()
    author_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case_id"], name="finding_by_case")]


class FollowUp(models.Model):
    """What will still be done after the result, by whom and by which day (1.2 ④).

    `chased_at`: its day was over; `rung`: how far it was reported upwards since.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    round = models.IntegerField()
    what = models.CharField(max_length=300)
    owner_id = models.BigIntegerField()
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    chased_at = models.DateTimeField(null=True)
    rung = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="follow_up_by_case"),
            models.Index(
                fields=["rung", "due_on"],
                name="follow_up_climbing",
                condition=Q(done_at__isnull=True, chased_at__isnull=False),
            ),
            models.Index(
                fields=["due_on"],
                name="follow_up_open",
                condition=Q(done_at__isnull=True, chased_at__isnull=True),
            ),
        ]


class Telling(models.Model):
    """By when the person of an open case hears of it again, if nothing happens before (2.3.2)."""

    case_id = models.BigIntegerField(primary_key=True)
    due_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"], name="telling_due")]


class Need(models.Model):
    """What must be there before a case may go on: a share, a report, a proof (2.2.3, 2.2.4, 1.2).

    `id` is that of the row that asks for it, in the room that does; `before` is the step.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    code = models.CharField(max_length=20)
    before = models.CharField(max_length=12)
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="need_before_a_known_step",
                condition=Q(before__in=["accept", "resolve", "close"]),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case_id"], name="need_by_case")]
