"""The special report on a major complaint, and every version of its words (2.2.4)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from bihuan.complaints.lifecycle import DONE, OPEN, STATES


class SpecialReport(models.Model):
    """One analysis, from the day it is asked for until the management has it.

    `author_id` is who is to write it: the named lead, else the owner of the case. `due_at` is open
    until the case is decided. `version` counts every change; `text_id` is the version that stands.
    `paper` are the facts as they were printed when it was signed.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    state = models.CharField(max_length=12, default="due")
    version = models.IntegerField(default=0)
    author_id = models.BigIntegerField(default=0)
    department = models.CharField(max_length=30)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    text_id = models.BigIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True)
    remarks_id = models.BigIntegerField(default=0)
    reviewer_id = models.BigIntegerField(default=0)
    signed_by = models.BigIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    paper = models.JSONField(null=True)
    blob = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="special_report_state_known", condition=Q(state__in=STATES)
            ),
            models.UniqueConstraint(
                fields=["case_id"],
                name="one_special_report_per_case",
                condition=~Q(state="lapsed"),
            ),
            models.CheckConstraint(
                name="special_report_not_signed_by_its_author",
                condition=Q(signed_by=0) | ~Q(signed_by=F("author_id")),
            ),
            models.CheckConstraint(
                name="special_report_signed_with_words_and_paper",
                condition=~Q(state__in=DONE)
                | (
                    Q(signed_at__isnull=False, signed_by__gt=0, reviewer_id__gt=0, text_id__gt=0)
                    & ~Q(blob="")
                    & ~Q(sha256="")
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="special_report_by_case"),
            models.Index(
                fields=["due_at", "id"],
                name="special_report_open",
                condition=Q(state__in=OPEN),
            ),
        ]


class ReportText(models.Model):
    """Words that stay as they were said: a version of a report, or a reviewer's remarks.

    Numbers of persons are masked before they come here; `text` of a version is canonical JSON.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    report_id = models.BigIntegerField()
    version = models.IntegerField()
    kind = models.CharField(max_length=8)
    author_id = models.BigIntegerField()
    text = models.TextField()
    salt = models.BinaryField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="report_text_kind_known", condition=Q(kind__in=["report", "remarks"])
            ),
            models.UniqueConstraint(
                fields=["report_id", "version"], name="one_text_per_report_version"
            ),
        ]
