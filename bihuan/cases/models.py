"""The rows of a case: what was asked, what is owed by when, what was said and found."""

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
CATEGORIES = ["service_quality", "platform_rule", "system_tech", "other"]
SEVERITIES = ["general", "major", "extra_major"]
PRIORITIES = ["urgent", "important", "general"]
NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)
DUE = Coalesce("next_due_at", NO_DUE)  # as the inbox orders it: nothing owed stands last


class Case(models.Model):
    """A request or complaint. No foreign keys on the hot path: commands check the ids (HOUSE §5).

    `next_due_at` is the least effective due of its running hard clocks; `rank` is priority, then
    service quality first (2.1.2): together they order the inbox.
    """

    id = models.BigIntegerField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
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
    next_milestone = models.CharField(max_length=40, blank=True)
    waits_until = models.DateTimeField(null=True)
    reminded_round = models.IntegerField(default=0)
    outcome = models.CharField(max_length=20, blank=True)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    merged_into = models.BigIntegerField(default=0)
    retention = models.CharField(max_length=20, blank=True)
    restricted = models.BooleanField(default=False)
    external_id = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
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
            models.Index("rank", DUE, "id", name="case_inbox", condition=Q(state__in=OPEN)),
            models.Index(
                "owner_id", "rank", DUE, "id", name="case_mine", condition=Q(state__in=OPEN)
            ),
            models.Index(
                "department", "rank", DUE, "id", name="case_of_team", condition=Q(state__in=OPEN)
            ),
            models.Index(fields=["person_id", "-received_at"], name="case_by_person"),
            models.Index(fields=["-received_at", "id"], name="case_newest"),
            models.Index(fields=["order_id"], name="case_by_order", condition=Q(order_id__gt=0)),
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


class Clock(models.Model):
    """One promise-bearing due of one milestone; `due_at` is never updated (HOUSE §6b)."""

    pk = models.CompositePrimaryKey("case_id", "round", "milestone", "due_at")
    case_id = models.BigIntegerField()
    round = models.IntegerField()
    milestone = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    effective_due_at = models.DateTimeField()
    started_at = models.DateTimeField()
    hard = models.BooleanField()
    status = models.CharField(max_length=12)
    promises = ArrayField(models.CharField(max_length=20))
    done_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=40, blank=True)
    warned_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="clock_due_after_start", condition=Q(due_at__gt=F("started_at"))
            ),
            models.CheckConstraint(
                name="clock_effective_not_after_due", condition=Q(effective_due_at__lte=F("due_at"))
            ),
            models.CheckConstraint(
                name="clock_status_known", condition=Q(status__in=["final", "provisional"])
            ),
            models.CheckConstraint(
                name="clock_met_or_void_not_both",
                condition=Q(done_at__isnull=True) | Q(void_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="clock_running",
                condition=Q(done_at__isnull=True, void_at__isnull=True, late_at__isnull=True),
            ),
        ]


class Entry(models.Model):
    """Something said on a case. Numbers of persons inside are sealed (⟦mask|id⟧)."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    voice = models.CharField(max_length=10)
    internal = models.BooleanField(default=False)
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=60, blank=True)
    text = models.TextField()
    salt = models.BinaryField(max_length=16)
    channel = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="entry_voice_known",
                condition=Q(voice__in=["user", "merchant", "agent", "system"]),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case_id", "id"], name="entry_by_case")]


class Sealed(models.Model):
    """A phone, card, ID number or mail address taken out of a text; shown only with a reason."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    value = models.BinaryField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case_id"], name="sealed_by_case")]


class Finding(models.Model):
    """What one department found out, and the measure it proposes (2.2.3)."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    round = models.IntegerField()
    department = models.CharField(max_length=30)
    kind = models.CharField(max_length=12)
    text = models.TextField()
    author_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case_id"], name="finding_by_case")]


class FollowUp(models.Model):
    """What will still be done after the result, by whom and by which day (1.2 ④)."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    round = models.IntegerField()
    what = models.CharField(max_length=300)
    owner_id = models.BigIntegerField()
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    chased_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="follow_up_by_case"),
            models.Index(
                fields=["due_on"],
                name="follow_up_open",
                condition=Q(done_at__isnull=True, chased_at__isnull=True),
            ),
        ]


class File(models.Model):
    """Evidence: stored under a random name, re-encoded when it is an image, hashed in the log."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField(default=0)
    draft_id = models.BigIntegerField(default=0)
    person_id = models.BigIntegerField(default=0)
    token = models.CharField(max_length=43, unique=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    blob = models.CharField(max_length=80)
    thumb = models.CharField(max_length=80, blank=True)
    internal = models.BooleanField(default=False)
    author_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="file_by_case"),
            models.Index(fields=["draft_id"], name="file_by_draft", condition=Q(draft_id__gt=0)),
        ]


class Draft(models.Model):
    """A form half filled in, kept by the server from the first step; its words are sealed."""

    id = models.BigIntegerField(primary_key=True)
    token = models.CharField(max_length=43, unique=True)
    person_id = models.BigIntegerField(default=0)
    form = models.CharField(max_length=20)
    sealed = models.BinaryField()
    step = models.CharField(max_length=20, blank=True)
    updated_at = models.DateTimeField()
    case_id = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person_id", "-updated_at"], name="draft_by_person")
        ]


class IdempotencyKey(models.Model):
    """The same key with the same body gets the same answer; with another body, a refusal."""

    pk = models.CompositePrimaryKey("actor_id", "key")
    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=200)
    digest = models.BinaryField(max_length=32)
    case_id = models.BigIntegerField()
    answer = models.BinaryField()
    at = models.DateTimeField()
