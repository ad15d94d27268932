"""What somebody declared to be, and what a colleague found when checking it (1.2 ①)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

STATES = ["waiting", "verified", "refused", "withdrawn", "lapsed"]
#: While it is used: for a decision, or to notice the same document with somebody else.
KEPT = ["waiting", "verified"]
WAYS = ["papers", "counter", "authority"]
REASONS = ["mismatch", "unreadable", "expired", "taken", "not_own"]


class IdentityCheck(models.Model):
    """One declaration: name and number sealed with the person's key (store.secrets).

    The number is there until the decision and no longer; of a verified one stay the name, for a
    payee or a holder to be compared with, the masked number, and the blind index that finds the
    same document under a second account (防止虚假注册). Refused, withdrawn or lapsed keep none.
    """

    id = models.BigIntegerField(primary_key=True)
    person_id = models.BigIntegerField()
    state = models.CharField(max_length=10, default="waiting")
    document = models.CharField(max_length=10)
    name = models.BinaryField(null=True)
    number = models.BinaryField(null=True)
    shown = models.BinaryField(null=True)
    number_index = models.BinaryField(null=True, max_length=16)
    purpose = models.CharField(max_length=40, blank=True)
    basis = models.CharField(max_length=12)
    declared_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(default=0)
    way = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=12, blank=True)
    valid_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person_id"], name="one_identity_at_a_time", condition=Q(state__in=KEPT)
            ),
            models.UniqueConstraint(
                fields=["number_index"],
                name="one_person_per_verified_document",
                condition=Q(state="verified"),
            ),
            models.CheckConstraint(name="identity_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(
                name="identity_basis_known",
                condition=Q(basis__in=["consent", "contract", "legal_duty"]),
            ),
            models.CheckConstraint(
                name="identity_decided_iff_not_waiting",
                condition=Q(state="waiting", decided_at__isnull=True, number__isnull=False)
                | (~Q(state="waiting") & Q(decided_at__isnull=False, number__isnull=True)),
            ),
            models.CheckConstraint(
                name="identity_data_only_while_used",
                condition=Q(state__in=KEPT, name__isnull=False, number_index__isnull=False)
                | (
                    ~Q(state__in=KEPT)
                    & Q(name__isnull=True, shown__isnull=True, number_index__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="identity_verified_with_way_and_end",
                condition=~Q(state="verified")
                | Q(way__in=WAYS, valid_until__isnull=False, decided_by__gt=0),
            ),
            models.CheckConstraint(
                name="identity_refused_with_reason",
                condition=~Q(state="refused") | Q(reason__in=REASONS, decided_by__gt=0),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person_id", "-id"], name="identity_by_person"),
            models.Index(
                fields=["number_index"],
                name="identity_by_number",
                condition=Q(number_index__isnull=False),
            ),
            models.Index(fields=["id"], name="identity_waiting", condition=Q(state="waiting")),
            models.Index(
                fields=["valid_until"], name="identity_lapses", condition=Q(state="verified")
            ),
        ]
