"""A mail as it arrived, and how far each watched mailbox was read."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

STATES = ["waiting", "opened", "joined", "held", "ignored", "duplicate"]
VIAS = ["smtp", "lmtp", "imap", "pipe"]
#: Who vouches that the sender is who the mail says: our own letter answered from the address it
#: went to, the sender's mail domain as our own server checked it, or nobody.
TRUSTS = ["", "reply", "other_address", "domain", "none"]


class Received(models.Model):
    """One delivery. Its bytes are sealed: by the house until it has a person, then by theirs.

    `person_id` says whose key that is, 0 for the house. `digest` is the mail's: one Message-ID,
    body and recipient are one mail, however often it comes.
    """

    id = models.BigIntegerField(primary_key=True)
    via = models.CharField(max_length=4)
    at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    size = models.BigIntegerField()
    cut = models.BooleanField(default=False)
    raw = models.BinaryField(null=True)
    envelope = models.BinaryField(null=True)
    head = models.BinaryField(null=True)
    person_id = models.BigIntegerField(default=0)
    recipient = models.CharField(max_length=254, blank=True)
    state = models.CharField(max_length=10, default="waiting")
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
    problems = ArrayField(models.CharField(max_length=40), default=list)
    parts = models.JSONField(default=list)
    trust = models.CharField(max_length=16, blank=True)
    case_id = models.BigIntegerField(default=0)
    entry_id = models.BigIntegerField(default=0)
    digest = models.BinaryField(max_length=32, null=True)
    twin_id = models.BigIntegerField(default=0)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest"], name="one_mail_per_digest"),
            models.CheckConstraint(name="mail_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(name="mail_via_known", condition=Q(via__in=VIAS)),
            models.CheckConstraint(name="mail_trust_known", condition=Q(trust__in=TRUSTS)),
            models.CheckConstraint(
                name="mail_has_a_case_iff_it_made_or_joined_one",
                condition=Q(state__in=["opened", "joined"], case_id__gt=0)
                | Q(state__in=["waiting", "held", "ignored", "duplicate"]),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], name="mail_waiting", condition=Q(state="waiting")),
            models.Index(fields=["-at"], name="mail_held", condition=Q(state="held")),
            models.Index(fields=["state", "-id"], name="mail_by_state"),
            models.Index(fields=["case_id"], name="mail_by_case", condition=Q(case_id__gt=0)),
        ]


class Listener(models.Model):
    """A server of our own that takes mail: when it last said that it listens."""

    name = models.CharField(max_length=10, primary_key=True)
    seen_at = models.DateTimeField()


class Mailbox(models.Model):
    """How far a mailbox was read by IMAP: the last UID taken under this UIDVALIDITY (RFC 3501).

    `stuck_uid` is a mail that could not be fetched, `stuck_tries` how often. What arrived before
    `since_on` is left alone: it was there before the house began to look.
    """

    name = models.CharField(max_length=254, primary_key=True)
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    stuck_uid = models.BigIntegerField(default=0)
    stuck_tries = models.IntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField()
    since_on = models.DateField()
    looked_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True)
