"""What somebody judged of claims that look like a series; handling never asks it (L-26)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

VERDICTS = ["not_serial", "watch"]


class SerialMark(models.Model):
    """One group's last judgement: all claims of a person, or one text against a merchant.

    `reason` may name people, so the log keeps its hash alone.
    """

    id = models.BigIntegerField(primary_key=True)
    person_id = models.BigIntegerField(default=0)
    merchant_id = models.BigIntegerField(default=0)
    fingerprint = models.BigIntegerField(default=0)
    verdict = models.CharField(max_length=12)
    reason = models.CharField(max_length=300)
    salt = models.BinaryField(max_length=16)
    staff_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person_id", "merchant_id", "fingerprint"], name="one_mark_per_series"
            ),
            models.CheckConstraint(
                name="serial_of_a_person_or_of_words",
                condition=Q(person_id__gt=0, merchant_id=0, fingerprint=0)
                | Q(person_id=0, merchant_id__gt=0, fingerprint__gt=0),
            ),
            models.CheckConstraint(name="serial_verdict_known", condition=Q(verdict__in=VERDICTS)),
        ]
