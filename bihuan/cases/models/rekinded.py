"""A wish to handle a case as another kind, which would take promises from its person (2.1.2)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from bihuan.cases.models.case import CATEGORIES, KINDS


class KindChange(models.Model):
    """Asked for by one, agreed to by another; until then the case stays what it is.

    A category or issue that was not named with it ("") stays as it is. `ended_at` is when it was
    agreed to, turned down or taken back, or when another classification took its place.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    category = models.CharField(max_length=20, blank=True)
    issue = models.CharField(max_length=40, blank=True)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    approved_by = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id"], name="one_change_of_kind_at_a_time", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(name="kind_change_kind_known", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(
                name="kind_change_category_known", condition=Q(category__in=["", *CATEGORIES])
            ),
            models.CheckConstraint(
                name="kind_change_not_approved_by_who_asked",
                condition=Q(approved_by=0) | ~Q(approved_by=F("asked_by")),
            ),
        ]
