"""Staff, departments and shops: who they are, and who is on duty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from bihuan.accounts import links
from bihuan.accounts.models import Department, Merchant, Staff
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound
from bihuan.policy import loader

MANAGEMENT = "management"  # the department that reads what is reported upwards (2.2.4)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff as colleagues see them."""

    id: int
    name: str
    department: str
    roles: frozenset[Role]
    on_duty: bool
    capacity: int
    active: bool = True

    @property
    def actor(self) -> Actor:
        """This member of staff, acting."""
        return Actor(self.id, self.roles, self.department, self.name)


@dataclass(frozen=True, slots=True)
class Unit:
    """A department; `unit` is the one of the handbook it stands for."""

    code: str
    unit: str
    name: str
    name_en: str


def staff(staff_id: int) -> Colleague | None:
    """One member of staff, also who has left; None when there is none of this id."""
    return colleagues([staff_id]).get(staff_id)


def colleagues(staff_ids: Iterable[int]) -> dict[int, Colleague]:
    """These members of staff by id, in one query; unknown ids are absent."""
    rows = Staff.objects.select_related("user").filter(id__in=set(staff_ids))
    return {row.id: colleague(row) for row in rows}


def staff_names(staff_ids: Iterable[int]) -> dict[int, str]:
    """Their names by id, in one query; unknown ids are absent."""
    return dict(Staff.objects.filter(id__in=set(staff_ids)).values_list("id", "name"))


def active_staff() -> frozenset[int]:
    """The ids of all who can still act."""
    rows = Staff.objects.filter(user__is_active=True)
    return frozenset(rows.values_list("id", flat=True))


def staff_of(department: str, on_duty: bool = True) -> list[Colleague]:
    """The active staff of a department, oldest first; `on_duty` False takes the absent in too."""
    rows = Staff.objects.select_related("user").filter(department=department, user__is_active=True)
    if on_duty:
        rows = rows.filter(on_duty=True)
    return [colleague(row) for row in rows.order_by("id")]


def everybody() -> list[Colleague]:
    """All active staff, by department and name: for lists to choose from.

    Every page of the desk asks, so it takes plain values and no rows with their users.
    """
    rows = Staff.objects.filter(user__is_active=True).order_by("department", "name", "id")
    return [
        Colleague(id, name, department, frozenset(Role(r) for r in roles), on_duty, capacity)
        for id, name, department, roles, on_duty, capacity in rows.values_list(
            "id", "name", "department", "roles", "on_duty", "capacity"
        )
    ]


def ladder(whom: str, department: str) -> list[int]:
    """The supervisors a rung names (2.3.2), those on duty first; never nobody while there is one.

    supervisor: those of this department; supervisors: all; management: the department of that
    name. A rung that nobody stands on tells the next, and the last the administrators.
    """
    staff = everybody()
    bosses = [one for one in staff if Role.SUPERVISOR in one.roles]
    rungs = {
        "supervisor": [one for one in bosses if one.department == department],
        "supervisors": bosses,
        "management": [one for one in staff if one.department == MANAGEMENT],
        "administrator": [one for one in staff if Role.ADMINISTRATOR in one.roles],
    }
    names = list(rungs)
    for name in (*names[names.index(whom) :], *reversed(names)):
        if found := rungs[name]:
            present = [one.id for one in found if one.on_duty]
            return present or [one.id for one in found]
    return []


def staff_contact(staff_id: int) -> str | None:
    """The mail address of a member of staff; None when there is none or they have left."""
    return staff_contacts([staff_id]).get(staff_id)


def staff_contacts(staff_ids: Iterable[int]) -> dict[int, str]:
    """The same for many in one query; those without one are missing."""
    asked = set(staff_ids)
    if not asked:
        return {}
    rows = Staff.objects.filter(id__in=asked, user__is_active=True).exclude(user__email="")
    return dict(rows.values_list("id", "user__email"))


def departments() -> list[Unit]:
    """The departments that exist here, else those of the handbook (2.2.2)."""
    rows = [
        Unit(row.code, row.unit, row.name, row.name_en)
        for row in Department.objects.order_by("code")
    ]
    listed = loader.load_current().departments.values()
    return rows or [Unit(one.id, one.id, one.zh, one.en) for one in listed]


def merchants() -> list[Merchant]:
    """The shops on the platform, by name."""
    return list(Merchant.objects.order_by("name", "id"))


def merchant_names(merchant_ids: Iterable[int]) -> dict[int, str]:
    """Their names by id, in one query."""
    rows = Merchant.objects.filter(id__in=set(merchant_ids))
    return dict(rows.values_list("id", "name"))


def merchant_id(given: str | int) -> int:
    """The shop of this id or exact name; Invalid when there is none."""
    text = str(given).strip()[:120]
    number = int(text) if text.isdecimal() and len(text) < 19 else 0
    rows = Merchant.objects.filter(Q(name=text) | Q(id=number)).order_by("id")
    found = rows.values_list("id", flat=True).first()
    if found is None:
        raise Invalid({"merchant": "not_known"})
    return found


def actor_for_user(user: Any) -> Actor | None:
    """The member of staff a signed-in user is; None when they are none or have left."""
    if not user.is_authenticated or not user.is_active:
        return None
    row = Staff.objects.select_related("user").filter(user_id=user.pk).first()
    return colleague(row).actor if row else None


def started_by(token: str, at: datetime) -> Staff:
    """Whose start link this is. NotFound when it is spent, old, forged or theirs no longer."""
    link = links.read(token)
    row = Staff.objects.select_related("user").filter(user_id=link.user_id).first()
    if row is None or not row.user.is_active:
        raise NotFound()
    if not link.is_good(password=row.user.password, at=at):
        raise NotFound()
    return row


def called(name: str) -> list[Staff]:
    """Who signs in with this name, else all whom colleagues know by it."""
    rows = Staff.objects.select_related("user").order_by("id")
    return list(rows.filter(user__username=name)) or list(rows.filter(name=name))


def colleague(row: Staff) -> Colleague:
    """The row as others see it; its user must have been fetched with it."""
    return Colleague(
        id=row.id,
        name=row.name,
        department=row.department,
        roles=frozenset(Role(role) for role in row.roles),
        on_duty=row.on_duty,
        capacity=row.capacity,
        active=row.user.is_active,
    )
