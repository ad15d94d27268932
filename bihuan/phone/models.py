"""The rows of calls: what was said and by whom, never a number in clear."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from bihuan.phone.rules.facts import DIRECTIONS, OUTCOMES

ENDS = ["reached", "dropped", "answered"]
TRIES = ["reached", "no_answer", "busy", "refused", "wrong_number"]


class Call(models.Model):
    """One call. `told` is everything the telephone system said of it, sealed; the rest follows.

    It is sealed under the key of `person_id`, of the house while that is 0. `ref` is what the
    system calls it; `rung` are the staff whose telephones ring or rang.
    """

    id = models.BigIntegerField(primary_key=True)
    source = models.CharField(max_length=12)
    ref = models.CharField(max_length=120)
    direction = models.CharField(max_length=3, default="in")
    line = models.CharField(max_length=40, blank=True)
    told = models.BinaryField(default=b"")
    number_index = models.BinaryField(max_length=16, null=True)
    person_id = models.BigIntegerField(default=0)
    agent_id = models.BigIntegerField(default=0)
    rung = ArrayField(models.BigIntegerField(), default=list)
    outcome = models.CharField(max_length=10, blank=True)
    has_recording = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    case_id = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "ref"], name="one_call_per_reference"),
            models.CheckConstraint(
                name="call_direction_known", condition=Q(direction__in=DIRECTIONS)
            ),
            models.CheckConstraint(
                name="call_outcome_known", condition=Q(outcome__in=["", *OUTCOMES])
            ),
            models.CheckConstraint(
                name="call_answered_when_it_was_answered",
                condition=Q(outcome="answered", answered_at__isnull=False)
                | (~Q(outcome="answered") & Q(answered_at__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-started_at", "-id"], name="call_newest"),
            models.Index(fields=["number_index", "-started_at"], name="call_by_number"),
            models.Index(fields=["case_id"], name="call_by_case", condition=Q(case_id__gt=0)),
            models.Index(
                fields=["-started_at"], name="call_going_on", condition=Q(ended_at__isnull=True)
            ),
            models.Index(
                fields=["heard_at"],
                name="call_to_settle",
                condition=Q(settled_at__isnull=True, ended_at__isnull=False),
            ),
        ]

    @property
    def rang(self) -> timedelta | None:
        """How long it rang; None as long as it rings."""
        end = self.answered_at or self.ended_at
        return max(end - self.started_at, timedelta(0)) if end else None

    @property
    def talked(self) -> timedelta | None:
        """How long was spoken; None when nobody did, or they still do."""
        if self.answered_at is None or self.ended_at is None:
            return None
        return max(self.ended_at - self.answered_at, timedelta(0))

    @property
    def received_at(self) -> datetime:
        """When the matter reached the platform: answered, or when it rang (1.3, X-09)."""
        return self.answered_at or self.started_at

    @property
    def url(self) -> str:
        return f"/desk/calls/{self.id}/"


class CallNote(models.Model):
    """What somebody wrote down during a call, sealed under the same key as the call."""

    id = models.BigIntegerField(primary_key=True)
    call_id = models.BigIntegerField()
    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    text = models.BinaryField()
    salt = models.BinaryField(max_length=16)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["call_id", "id"], name="note_by_call")]


class CallBack(models.Model):
    """A call that is owed: by whom, until when, and how it ended; `case_id` 0 without a case."""

    id = models.BigIntegerField(primary_key=True)
    call_id = models.BigIntegerField()
    case_id = models.BigIntegerField(default=0)
    owner_id = models.BigIntegerField(default=0)
    due_at = models.DateTimeField()
    made_by = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="call_back_ends_somehow",
                condition=Q(outcome="", done_at__isnull=True)
                | Q(outcome__in=ENDS, done_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["call_id"], name="one_open_call_back_per_call", condition=Q(outcome="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="call_back_owed", condition=Q(outcome="")),
            models.Index(fields=["call_id"], name="call_back_by_call"),
            models.Index(fields=["case_id"], name="call_back_by_case", condition=Q(case_id__gt=0)),
        ]


class Attempt(models.Model):
    """One try to call back, and whether somebody was there."""

    id = models.BigIntegerField(primary_key=True)
    back_id = models.BigIntegerField()
    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="attempt_outcome_known", condition=Q(outcome__in=TRIES)),
        ]
        indexes: ClassVar = [models.Index(fields=["back_id", "id"], name="attempt_by_call_back")]


class Extension(models.Model):
    """Whose telephone an extension is; somebody may have several."""

    extension = models.CharField(max_length=40, primary_key=True)
    staff_id = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["staff_id"], name="extension_by_staff")]


class Receipt(models.Model):
    """A message of the webhook that was taken; forgotten after a day."""

    id = models.CharField(max_length=190, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="receipt_oldest")]


class Source(models.Model):
    """A telephone system: when it last said something, and who keeps the line to it.

    `fault` says in a word why there is no line now; one process holds it `until`.
    """

    name = models.CharField(max_length=12, primary_key=True)
    heard_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=40, blank=True)
    holder = models.CharField(max_length=80, blank=True)
    until = models.DateTimeField(null=True)
