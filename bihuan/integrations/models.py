"""Endpoints of programs outside, and what is on its way to them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

#: Why an endpoint is off: somebody did it, it answered 410, it failed for days.
REASONS = ["by_hand", "gone", "failing"]
STATES = ["queued", "delivered", "failed", "withheld"]


class Endpoint(models.Model):
    """Where events go and which, whose it is, and how it has answered lately.

    Both secrets are sealed; the old one signs too until `old_until`. `leased_until` is a sweep's
    own, `rests_until` the pause after failures, `turn_at` when it last had its turn.
    """

    id = models.BigIntegerField(primary_key=True)
    owner_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=60))
    active = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=10, blank=True)
    secret = models.BinaryField()
    old_secret = models.BinaryField(null=True)
    old_until = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    turn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="endpoint_off_has_a_reason",
                condition=Q(active=True, off_reason="") | Q(active=False, off_reason__in=REASONS),
            ),
            models.CheckConstraint(name="endpoint_wants_something", condition=Q(kinds__len__gte=1)),
            models.CheckConstraint(
                name="old_secret_has_an_end",
                condition=Q(old_secret__isnull=True, old_until__isnull=True)
                | Q(old_secret__isnull=False, old_until__isnull=False),
            ),
        ]


class Delivery(models.Model):
    """One event for one endpoint. Its words are made from the log whenever it is tried.

    `key` is the webhook-id; `case_id` and `seq` are where the event stands, 0 for a ping. `tries`
    counts since it was queued, `turn` for ever. `answers`: [{at, answer}], one a try; `lost` is
    written before a try, so that it is true when nobody comes back to say how it went.
    """

    id = models.BigIntegerField(primary_key=True)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, db_index=False)
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    case_id = models.BigIntegerField(default=0)
    seq = models.IntegerField(default=0)
    number = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, default="queued")
    tries = models.IntegerField(default=0)
    turn = models.IntegerField(default=0)
    answers = models.JSONField(default=list)
    next_try_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="one_delivery_per_event_and_endpoint"),
            models.CheckConstraint(name="delivery_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(
                name="queued_has_a_next_try",
                condition=Q(state="queued", next_try_at__isnull=False)
                | Q(~Q(state="queued"), next_try_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["endpoint", "next_try_at"],
                name="delivery_waiting",
                condition=Q(state="queued"),
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_by_endpoint"),
            models.Index(fields=["created_at"], name="delivery_by_age"),
        ]
