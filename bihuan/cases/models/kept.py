"""Why a case file may not be destroyed, whatever its retention says (2.2.4, 电子商务法 62)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class LegalHold(models.Model):
    """From one member of staff to another: while it stands nothing of the case may go."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    placed_by = models.BigIntegerField()
    placed_at = models.DateTimeField()
    lifted_by = models.BigIntegerField(default=0)
    lifted_at = models.DateTimeField(null=True)
    lifted_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id"], name="one_hold_at_a_time", condition=Q(lifted_at=None)
            ),
            models.CheckConstraint(
                name="hold_lifted_with_a_reason",
                condition=Q(lifted_at=None) | (~Q(lifted_reason="") & Q(lifted_by__gt=0)),
            ),
        ]
