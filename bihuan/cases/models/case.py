"""The case itself: what was asked, where it stands, and whose it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

KINDS = ["complaint", "enquiry", "order_problem", "account_problem", "suggestion", "praise"]
CHANNELS = ["web", "app", "chat", "phone", "email", "counter", "wechat", "after_sales"]
STATES = [
    "filed",
    "accepted",
    "resolved",
    "notified",
    "closed",
    "archived",
    "declined",
    "withdrawn",
    "merged",
]
OPEN = ["filed", "accepted", "resolved", "notified"]
ENDED = ["closed", "archived", "declined", "withdrawn", "merged"]
CATEGORIES = ["service_quality", "platform_rule", "system_tech", "other"]
SEVERITIES = ["general", "major", "extra_major"]
PRIORITIES = ["urgent", "important", "general"]
NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)  # as the inbox orders it: nothing owed stands last
URGENT = ["rank", "sort_due_at", "id"]  # the order of the inbox
#: what row-level security and the rule of who sees what compare: with these in the index,
#: counting touches no row
SEEN = ["person_id", "restricted"]


class Case(models.Model):
    """A request or complaint. No foreign keys on the hot path: commands check the ids (HOUSE §5).

    `next_due_at` is the least effective due of its running hard clocks; `rank` is priority, then
    service quality first (2.1.2): together they order the inbox.
    """

    id = models.BigIntegerField(primary_key=True)
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=12, default="filed")
    round = models.IntegerField(default=1)
    version = models.IntegerField(default=1)
    subject = models.CharField(max_length=200)
    wish = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=20)
    issue = models.CharField(max_length=40)
    severity = models.CharField(max_length=12)
    proposed_severity = models.CharField(max_length=12, blank=True)
    proposed_by = models.BigIntegerField(default=0)
    tier = models.SmallIntegerField()
    priority = models.CharField(max_length=12)
    rank = models.SmallIntegerField()
    reasons = models.JSONField(default=list)
    missing = ArrayField(models.CharField(max_length=20), default=list)
    person_id = models.BigIntegerField()
    merchant_id = models.BigIntegerField(default=0)
    order_id = models.BigIntegerField(default=0)
    department = models.CharField(max_length=30)
    owner_id = models.BigIntegerField(default=0)
    policy_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    complained_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField()
    round_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    # a column, because row-level security lets no index be used for an expression of one
    sort_due_at = models.GeneratedField(
        expression=Coalesce("next_due_at", NO_DUE),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    next_milestone = models.CharField(max_length=40, blank=True)
    waits_until = models.DateTimeField(null=True)
    reminded_round = models.IntegerField(default=0)
    outcome = models.CharField(max_length=20, blank=True)
    told_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    kept_until = models.DateField(null=True)
    merged_into = models.BigIntegerField(default=0)
    retention = models.CharField(max_length=20, blank=True)
    restricted = models.BooleanField(default=False)
    external_id = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            # not unique=True, which costs a second index on each filing, for LIKE
            models.UniqueConstraint(fields=["number"], name="one_case_per_number"),
            models.CheckConstraint(name="case_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(name="case_kind_known", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(name="case_channel_known", condition=Q(channel__in=CHANNELS)),
            models.CheckConstraint(
                name="case_category_known", condition=Q(category__in=CATEGORIES)
            ),
            models.CheckConstraint(
                name="case_severity_known", condition=Q(severity__in=SEVERITIES)
            ),
            models.CheckConstraint(
                name="case_priority_known", condition=Q(priority__in=PRIORITIES)
            ),
            models.CheckConstraint(name="case_tier_one_to_three", condition=Q(tier__range=(1, 3))),
            models.CheckConstraint(
                name="case_ended_iff_not_open",
                condition=Q(state__in=OPEN, ended_at__isnull=True)
                | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="case_archived_iff_archived_at",
                condition=Q(state="archived", archived_at__isnull=False)
                | (~Q(state="archived") & Q(archived_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_merged_into_another",
                condition=(Q(state="merged") & ~Q(merged_into=0) & ~Q(merged_into=F("id")))
                | (~Q(state="merged") & Q(merged_into=0)),
            ),
            models.CheckConstraint(
                name="case_severity_not_approved_by_its_proposer",
                condition=Q(proposed_severity="", proposed_by=0)
                | (~Q(proposed_severity="") & Q(proposed_by__gt=0)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=URGENT,
                name="case_inbox",
                condition=Q(state__in=OPEN),
                include=["owner_id", *SEEN],
            ),
            models.Index(
                fields=["owner_id", *URGENT],
                name="case_mine",
                condition=Q(state__in=OPEN),
                include=SEEN,
            ),
            models.Index(
                fields=["department", *URGENT],
                name="case_of_team",
                condition=Q(state__in=OPEN),
                include=["owner_id", *SEEN],
            ),
            models.Index(
                fields=URGENT,
                name="case_waiting",
                condition=Q(state="notified"),
                include=["owner_id", *SEEN],
            ),
            models.Index(  # for the overview: how many were told, and how long they took
                fields=["told_at"],
                name="case_told",
                condition=Q(told_at__isnull=False),
                include=["round_at", "id", "owner_id", *SEEN],
            ),
            models.Index(fields=["owner_id"], name="case_hidden", condition=Q(restricted=True)),
            models.Index(
                fields=["-received_at", "-id"], name="case_ended", condition=Q(state__in=ENDED)
            ),
            models.Index(fields=["person_id", "-received_at"], name="case_by_person"),
            models.Index(fields=["-received_at", "id"], name="case_newest"),
            models.Index(
                fields=["kept_until"], name="case_kept", condition=Q(kept_until__isnull=False)
            ),
            models.Index(fields=["order_id"], name="case_by_order", condition=Q(order_id__gt=0)),
            models.Index(
                fields=["external_id"], name="case_by_external", condition=~Q(external_id="")
            ),
            models.Index(
                fields=["waits_until"],
                name="case_waits",
                condition=Q(waits_until__isnull=False),
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def url(self) -> str:
        return f"/complaints/{self.number}/"

    @property
    def desk_url(self) -> str:
        return f"/desk/cases/{self.number}/"


class IdempotencyKey(models.Model):
    """The same key with the same body gets the same answer; with another body, a refusal."""

    pk = models.CompositePrimaryKey("actor_id", "key")
    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=200)
    digest = models.BinaryField(max_length=32)
    case_id = models.BigIntegerField()
    answer = models.BinaryField()
    at = models.DateTimeField()
