"""Message: to whom, by which provider, how it went."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

FAILED = ["dead", "unknown"]
STATES = ["queued", "sent", "delivered", "unknown", "dead"]


class Message(models.Model):
    """One notice for one person by one channel; the contact is looked up only while sending.

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
    traced_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="one_message_per_key"),
            models.CheckConstraint(name="message_state_known", condition=Q(state__in=STATES)),
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
            models.Index(  # not known to have arrived, where somebody can be asked
                fields=["sent_at"],
                name="message_on_its_way",
                condition=Q(state="sent", channel="sms"),
            ),
            models.Index(
                fields=["-created_at"], name="message_failed", condition=Q(state__in=FAILED)
            ),
        ]


class Reports(models.Model):
    """What suppliers reported of messages on one channel: how many, and of none of ours."""

    channel = models.CharField(max_length=10, primary_key=True)
    came = models.BigIntegerField(default=0)
    unknown = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()
