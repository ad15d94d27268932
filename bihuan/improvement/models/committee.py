"""The committee of 1.1: who sits on it, when it met, and what it decided.

Once a meeting is closed its papers stay as they are: 0002_guard has the database refuse a change.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

FUNCTIONS = ["operations", "law", "technology", "service"]
MEETING_STATES = ["planned", "closed", "called_off"]
VOTES = ["for", "against", "abstain"]


class Seat(models.Model):
    """A member of staff who stands for one function, from one day to another, both counted."""

    id = models.BigIntegerField(primary_key=True)
    function = models.CharField(max_length=12)
    staff_id = models.BigIntegerField()
    from_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="seat_function_known", condition=Q(function__in=FUNCTIONS)),
            models.CheckConstraint(
                name="seat_ends_after_it_begins",
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
            ),
            models.UniqueConstraint(
                fields=["staff_id"],
                name="one_open_seat_per_person",
                condition=Q(until_on__isnull=True),
            ),
        ]


class Meeting(models.Model):
    """A sitting: planned, then closed with its minutes, or called off with a reason in them."""

    id = models.BigIntegerField(primary_key=True)
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=120)
    state = models.CharField(max_length=12, default="planned")
    minutes = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="meeting_state_known", condition=Q(state__in=MEETING_STATES)
            ),
            models.CheckConstraint(
                name="meeting_ended_with_words",
                condition=Q(state="planned", ended_at__isnull=True)
                | (~Q(state="planned") & Q(ended_at__isnull=False) & ~Q(minutes="")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-starts_at", "-id"], name="meeting_newest")]


class Item(models.Model):
    """A point of the agenda, bound to a clause; `cases` are case numbers."""

    id = models.BigIntegerField(primary_key=True)
    meeting_id = models.BigIntegerField()
    place = models.SmallIntegerField()
    title = models.CharField(max_length=200)
    clause = models.CharField(max_length=12)
    put_by = models.BigIntegerField()
    papers = models.TextField(blank=True)
    cases = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting_id", "place"], name="one_item_per_place"),
        ]


class Attendance(models.Model):
    """Whether a seat was there."""

    pk = models.CompositePrimaryKey("meeting_id", "seat_id")
    meeting_id = models.BigIntegerField()
    seat_id = models.BigIntegerField()
    present = models.BooleanField()


class Recusal(models.Model):
    """A member with an interest in an item does not vote on it."""

    pk = models.CompositePrimaryKey("item_id", "seat_id")
    item_id = models.BigIntegerField()
    seat_id = models.BigIntegerField()
    reason = models.CharField(max_length=300)


class Decision(models.Model):
    """What was put to the vote on one item; `number` is 2026-003.

    `owner_id` and `due_on` say who does what follows, by when; 0 and None when nothing does.
    `replaces` is the earlier decision that this one stands for, 0 for none.
    """

    id = models.BigIntegerField(primary_key=True)
    number = models.CharField(max_length=12)
    version = models.SmallIntegerField(default=1)
    meeting_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    text = models.TextField()
    salt = models.BinaryField(max_length=16)
    clauses = ArrayField(models.CharField(max_length=12))
    adopted = models.BooleanField()
    votes_for = models.SmallIntegerField()
    votes_against = models.SmallIntegerField()
    votes_abstain = models.SmallIntegerField()
    owner_id = models.BigIntegerField(default=0)
    due_on = models.DateField(null=True)
    replaces = models.BigIntegerField(default=0)
    decided_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    done_by = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="one_decision_per_number"),
            models.UniqueConstraint(fields=["item_id"], name="one_decision_per_item"),
            models.UniqueConstraint(
                fields=["replaces"],
                name="a_decision_is_replaced_once",
                condition=Q(replaces__gt=0, adopted=True),
            ),
            models.CheckConstraint(
                name="decision_names_a_clause", condition=Q(clauses__len__gte=1)
            ),
            models.CheckConstraint(
                name="decision_followed_by_somebody_on_a_day",
                condition=Q(owner_id=0, due_on__isnull=True)
                | Q(owner_id__gt=0, due_on__isnull=False, adopted=True),
            ),
            models.CheckConstraint(
                name="decision_done_only_where_something_follows",
                condition=Q(done_at__isnull=True) | Q(owner_id__gt=0),
            ),
            models.CheckConstraint(
                name="decision_published_only_when_adopted",
                condition=Q(published_at__isnull=True) | Q(adopted=True),
            ),
            models.CheckConstraint(
                name="decision_does_not_replace_itself", condition=~Q(replaces=F("id"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-decided_at", "-id"], name="decision_newest"),
            models.Index(
                fields=["-published_at", "-id"],
                name="decision_published",
                condition=Q(published_at__isnull=False),
            ),
            models.Index(fields=["meeting_id"], name="decision_by_meeting"),
            models.Index(
                fields=["owner_id"],
                name="decision_to_do",
                condition=Q(done_at__isnull=True, owner_id__gt=0),
            ),
        ]


class Vote(models.Model):
    """How one seat voted."""

    pk = models.CompositePrimaryKey("decision_id", "seat_id")
    decision_id = models.BigIntegerField()
    seat_id = models.BigIntegerField()
    vote = models.CharField(max_length=8)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="vote_known", condition=Q(vote__in=VOTES)),
        ]
