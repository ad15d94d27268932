"""Message: to whom, by which provider, how it went; and how somebody wants to be told."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

FAILED = ["dead", "unknown"]
STATES = ["queued", "sent", "delivered", "unknown", "dead"]
#: why a message that was not tried yet waits: quiet hours, or too many letters within the hour
HELD = ["", "quiet", "paced"]
STEPS = ["held", "failed", "gave_up", "bounced", "sent", "delivered", "fell_back", "resent"]
DAY = 24 * 60  # minutes


class Message(models.Model):
    """One notice for one person by one channel; the contact is looked up only while sending.

    `must_by`: a time limit of the handbook, past which no quiet hour holds it.
    `traced_at`: when its supplier was last asked what became of it.
    """

    id = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=120)
    template = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    person_id = models.BigIntegerField(default=0)
    staff_id = models.BigIntegerField(default=0)
    case_id = models.BigIntegerField(default=0)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=10, default="queued")
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    must_by = models.DateTimeField(null=True)
    held = models.CharField(max_length=10, blank=True, default="")
    traced_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="one_message_per_key"),
            models.CheckConstraint(name="message_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(name="message_held_known", condition=Q(held__in=HELD)),
            models.CheckConstraint(
                name="message_is_for_somebody",
                condition=Q(person_id__gt=0) | Q(staff_id__gt=0),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"], name="message_waiting", condition=Q(state="queued")
            ),
            models.Index(fields=["person_id", "-created_at"], name="message_by_person"),
            models.Index(fields=["staff_id", "-created_at"], name="message_by_staff"),
            models.Index(
                fields=["staff_id"],
                name="message_unread_by_staff",
                condition=Q(channel="inbox", read_at__isnull=True, staff_id__gt=0),
            ),
            models.Index(fields=["case_id"], name="message_by_case"),
            models.Index(  # how many left by a way within the last minute
                fields=["channel", "sent_at"],
                name="message_left",
                condition=Q(sent_at__isnull=False) & ~Q(channel="inbox"),
            ),
            models.Index(fields=["-id"], name="message_lost", condition=Q(state__in=FAILED)),
            models.Index(  # one kind of notice, page after page
                fields=["template", "-id"], name="message_by_template", condition=Q(person_id__gt=0)
            ),
            models.Index(  # one way that few are told by, page after page
                fields=["channel", "-id"],
                name="message_by_way",
                condition=Q(person_id__gt=0) & ~Q(channel="inbox"),
            ),
            models.Index(  # not known to have arrived, where somebody can be asked
                fields=["sent_at"],
                name="message_on_its_way",
                condition=Q(state="sent", channel="sms"),
            ),
        ]


class Step(models.Model):
    """What happened to a message on its way, beside what its row says of the end.

    `said` is a code of ours, the provider's words or a colleague's reason, masked. `way` is the
    channel a next message takes; `staff_id` who had it sent again.
    """

    id = models.BigIntegerField(primary_key=True)
    message_id = models.BigIntegerField()
    what = models.CharField(max_length=10)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    said = models.CharField(max_length=300, blank=True, default="")
    way = models.CharField(max_length=10, blank=True, default="")
    staff_id = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="step_of_message_known", condition=Q(what__in=STEPS)),
        ]
        indexes: ClassVar = [models.Index(fields=["message_id"], name="step_by_message")]


class Wish(models.Model):
    """How somebody wants to be told beside what their row in `accounts` says first (2.4.1).

    `then`: the ways that are taken in this order when the first fails; null: nothing was said.
    `app_only`: topics told only in the app. `quiet_from` and `quiet_until` are minutes of a
    Shanghai day. `off_duty`: staff get letters about their topics only while on duty. `before`
    is what it was before a colleague changed it for the person, who is `changed_by`.
    """

    id = models.BigIntegerField(primary_key=True)
    person_id = models.BigIntegerField(default=0)
    staff_id = models.BigIntegerField(default=0)
    then = ArrayField(models.CharField(max_length=10), null=True)
    app_only = ArrayField(models.CharField(max_length=20), default=list)
    quiet_from = models.SmallIntegerField(null=True)
    quiet_until = models.SmallIntegerField(null=True)
    off_duty = models.BooleanField(default=False)
    before = models.JSONField(null=True)
    changed_by = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person_id"], name="one_wish_per_person", condition=Q(person_id__gt=0)
            ),
            models.UniqueConstraint(
                fields=["staff_id"], name="one_wish_per_staff", condition=Q(staff_id__gt=0)
            ),
            models.CheckConstraint(
                name="wish_is_of_one",
                condition=Q(person_id__gt=0, staff_id=0) | Q(person_id=0, staff_id__gt=0),
            ),
            models.CheckConstraint(
                name="quiet_has_both_ends",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__range=(0, DAY - 1), quiet_until__range=(0, DAY - 1))
                & ~Q(quiet_from=models.F("quiet_until")),
            ),
        ]


class Reports(models.Model):
    """What suppliers reported of messages on one channel: how many, and of none of ours."""

    channel = models.CharField(max_length=10, primary_key=True)
    came = models.BigIntegerField(default=0)
    unknown = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()
