"""Staff, their departments, and merchants: who is taken in, and how they first sign in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from bihuan.accounts import links, queries
from bihuan.accounts.models import ROLES, Department, Merchant, Staff
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Conflict, Invalid, NotFound, NotPermitted
from bihuan.events import log
from bihuan.store.blocks import new_id


@transaction.atomic
def create_staff(
    *,
    name: str,
    roles: Iterable[str],
    department: str = "",
    username: str = "",
    email: str = "",
    capacity: int = 16,
    by: Actor,
    at: datetime,
) -> Staff:
    """Somebody who works cases, without a password yet (start_link); NotPermitted, Conflict.

    Made by an administrator or the house. Invalid: name, role, department, username.
    """
    _administrators_only(by)
    _known_department(department)
    plain = inputs.words(name, field="name", least=1, most=60, lines=False)
    wanted = _known_roles(roles)
    login = inputs.words(username or plain, field="username", least=1, most=150, lines=False)
    staff = Staff.objects.create(
        id=new_id(at),
        user=_new_user(login, email),
        name=plain,
        department=department,
        roles=wanted,
        capacity=inputs.whole(capacity, field="capacity", most=1000),
        created_at=at,
    )
    log.append(
        "staff.created",
        stream=staff.id,
        staff=staff.id,
        roles=wanted,
        department=department,
        clause="2.2.2",
        by=by,
        at=at,
    )
    return staff


@transaction.atomic
def set_on_duty(*, staff_id: int, on_duty: bool, by: Actor, at: datetime) -> Staff:
    """Whether new cases are given to them; themselves or a supervisor say so."""
    if by.id != staff_id and not by.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SYSTEM}:
        raise NotPermitted(clause="2.2.2")
    staff = Staff.objects.select_for_update().filter(id=staff_id).first()
    if staff is None:
        raise NotFound()
    staff.on_duty = on_duty
    staff.save(update_fields=["on_duty"])
    return staff


@transaction.atomic
def create_department(
    *, code: str, unit: str, name: str, name_en: str, by: Actor, at: datetime
) -> Department:
    """A unit of 2.2.2; made anew or renamed."""
    _administrators_only(by)
    made, _ = Department.objects.update_or_create(
        code=inputs.words(code, field="code", least=1, most=30, lines=False),
        defaults={
            "unit": inputs.words(unit, field="unit", least=1, most=30, lines=False),
            "name": inputs.words(name, field="name", least=1, most=60, lines=False),
            "name_en": inputs.words(name_en, field="name_en", least=1, most=80, lines=False),
        },
    )
    return made


@transaction.atomic
def create_merchant(*, name: str, contact_person_id: int = 0, by: Actor, at: datetime) -> Merchant:
    """A shop on the platform; the person of contact is registered before."""
    _administrators_only(by)
    return Merchant.objects.create(
        id=new_id(at),
        name=inputs.words(name, field="name", least=1, most=120, lines=False),
        contact_person_id=contact_person_id,
        created_at=at,
    )


def start_link(*, staff: Staff, at: datetime) -> str:
    """A token for the first sign-in: signed, for 24 hours, spent once a password is set."""
    return links.sign(user_id=staff.user_id, password=staff.user.password, at=at)


@transaction.atomic
def give_link(*, staff: Staff, by: Actor, at: datetime) -> str:
    """A start link for whoever forgot the password, which stays good until another is set.

    Given by an administrator or the house. NotFound for somebody who has left.
    """
    _administrators_only(by)
    if not staff.user.is_active:
        raise NotFound()
    log.append("staff.link_given", stream=staff.id, clause="2.2.2", by=by, at=at, staff=staff.id)
    return start_link(staff=staff, at=at)


def set_first_password(*, token: str, password: str, at: datetime) -> Staff:
    """The password chosen with a start link. NotFound when it is spent, old or forged; Invalid."""
    return set_first_passwords(tokens=[token], password=password, at=at)[0]


@transaction.atomic
def set_first_passwords(*, tokens: Iterable[str], password: str, at: datetime) -> list[Staff]:
    """As `set_first_password`, one for several people: all or none, hashed once. For the demo."""
    hashed: list[str] = []
    return [_set_first(token, password, hashed, at) for token in tokens]


def _set_first(token: str, password: str, hashed: list[str], at: datetime) -> Staff:
    staff = queries.started_by(token, at)
    locked = User.objects.select_for_update().get(id=staff.user_id)
    if not links.read(token).is_good(password=locked.password, at=at):
        raise NotFound()  # spent since, by somebody with the same link
    try:
        validate_password(password, locked)
    except ValidationError as fault:
        code = str(fault.error_list[0].code or "password_too_weak")
        raise Invalid({"password": code}) from None
    if not hashed:
        hashed.append(make_password(password))
    locked.password = hashed[0]
    locked.save(update_fields=["password"])
    staff.user = locked
    return staff


def _known_roles(roles: Iterable[str]) -> list[str]:
    wanted = sorted(set(roles), key=str)
    if not wanted or not set(wanted) <= set(ROLES):
        raise Invalid({"role": "not_known" if wanted else "missing"}, allowed=list(ROLES))
    return wanted


def _known_department(code: str) -> None:
    known = [one.code for one in queries.departments()]
    if code and code not in known:
        raise Invalid({"department": "not_known"}, allowed=known)


def _new_user(username: str, email: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(username=username, email=email)
    except IntegrityError:
        raise Conflict(field="username", username=username) from None


def _administrators_only(by: Actor) -> None:
    if not by.roles & {Role.ADMINISTRATOR, Role.SYSTEM}:
        raise NotPermitted()
