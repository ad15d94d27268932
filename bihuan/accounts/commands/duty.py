"""When somebody works and for what: shifts, absences, skills, qualifications, demands (1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from bihuan.accounts import queries
from bihuan.accounts.models import ABSENCES, Absence, Demand, Qualification, Shift, Staff
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid, NotFound, NotPermitted
from bihuan.events import log
from bihuan.store.blocks import new_id

LONGEST = timedelta(days=366)
DAY = 24 * 60  # minutes
Spell = tuple[int, int, int]  # weekday from 1, start and end in minutes of the day


@transaction.atomic
def set_shifts(*, staff_id: int, shifts: Sequence[Spell], by: Actor, at: datetime) -> None:
    """排班：all shifts of somebody's week; none at all means whenever present."""
    staff = _managed(staff_id, by)
    wanted = sorted(set(shifts))
    for weekday, starts, ends in wanted:
        inputs.whole(weekday, field="weekday", least=1, most=7)
        inputs.whole(starts, field="starts", most=DAY - 1)
        inputs.whole(ends, field="ends", least=1, most=DAY)
        if starts == ends:
            raise Invalid({"ends": "not_valid"}, clause="1.3")
    if overlapping(wanted):
        raise Invalid({"starts": "shifts_overlap"}, clause="1.3")
    Shift.objects.filter(staff_id=staff.id).delete()
    Shift.objects.bulk_create(
        Shift(id=new_id(at), staff_id=staff.id, weekday=day, starts=starts, ends=ends)
        for day, starts, ends in wanted
    )
    told = [f"{day}:{starts}-{ends}" for day, starts, ends in wanted]
    log.append(
        "staff.shifts_set", stream=staff.id, clause="1.3", by=by, at=at, staff=staff.id, shifts=told
    )


def overlapping(shifts: Sequence[Spell]) -> list[int]:
    """The places of those that begin while another one runs; one past midnight runs on."""
    runs = [(DAY * d + s, DAY * d + (e if e > s else e + DAY)) for d, s, e in shifts]
    return [
        place
        for place, (starts, _) in enumerate(runs)
        if any(
            first <= (starts if starts >= first else starts + 7 * DAY) < last
            for other, (first, last) in enumerate(runs)
            if other != place
        )
    ]


@transaction.atomic
def mark_absent(
    *, staff_id: int, first_on: date, last_on: date, reason: str, by: Actor, at: datetime
) -> Absence:
    """请假：from the first to the last day, both included, nothing new is given to them."""
    staff = _managed(staff_id, by, themselves=True)
    _possible(staff_id, first_on, last_on, reason, at)
    made = Absence.objects.create(
        id=new_id(at), staff_id=staff.id, first_on=first_on, last_on=last_on, reason=reason,
        noted_by=by.id, noted_at=at,
    )  # fmt: skip
    log.append(
        "staff.absent", stream=staff.id, clause="1.3", by=by, at=at, staff=staff.id,
        absence=made.id, first_on=first_on.isoformat(), last_on=last_on.isoformat(),
        reason_code=reason,
    )  # fmt: skip
    return made


@transaction.atomic
def check_absence(
    *, staff_id: int, first_on: date, last_on: date, reason: str, by: Actor, at: datetime
) -> None:
    """What `mark_absent` would refuse, refused before anything is done: for the look ahead."""
    _managed(staff_id, by, themselves=True)
    _possible(staff_id, first_on, last_on, reason, at)


def _possible(staff_id: int, first_on: date, last_on: date, reason: str, at: datetime) -> None:
    inputs.one_of(reason, ABSENCES, field="reason")
    faults = {}
    if last_on < first_on:
        faults["last_on"] = "before_its_start"
    elif last_on < at.astimezone(SHANGHAI).date():
        faults["last_on"] = "in_the_past"
    elif last_on - first_on > LONGEST:
        faults["last_on"] = "over_a_year"
    elif Absence.objects.filter(
        staff_id=staff_id, ended_at=None, first_on__lte=last_on, last_on__gte=first_on
    ).exists():
        faults["first_on"] = "already_absent"
    if faults:
        raise Invalid(faults, clause="1.3")


@transaction.atomic
def end_absence(*, absence_id: int, by: Actor, at: datetime) -> Absence:
    """销假：back early; what was handed over stays where it is."""
    row = Absence.objects.select_for_update().filter(id=absence_id, ended_at=None).first()
    if row is None:
        raise NotFound()
    _managed(row.staff_id, by, themselves=True)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    log.append(
        "staff.returned", stream=row.staff_id, clause="1.3", by=by, at=at, staff=row.staff_id,
        absence=row.id,
    )  # fmt: skip
    return row


@transaction.atomic
def set_qualification(
    *, staff_id: int, kind: str, name: str, valid_until: date | None = None, by: Actor, at: datetime
) -> Qualification:
    """登记资质或技能：one of the same name is renewed."""
    staff = _managed(staff_id, by)
    inputs.one_of(kind, ["qualification", "skill"], field="kind")
    plain = inputs.words(name, field="name", least=1, most=40, lines=False)
    if valid_until and valid_until < at.astimezone(SHANGHAI).date():
        raise Invalid({"valid_until": "in_the_past"}, clause="1.3")
    made, _ = Qualification.objects.update_or_create(
        staff_id=staff.id,
        kind=kind,
        name=plain,
        dropped_at=None,
        defaults={"valid_until": valid_until},
        create_defaults={"id": new_id(at), "valid_until": valid_until},
    )
    _say_of(made, "staff.qualified", by, at)
    return made


@transaction.atomic
def drop_qualification(*, qualification_id: int, by: Actor, at: datetime) -> Qualification:
    """撤销：it no longer counts from this moment on."""
    rows = Qualification.objects.select_for_update()
    row = rows.filter(id=qualification_id, dropped_at=None).first()
    if row is None:
        raise NotFound()
    _managed(row.staff_id, by)
    row.dropped_at = at
    row.save(update_fields=["dropped_at"])
    _say_of(row, "staff.unqualified", by, at)
    return row


def _say_of(row: Qualification, kind: str, by: Actor, at: datetime) -> None:
    until = row.valid_until.isoformat() if row.valid_until else ""
    log.append(
        kind, stream=row.staff_id, clause="1.3", by=by, at=at, staff=row.staff_id,
        qualification=row.id, kind=row.kind, valid_until=until,
    )  # fmt: skip


@transaction.atomic
def set_demands(*, department: str, names: Sequence[str], by: Actor, at: datetime) -> None:
    """岗位资质要求：nobody without all of these is given cases of the department (1.3)."""
    _managers_only(by)
    known = [one.code for one in queries.departments()]
    inputs.one_of(department, known, field="department")
    given = [inputs.words(name, field="names", most=40, lines=False) for name in names]
    wanted = list(dict.fromkeys(filter(None, given)))
    Demand.objects.filter(department=department).delete()
    Demand.objects.bulk_create(Demand(department=department, name=name) for name in wanted)
    log.append(
        "staff.demands_set", stream=new_id(at), clause="1.3", by=by, at=at, department=department,
        demands=wanted,
    )  # fmt: skip


def _managed(staff_id: int, by: Actor, *, themselves: bool = False) -> Staff:
    """The locked row of somebody whom this actor may plan; NotFound, NotPermitted."""
    if not (themselves and by.id == staff_id):
        _managers_only(by)
    found = Staff.objects.select_for_update().filter(id=staff_id).first()
    if found is None:
        raise NotFound()
    return found


def _managers_only(by: Actor) -> None:
    if not by.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SYSTEM}:
        raise NotPermitted("1.3")
