"""What happened: the append-only log, its outbox, and who has heard it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One fact. Rows are added, never changed: triggers and grants refuse it (0002).

    `stream` is the id of what it is about (a case, a policy version, an account); `seq` counts
    from 1 within the stream; `hash` seals the row and the one before it (core.seal).
    """

    pk = models.CompositePrimaryKey("stream", "seq")
    stream = models.BigIntegerField()
    seq = models.IntegerField()
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField()
    actor_role = models.CharField(max_length=20)
    clause = models.CharField(max_length=20, blank=True)
    data = models.JSONField(default=dict)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="event_seq_from_one", condition=Q(seq__gte=1)),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="event_at")]


class Pending(models.Model):
    """The outbox: an event that the relay has not handed on yet."""

    pk = models.CompositePrimaryKey("stream", "seq")
    stream = models.BigIntegerField()
    seq = models.IntegerField()


class Heard(models.Model):
    """This subscriber has done with this event; written in the subscriber's transaction."""

    pk = models.CompositePrimaryKey("subscriber", "stream", "seq")
    subscriber = models.CharField(max_length=60)
    stream = models.BigIntegerField()
    seq = models.IntegerField()


class Live(models.Model):
    """A running id for browsers that come back with Last-Event-ID; ids only, nothing personal."""

    id = models.BigAutoField(primary_key=True)
    stream = models.BigIntegerField()
    seq = models.IntegerField()
    kind = models.CharField(max_length=60)


class DeadLetter(models.Model):
    """An event a subscriber could not take, and those of its stream parked behind it."""

    id = models.BigAutoField(primary_key=True)
    subscriber = models.CharField(max_length=60)
    stream = models.BigIntegerField()
    seq = models.IntegerField()
    parked = models.BooleanField(default=False)
    error = models.TextField(blank=True)
    tries = models.IntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subscriber", "stream", "seq"], name="one_dead_letter_per_event"
            ),
        ]


class DaySeal(models.Model):
    """One day's Merkle root over the heads of every stream that moved, also kept in a file."""

    day = models.DateField(primary_key=True)
    root = models.BinaryField(max_length=32)
    streams = models.IntegerField()
    sealed_at = models.DateTimeField()
