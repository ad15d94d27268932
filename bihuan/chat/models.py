"""The rows of chats: who waits, who answers, and what was said, sealed."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from bihuan.chat.rules import ENDED, GOING, OPEN, OUTCOMES, STATES, VOICES, WAITING


class Conversation(models.Model):
    """One chat. Its words are sealed under the key of `person_id`, of the house while that is 0.

    `mark` is the hash of the token of a browser in which nobody has signed in; `proven`: somebody
    signed in, and it opens to them alone. `agent_id` holds it, `lost_by` held it last and did not
    answer. `returned` ones stand in front of the queue. `given_at`: when it was last given to an
    agent, `held_at`: when that agent first answered; `answered_at`: when anybody did.
    `unanswered_at`: since when the person waits. `kept_n`: up to where its case holds it.
    """

    id = models.BigIntegerField(primary_key=True)
    mark = models.BinaryField(max_length=32, null=True)
    person_id = models.BigIntegerField(default=0)
    proven = models.BooleanField(default=False)
    locale = models.CharField(max_length=10, default="zh-hans")
    asked_from = models.BinaryField(max_length=16, default=b"")
    line = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=WAITING)
    outcome = models.CharField(max_length=10, blank=True)
    agent_id = models.BigIntegerField(default=0)
    lost_by = models.BigIntegerField(default=0)
    lost_at = models.DateTimeField(null=True)
    returned = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    unanswered_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    said_at = models.DateTimeField()
    here_at = models.DateTimeField()
    urged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_n = models.IntegerField(default=0)
    user_read_n = models.IntegerField(default=0)
    agent_read_n = models.IntegerField(default=0)
    case_id = models.BigIntegerField(default=0)
    kept_n = models.IntegerField(default=0)
    score = models.SmallIntegerField(null=True)
    rated_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="chat_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(
                name="chat_open_has_an_agent",
                condition=Q(state=OPEN, agent_id__gt=0)
                | Q(state=WAITING, agent_id=0)
                | Q(state=ENDED),
            ),
            models.CheckConstraint(
                name="chat_ends_somehow",
                condition=Q(state=ENDED, outcome__in=OUTCOMES, ended_at__isnull=False)
                | (~Q(state=ENDED) & Q(outcome="", ended_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="chat_is_somebodys", condition=Q(mark__isnull=False) | Q(person_id__gt=0)
            ),
            models.CheckConstraint(
                name="chat_score_of_five",
                condition=Q(score__isnull=True, rated_at__isnull=True)
                | Q(score__range=(1, 5), rated_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["mark"], name="one_chat_at_a_time_per_browser",
                condition=Q(state__in=GOING, mark__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["person_id"], name="one_chat_at_a_time_per_person",
                condition=Q(state__in=GOING, proven=True),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(
                fields=["line", "-returned", "queued_at", "id"],
                name="chat_queue", condition=Q(state=WAITING),
            ),
            models.Index(fields=["agent_id"], name="chat_open_by_agent", condition=Q(state=OPEN)),
            models.Index(fields=["mark", "-id"], name="chat_by_browser"),
            models.Index(
                fields=["person_id", "-id"], name="chat_by_person", condition=Q(person_id__gt=0)
            ),
            models.Index(fields=["case_id"], name="chat_by_case", condition=Q(case_id__gt=0)),
            models.Index(fields=["-asked_at", "-id"], name="chat_newest"),
            models.Index(fields=["-ended_at", "-id"], name="chat_ended"),
            models.Index(
                fields=["ended_at"], name="chat_to_forget", condition=Q(forgotten_at=None)
            ),
            models.Index(fields=["asked_from", "-asked_at"], name="chat_by_network"),
        ]  # fmt: skip

    @property
    def is_going(self) -> bool:
        return self.state in GOING

    @property
    def url(self) -> str:
        """At the desk."""
        return f"/desk/chat/{self.id}/"


class Turn(models.Model):
    """One thing said, the n-th of its chat; or, in the system's voice, what happened (`code`).

    `internal`: for colleagues alone. `mark` is made by the sender, so that a message sent twice
    is one. `draft_id` holds the files that came with it.
    """

    id = models.BigIntegerField(primary_key=True)
    chat_id = models.BigIntegerField()
    n = models.IntegerField()
    voice = models.CharField(max_length=10)
    author_id = models.BigIntegerField(default=0)
    code = models.CharField(max_length=20, blank=True)
    facts = models.JSONField(default=dict)
    internal = models.BooleanField(default=False)
    text = models.BinaryField(default=b"")
    salt = models.BinaryField(max_length=16, default=b"")
    draft_id = models.BigIntegerField(default=0)
    mark = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="turn_voice_known", condition=Q(voice__in=VOICES)),
            models.UniqueConstraint(fields=["chat_id", "n"], name="one_turn_per_place"),
            models.UniqueConstraint(
                fields=["chat_id", "voice", "mark"], name="one_turn_per_message",
                condition=~Q(mark=""),
            ),
        ]  # fmt: skip


class Attendance(models.Model):
    """Whether somebody takes chats now, of which lines, and how many at once (null: as all do).

    `on`: he said so. `seen_at` is the last sign of life of his page; `off_why` says why the house
    switched him off.
    """

    staff_id = models.BigIntegerField(primary_key=True)
    on = models.BooleanField(default=False)
    lines = ArrayField(models.CharField(max_length=20), default=list)
    most = models.SmallIntegerField(null=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    last_given_at = models.DateTimeField(null=True)
    off_why = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="chats_at_once_in_bounds",
                condition=Q(most__isnull=True) | Q(most__range=(1, 30)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["seen_at"], name="chat_attending", condition=Q(on=True)),
        ]
