"""What left the house as a file, for whom and why (3.3)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Export(models.Model):
    """One file that somebody took away; with personal data only for a reason."""

    id = models.BigIntegerField(primary_key=True)
    staff_id = models.BigIntegerField()
    what = models.CharField(max_length=20)
    format = models.CharField(max_length=6)
    since = models.DateTimeField(null=True)
    personal = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="export_of_personal_data_has_a_reason",
                condition=Q(personal=False) | ~Q(reason=""),
            ),
        ]
