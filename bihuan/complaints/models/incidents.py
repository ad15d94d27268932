"""Many cases that one thing has caused, what was said to all of them, and to whom (2.2.3)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from bihuan.complaints.lifecycle import INCIDENT_STATES, TELLS

TOLD_STATES = ("waiting", "done", "refused", "taken_back")


class Incident(models.Model):
    """What happened once and made many complain. `mark` is that of the form it was opened with."""

    id = models.BigIntegerField(primary_key=True)
    number = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    what = models.TextField()
    cause = models.CharField(max_length=500, blank=True)
    department = models.CharField(max_length=30)
    lead_id = models.BigIntegerField()
    state = models.CharField(max_length=8, default="open")
    version = models.IntegerField(default=1)
    mark = models.CharField(max_length=40)
    opened_by = models.BigIntegerField()
    opened_at = models.DateTimeField()
    started_at = models.DateTimeField()
    found_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="one_incident_per_number"),
            models.UniqueConstraint(fields=["opened_by", "mark"], name="one_incident_per_form"),
            models.CheckConstraint(
                name="incident_state_known", condition=Q(state__in=INCIDENT_STATES)
            ),
            models.CheckConstraint(
                name="incident_found_after_it_began", condition=Q(found_at__gte=F("started_at"))
            ),
            models.CheckConstraint(
                name="incident_ended_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="incident_mended_when_it_ended",
                condition=~Q(state="mended") | Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="incident_closed_iff_closed_at",
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-opened_at"], name="incident_by_state"),
        ]

    @property
    def is_over(self) -> bool:
        return self.state == "closed"

    @property
    def desk_url(self) -> str:
        return f"/desk/incidents/{self.id}/"


class IncidentCase(models.Model):
    """A case that belongs to an incident. Taken out, the row stays and says why.

    `over`: the incident was closed, so the case may belong to another one.
    """

    id = models.BigIntegerField(primary_key=True)
    incident_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    added_by = models.BigIntegerField()
    at = models.DateTimeField()
    removed_by = models.BigIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    over = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id"],
                name="one_open_incident_per_case",
                condition=Q(removed_at__isnull=True, over=False),
            ),
            models.CheckConstraint(
                name="incident_case_removed_for_a_reason",
                condition=Q(removed_at__isnull=True, reason="", removed_by=0)
                | (Q(removed_at__isnull=False, removed_by__gt=0) & ~Q(reason="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["incident_id", "case_id"], name="incident_case_of_incident"),
        ]


class IncidentMessage(models.Model):
    """One text for all cases of an incident, sealed; the variables in it are filled for each."""

    id = models.BigIntegerField(primary_key=True)
    incident_id = models.BigIntegerField()
    action = models.CharField(max_length=10)
    sealed = models.BinaryField()
    mark = models.CharField(max_length=40)
    by_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident_id", "mark"], name="one_incident_message_per_form"
            ),
            models.CheckConstraint(
                name="incident_message_is_a_step", condition=Q(action__in=TELLS)
            ),
        ]


class IncidentTold(models.Model):
    """One case to which a message was ordered, by which run, and how that went."""

    id = models.BigIntegerField(primary_key=True)
    message_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    run_id = models.BigIntegerField()
    state = models.CharField(max_length=10, default="waiting")
    why = models.CharField(max_length=30, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="incident_told_state_known", condition=Q(state__in=TOLD_STATES)
            ),
            models.UniqueConstraint(
                fields=["message_id", "case_id"],
                name="one_incident_message_reaches_a_case_once",
                condition=Q(state__in=("waiting", "done")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["run_id"], name="incident_told_waiting", condition=Q(state="waiting")
            ),
        ]


class IncidentNote(models.Model):
    """What every customer whose case belongs to the incident reads; no more than is public."""

    incident_id = models.BigIntegerField(primary_key=True)
    text = models.CharField(max_length=300)
    mended_at = models.DateTimeField(null=True)
    written_by = models.BigIntegerField()
    at = models.DateTimeField()
