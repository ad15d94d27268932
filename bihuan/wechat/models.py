"""What came by WeChat and is not done yet, who writes there, and how the account stands."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

STATES = ["waiting", "opened", "joined", "command", "nothing"]
MEDIA = ["", "waiting", "kept", "lost"]


class Received(models.Model):
    """One message or event; `key` is the digest of WeChat's own name for it, which comes once.

    `raw` is kept only while something is to be done: sealed by the house, then by its person's
    key. `about` says which command it was, and what came of a code.
    """

    id = models.BigIntegerField(primary_key=True)
    key = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=12)
    raw = models.BinaryField(null=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, default="waiting")
    about = models.CharField(max_length=20, blank=True)
    person_id = models.BigIntegerField(default=0)
    case_id = models.BigIntegerField(default=0)
    media = models.CharField(max_length=8, blank=True)
    why = models.CharField(max_length=40, blank=True)
    quiet = models.BooleanField(default=False)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="one_wechat_message_per_key"),
            models.CheckConstraint(name="wechat_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(name="wechat_media_known", condition=Q(media__in=MEDIA)),
            models.CheckConstraint(
                name="wechat_message_has_a_case_iff_it_made_or_joined_one",
                condition=Q(state__in=["opened", "joined"], case_id__gt=0)
                | Q(state__in=["waiting", "command", "nothing"], case_id=0),
            ),
            models.CheckConstraint(
                name="wechat_raw_only_while_waiting",
                condition=Q(raw__isnull=True) | Q(state="waiting") | Q(media="waiting"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                name="wechat_to_do",
                condition=Q(state="waiting") | Q(media="waiting"),
            ),
            models.Index(fields=["case_id"], name="wechat_by_case", condition=Q(case_id__gt=0)),
            models.Index(fields=["at"], name="wechat_by_age"),
        ]


class Signature(models.Model):
    """A signature that came, and the digest of what it came with: another body is not believed.

    In plain mode WeChat does not sign what it says, only that it says something.
    """

    digest = models.BinaryField(primary_key=True, max_length=32)
    body = models.BinaryField(max_length=32)
    at = models.DateTimeField()


class Follower(models.Model):
    """Who writes under an openid, by its blind index. `before_id` wrote so until it was bound.

    `case_id` is what was spoken of last; `wants_new`: the next message is another matter.
    """

    index = models.BinaryField(primary_key=True, max_length=16)
    before_id = models.BigIntegerField(default=0)
    case_id = models.BigIntegerField(default=0)
    wants_new = models.BooleanField(default=False)
    spoke_at = models.DateTimeField(null=True)
    wrong_codes = models.IntegerField(default=0)
    wrong_since = models.DateTimeField(null=True)


class BindCode(models.Model):
    """A code that a signed-in person was shown: only its hash, for ten minutes, once."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    person_id = models.BigIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], name="bindcode_lapses"),
            models.Index(fields=["person_id"], name="bindcode_by_person"),
        ]


class Account(models.Model):
    """How the account stands: its token, sealed by the house, and when it was last heard of."""

    app_id = models.CharField(max_length=20, primary_key=True)
    token = models.BinaryField(null=True)
    token_until = models.DateTimeField(null=True)
    token_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True)
    last_in_at = models.DateTimeField(null=True)
