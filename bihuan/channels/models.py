"""How each channel was seen last, when it was silent, what is announced, and where it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from bihuan.channels.rules import PUBLISHED
from bihuan.core.opening import Span


class Seen(models.Model):
    """One channel, in or out, at the last look. `id` is its stream in the log.

    `failing_since` is the first moment it did not work, `silent_since` the same once staff were
    to hear of it, `told_at` when they last did.
    """

    id = models.BigIntegerField(primary_key=True)
    channel = models.CharField(max_length=20)
    outward = models.BooleanField()
    place = models.SmallIntegerField()
    alive_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    silent_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    open_now = models.BooleanField(null=True)
    opens_at = models.DateTimeField(null=True)
    always = models.BooleanField(default=False)
    wait_seconds = models.IntegerField(null=True)
    waiting = models.IntegerField(default=0)
    watched_since = models.DateTimeField()
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "outward"], name="one_row_per_channel"),
            models.CheckConstraint(
                name="silence_is_of_what_fails",
                condition=Q(silent_since__isnull=True) | Q(failing_since__isnull=False),
            ),
        ]


class Silence(models.Model):
    """A time in which a channel did not work; of channel "" one in which nobody looked."""

    id = models.BigIntegerField(primary_key=True)
    channel = models.CharField(max_length=20, blank=True)
    outward = models.BooleanField(default=False)
    reason = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "outward"],
                name="one_silence_at_a_time",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="silence_ended_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["began_at"], name="silence_by_time")]


class Outage(models.Model):
    """A channel will not work from then until then, in the words that people are shown."""

    id = models.BigIntegerField(primary_key=True)
    channel = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    words = models.CharField(max_length=200)
    by_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="outage_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="outage_by_end")]


class Published(models.Model):
    """Where a channel is reached, as the house makes it known: one row a version, the last stands.

    What is empty is not configured and is never invented (X-26). `hours` as in a service point.
    """

    id = models.BigIntegerField(primary_key=True)
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=100, blank=True)
    link = models.CharField(max_length=300, blank=True)
    hours = models.JSONField(default=dict)
    by_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="published_channel_known", condition=Q(channel__in=PUBLISHED)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["channel", "-id"], name="published_by_channel")]

    @property
    def week(self) -> Mapping[int, tuple[Span, ...]]:
        """The hours by weekday, Monday is 1."""
        return {int(n): tuple((a, b) for a, b in spans) for n, spans in self.hours.items()}


class Rated(models.Model):
    """What somebody said of a case that came by this channel: their scores, as one word.

    Of a chat its own id stands in the place of the case's.
    """

    pk = models.CompositePrimaryKey("case_id", "round")
    case_id = models.BigIntegerField()
    round = models.IntegerField()
    channel = models.CharField(max_length=20)
    rated_at = models.DateTimeField()
    satisfied = models.BooleanField()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["rated_at", "channel"], name="rated_by_time", include=["satisfied"]
            ),
        ]


class Tally(models.Model):
    """The answers of the last days by channel, counted now and then: pages only read them."""

    channel = models.CharField(max_length=20, primary_key=True)
    answers = models.IntegerField()
    satisfied = models.IntegerField()
    counted_at = models.DateTimeField()


class Opinion(models.Model):
    """A suggestion or praise of a channel itself: the case that holds the words."""

    case_id = models.BigIntegerField(primary_key=True)
    channel = models.CharField(max_length=20)
    said_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["said_at"], name="opinion_by_time")]
