"""Service points, appointments, numbers in a queue, and what is still to be told in person.

No personal words stand here: people are ids of `accounts`, which seals what they gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from bihuan.core.opening import Span
from bihuan.counter import rules
from bihuan.counter.rules import AT_A_WINDOW

MOST_WINDOWS = 50
BOOKED = ["booked", "kept", "missed", "cancelled"]
VISITS = ["waiting", "called", "serving", "done", "no_show", "left"]


class Point(models.Model):
    """A service point. What is empty is not configured and is never invented (X-26).

    `hours`: the number of a weekday to its spans in minutes, {"1": [[540, 720]]}.
    """

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=60)
    city = models.CharField(max_length=30)
    address = models.CharField(max_length=200, blank=True)
    directions = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    hours = models.JSONField(default=dict)
    windows = models.SmallIntegerField(default=0)
    minutes = models.SmallIntegerField(default=15)
    wheelchair = models.BooleanField(default=False)
    hearing_loop = models.BooleanField(default=False)
    priority = models.BooleanField(default=False)
    bring = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="point_windows_counted", condition=Q(windows__range=(0, MOST_WINDOWS))
            ),
            models.CheckConstraint(
                name="point_visit_has_a_length", condition=Q(minutes__range=(5, 240))
            ),
        ]

    @property
    def is_configured(self) -> bool:
        """Whether people can be sent there: an address, hours, and a window."""
        return bool(self.address and self.hours and self.windows)

    @property
    def week(self) -> Mapping[int, tuple[Span, ...]]:
        """The hours by weekday, Monday is 1."""
        return {int(n): tuple((a, b) for a, b in spans) for n, spans in self.hours.items()}


class SpecialDay(models.Model):
    """A day that is not as the week and the calendar say: other hours, or none at all."""

    pk = models.CompositePrimaryKey("point_id", "day")
    point_id = models.BigIntegerField()
    day = models.DateField()
    spans = models.JSONField(default=list)
    note = models.CharField(max_length=60, blank=True)


class Appointment(models.Model):
    """A place at a window for one visit; `seat` counts the places of the same minute.

    `case_id` is the case it is about, 0 for a new matter. `need` is a reason of lanes.toml.
    """

    id = models.BigIntegerField(primary_key=True)
    point_id = models.BigIntegerField()
    day = models.DateField()
    ordinal = models.SmallIntegerField()
    starts_at = models.DateTimeField()
    seat = models.SmallIntegerField()
    state = models.CharField(max_length=10, default="booked")
    person_id = models.BigIntegerField()
    case_id = models.BigIntegerField(default=0)
    need = models.CharField(max_length=20, blank=True)
    mark = models.BinaryField(max_length=32)
    booked_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="appointment_state_known", condition=Q(state__in=BOOKED)),
            models.CheckConstraint(
                name="appointment_seat_counted", condition=Q(seat__range=(1, MOST_WINDOWS))
            ),
            models.CheckConstraint(
                name="appointment_is_for_somebody", condition=Q(person_id__gt=0)
            ),
            models.UniqueConstraint(
                fields=["point_id", "starts_at", "seat"],
                name="one_appointment_per_place",
                condition=Q(state="booked"),
            ),
            models.UniqueConstraint(
                fields=["point_id", "day", "ordinal"], name="one_appointment_per_number"
            ),
            models.UniqueConstraint(fields=["mark"], name="one_appointment_per_link"),
            models.CheckConstraint(
                name="appointment_ended_iff_not_booked",
                condition=Q(state="booked", ended_at__isnull=True)
                | (~Q(state="booked") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["person_id"], name="appointment_open", condition=Q(state="booked")
            ),
            models.Index(
                fields=["starts_at"], name="appointment_to_come", condition=Q(state="booked")
            ),
        ]

    @property
    def number(self) -> str:
        """Y001, of its day at its point."""
        return rules.number("Y", self.ordinal)


class Visit(models.Model):
    """A number in the queue of one day at one point, from taking it to the end of the visit.

    `window` is where it is called or served, 0 elsewhere; `wants` the window it was sent on to.
    """

    id = models.BigIntegerField(primary_key=True)
    point_id = models.BigIntegerField()
    day = models.DateField()
    lane = models.CharField(max_length=1)
    ordinal = models.SmallIntegerField()
    state = models.CharField(max_length=10, default="waiting")
    reason = models.CharField(max_length=20, blank=True)
    window = models.SmallIntegerField(default=0)
    wants = models.SmallIntegerField(default=0)
    calls = models.SmallIntegerField(default=0)
    appointment_id = models.BigIntegerField(default=0)
    mark = models.BinaryField(max_length=32)
    taken_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="visit_state_known", condition=Q(state__in=VISITS)),
            models.CheckConstraint(
                name="visit_lane_known", condition=Q(lane__in=[rules.ORDINARY, rules.PRIORITY])
            ),
            models.UniqueConstraint(
                fields=["point_id", "day", "lane", "ordinal"], name="one_visit_per_number"
            ),
            models.UniqueConstraint(
                fields=["point_id", "day", "window"],
                name="one_visit_per_window",
                condition=Q(state__in=AT_A_WINDOW),
            ),
            models.UniqueConstraint(
                fields=["appointment_id"],
                name="one_visit_per_appointment",
                condition=Q(appointment_id__gt=0) & ~Q(state="left"),
            ),
            models.UniqueConstraint(fields=["mark"], name="one_visit_per_link"),
            models.CheckConstraint(
                name="visit_at_a_window_names_it",
                condition=~Q(state__in=AT_A_WINDOW) | Q(window__gt=0, called_at__isnull=False),
            ),
            models.CheckConstraint(
                name="visit_ended_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("taken_at")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["point_id", "day", "state"], name="visit_of_a_day"),
        ]

    @property
    def number(self) -> str:
        """A001 or P001, of its day at its point."""
        return rules.number(self.lane, self.ordinal)

    def is_of(self, today: date) -> bool:
        """Whether it still belongs to a queue that runs."""
        return self.day == today


class Registered(models.Model):
    """A case that was taken down at the window during a visit."""

    pk = models.CompositePrimaryKey("visit_id", "case_id")
    visit_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case_id"], name="one_visit_per_registered_case"),
        ]


class Telling(models.Model):
    """A result that is to be told in person (2.4.1), and then that it was.

    `to` is who heard it, the person or somebody they sent; `checked` how that was known.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    entry_id = models.BigIntegerField()
    round = models.IntegerField()
    owed_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    told_by = models.BigIntegerField(default=0)
    to = models.CharField(max_length=10, blank=True)
    checked = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry_id"], name="one_telling_per_notice"),
            models.CheckConstraint(
                name="telling_says_to_whom_and_how",
                condition=Q(told_at__isnull=True, told_by=0, to="", checked="")
                | (Q(told_at__isnull=False, told_by__gt=0) & ~Q(to="") & ~Q(checked="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["owed_at"], name="telling_owed", condition=Q(told_at__isnull=True)
            ),
        ]
