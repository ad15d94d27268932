"""One step for many cases: the order that somebody gave, and what became of each case."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

RUN_STATES = ["held", "running", "ended", "taken_back"]
ITEM_STATES = ["waiting", "done", "refused"]


class BulkRun(models.Model):
    """What was ordered, by whom, and how far it has come (UI rule 9).

    The fields of the step are sealed: they may name people. `mark` is that of the form it came
    from, so that pressing twice orders once; `undoes` is the run that this one gives back.
    """

    id = models.BigIntegerField(primary_key=True)
    staff_id = models.BigIntegerField()
    mark = models.CharField(max_length=24)
    action = models.CharField(max_length=20)
    sealed = models.BinaryField()
    state = models.CharField(max_length=12, default="held")
    total = models.IntegerField()
    ordered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    undoes = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff_id", "mark"], name="one_bulk_run_per_form"),
            models.UniqueConstraint(
                fields=["undoes"], name="one_undoing_of_a_bulk_run", condition=Q(undoes__gt=0)
            ),
            models.CheckConstraint(name="bulk_run_state_known", condition=Q(state__in=RUN_STATES)),
            models.CheckConstraint(
                name="bulk_run_ended_iff_ended_at",
                condition=Q(state="ended", ended_at__isnull=False)
                | (~Q(state="ended") & Q(ended_at__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="bulk_run_due",
                condition=Q(state__in=["held", "running"]),
            ),
            models.Index(fields=["staff_id", "-ordered_at"], name="bulk_run_by_staff"),
        ]


class BulkItem(models.Model):
    """One case of a run. `before` and `after` are its owner, department and priority.

    `version` is the one its orderer saw; `why` the code of the refusal, of a fault its first field.
    """

    pk = models.CompositePrimaryKey("run_id", "case_id")
    run_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    place = models.IntegerField()
    number = models.CharField(max_length=20)
    version = models.IntegerField()
    state = models.CharField(max_length=8, default="waiting")
    why = models.CharField(max_length=30, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="bulk_item_state_known", condition=Q(state__in=ITEM_STATES)
            ),
            models.CheckConstraint(
                name="bulk_item_says_why_it_was_refused",
                condition=Q(state="refused", why__gt="") | (~Q(state="refused") & Q(why="")),
            ),
        ]
