"""Who may be given a case at a moment: present, not away, in a shift, and qualified (1.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from bihuan.accounts.models import Absence, Demand, Qualification, Shift, Staff
from bihuan.core.clocks import SHANGHAI


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who may be given a case; `skills` are those that hold on the day."""

    id: int
    capacity: int
    on_shift: bool
    skills: frozenset[str]


def hands(department: str, at: datetime) -> list[Hand]:
    """Whoever of the department is present, not away and qualified; those off shift say so.

    One query: this is asked while people wait for their case number.
    """
    day = at.astimezone(SHANGHAI).date()
    skills = holding(day).filter(kind="skill", staff_id=OuterRef("id")).values("name")
    rows = (
        Staff.objects.filter(department=department, user__is_active=True, on_duty=True)
        .exclude(Exists(away_on(day).filter(staff_id=OuterRef("id"))))
        .exclude(Exists(_unmet(department, day)))
        .annotate(
            has_shifts=Exists(_shifts()),
            in_shift=Exists(_running(at)),
            skills=ArraySubquery(skills),
        )
        .order_by("id")
        .values_list("id", "capacity", "has_shifts", "in_shift", "skills")
    )
    return [
        Hand(id, max(capacity, 1), in_shift or not has_shifts, frozenset(skills))
        for id, capacity, has_shifts, in_shift, skills in rows
    ]


def on_duty_ids(at: datetime) -> frozenset[int]:
    """Everybody who is present, not away and in a shift, if they have any."""
    day = at.astimezone(SHANGHAI).date()
    rows = (
        Staff.objects.filter(user__is_active=True, on_duty=True)
        .exclude(Exists(away_on(day).filter(staff_id=OuterRef("id"))))
        .filter(Exists(_running(at)) | ~Exists(_shifts()))
    )
    return frozenset(rows.values_list("id", flat=True))


def skills_of(staff_ids: Iterable[int], day: date) -> dict[int, frozenset[str]]:
    """The skills that hold on this day, in one query; who has none is absent."""
    asked = set(staff_ids)
    found: dict[int, set[str]] = {}
    if asked:
        rows = holding(day).filter(kind="skill", staff_id__in=asked)
        for id, name in rows.values_list("staff_id", "name"):
            found.setdefault(id, set()).add(name)
    return {id: frozenset(names) for id, names in found.items()}


def staffed(day: date) -> dict[str, frozenset[str]]:
    """The departments in which anybody works, each with the skills to be found there."""
    rows = list(Staff.objects.filter(user__is_active=True).values_list("id", "department"))
    skills = skills_of((id for id, _ in rows), day)
    found: dict[str, set[str]] = {}
    for id, department in rows:
        if department:
            found.setdefault(department, set()).update(skills.get(id, ()))
    return {department: frozenset(names) for department, names in found.items()}


def away_on(day: date) -> QuerySet[Absence]:
    """The absences that cover this day."""
    return Absence.objects.filter(ended_at=None, first_on__lte=day, last_on__gte=day)


def holding(day: date) -> QuerySet[Qualification]:
    """Skills and qualifications that are valid on this day, the last one included."""
    valid = Q(valid_until=None) | Q(valid_until__gte=day)
    return Qualification.objects.filter(valid, dropped_at=None)


def _unmet(department: str, day: date) -> QuerySet[Demand]:
    """What this department demands and the outer member of staff has not, or no longer."""
    had = holding(day).filter(
        staff_id=OuterRef(OuterRef("id")), kind="qualification", name=OuterRef("name")
    )
    return Demand.objects.filter(~Exists(had), department=department)


def _shifts() -> QuerySet[Shift]:
    return Shift.objects.filter(staff_id=OuterRef("id"))


def _running(at: datetime) -> QuerySet[Shift]:
    """The shifts of the outer member of staff that run now, also from the evening before."""
    now = at.astimezone(SHANGHAI)
    minute, today = 60 * now.hour + now.minute, now.isoweekday()
    over_night = Q(ends__lte=F("starts"))
    begun = Q(weekday=today, starts__lte=minute) & (Q(ends__gt=minute) | over_night)
    begun_yesterday = Q(weekday=(today - 2) % 7 + 1, ends__gt=minute) & over_night
    return _shifts().filter(begun | begun_yesterday)
