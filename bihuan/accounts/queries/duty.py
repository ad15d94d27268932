"""Who may be given a case at a moment: present, not away, in a shift, and qualified (1.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from bihuan.accounts.models import Absence, Qualification, Shift, Staff
from bihuan.core.clocks import SHANGHAI
from bihuan.store import statements

_VALID = "dropped_at IS NULL AND (valid_until IS NULL OR valid_until >= %(day)s::date)"
_HANDS = f"""
SELECT staff.id, capacity,
    EXISTS (SELECT FROM accounts_shift WHERE staff_id = staff.id),
    EXISTS (
        SELECT FROM accounts_shift WHERE staff_id = staff.id AND (
            (weekday = %(weekday)s AND starts <= %(minute)s
                AND (ends > %(minute)s OR ends <= starts))
            OR (weekday = %(before)s AND ends > %(minute)s AND ends <= starts)
        )
    ),
    ARRAY (
        SELECT name FROM accounts_qualification AS held
        WHERE held.staff_id = staff.id AND kind = 'skill' AND {_VALID}
    )
FROM accounts_staff AS staff JOIN auth_user ON auth_user.id = user_id
WHERE department = %(department)s AND on_duty AND is_active
    AND NOT EXISTS (
        SELECT FROM accounts_absence WHERE staff_id = staff.id AND ended_at IS NULL
            AND first_on <= %(day)s::date AND last_on >= %(day)s::date
    )
    AND NOT EXISTS (
        SELECT FROM accounts_demand AS demand
        WHERE demand.department = %(department)s AND NOT EXISTS (
            SELECT FROM accounts_qualification AS held
            WHERE held.staff_id = staff.id AND kind = 'qualification'
                AND held.name = demand.name AND {_VALID}
        )
    )
ORDER BY staff.id
"""  # noqa: S608 - nothing of anybody's


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who may be given a case; `skills` are those that hold on the day."""

    id: int
    capacity: int
    on_shift: bool
    skills: frozenset[str]


def hands(department: str, at: datetime) -> list[Hand]:
    """Whoever of the department is present, not away and qualified; those off shift say so.

    One statement, kept ready by PostgreSQL: it is asked while people wait for their case number.
    """
    now = at.astimezone(SHANGHAI)
    given = {
        "department": department, "day": now.date(), "minute": 60 * now.hour + now.minute,
        "weekday": now.isoweekday(), "before": (now.isoweekday() - 2) % 7 + 1,
    }  # fmt: skip
    return [
        Hand(id, max(capacity, 1), in_shift or not has_shifts, frozenset(skills))
        for id, capacity, has_shifts, in_shift, skills in statements.run(_HANDS, given)
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


def next_on_duty(staff_ids: Iterable[int], at: datetime) -> dict[int, datetime]:
    """When the next shift begins of each of them who has shifts, and none that runs now."""
    rows: dict[int, list[Shift]] = {}
    for row in Shift.objects.filter(staff_id__in=set(staff_ids)):
        rows.setdefault(row.staff_id, []).append(row)
    midnight = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    found: dict[int, datetime] = {}
    for staff_id, shifts in rows.items():
        spans = [span for day in range(-1, 8) for span in _spans(shifts, midnight, day)]
        if not any(begins <= at < ends for begins, ends in spans):
            found[staff_id] = min(begins for begins, _ in spans if begins > at)
    return found


def _spans(
    shifts: Iterable[Shift], midnight: datetime, day: int
) -> Iterable[tuple[datetime, datetime]]:
    """From when to when these shifts run that begin so many days after this midnight."""
    begun = midnight + timedelta(days=day)
    for shift in shifts:
        if shift.weekday == begun.isoweekday():
            over_night = 24 * 60 if shift.ends <= shift.starts else 0
            yield (
                begun + timedelta(minutes=shift.starts),
                begun + timedelta(minutes=shift.ends + over_night),
            )


def out_of(staff_ids: Iterable[int], at: datetime) -> frozenset[int]:
    """Those of them who are absent, away on this day, or have left; their shifts do not count."""
    asked, day = frozenset(staff_ids), at.astimezone(SHANGHAI).date()
    there = Staff.objects.filter(id__in=asked, user__is_active=True, on_duty=True).exclude(
        Exists(away_on(day).filter(staff_id=OuterRef("id")))
    )
    return asked - set(there.values_list("id", flat=True))


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
