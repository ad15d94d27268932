"""How surely somebody is known, and what waits to be checked (1.2 ①)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from bihuan.accounts.identity import KEPT, IdentityCheck
from bihuan.accounts.models import Person, Reveal
from bihuan.accounts.queries.people import Shown, shown
from bihuan.accounts.rules import CHECKERS
from bihuan.core.actors import Actor
from bihuan.core.personal import mask_name
from bihuan.core.refusals import NotFound, NotPermitted
from bihuan.store import secrets, statements

TABLE = "accounts_identitycheck"
SEEN = "identity"  # the field of a Reveal
LISTED = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands, as they see it: the level, and the last declaration if any."""

    level: str
    state: str = ""
    document: str = ""
    name: str = ""
    number: str = ""
    reason: str = ""
    declared_at: datetime | None = None
    decided_at: datetime | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A declaration as a list shows it: masked; `doubles` others gave the same number."""

    id: int
    person: Shown
    document: str
    name: str
    number: str
    purpose: str
    basis: str
    declared_at: datetime
    state: str
    doubles: int = 0


def levels(person_ids: Iterable[int]) -> dict[int, str]:
    """How surely each of these is known; `none` for somebody unknown or erased.

    Who has an account of the platform was vouched for by it, contact and all (rules.Contact).
    """
    asked = set(person_ids)
    known = {row.id: _level(row) for row in statements.among(Person, "id", asked)}
    return {id: known.get(id, "none") for id in asked}


def level(person_id: int) -> str:
    """The same of one person."""
    return levels([person_id])[person_id]


def _level(row: Person) -> str:
    if row.erased_at:
        return "none"
    vouched = row.identity_level == "none" and row.account_index is not None
    return "contact" if vouched else row.identity_level


def standing(person_id: int) -> Standing:
    """What somebody is told of their own identity."""
    row = IdentityCheck.objects.filter(person_id=person_id).order_by("-id").first()
    if row is None:
        return Standing(level(person_id))
    return Standing(
        level=level(person_id),
        state=row.state,
        document=row.document,
        name=_masked_name(row),
        number=_number(row),
        reason=row.reason,
        declared_at=row.declared_at,
        decided_at=row.decided_at,
        valid_until=row.valid_until,
    )


def may_check(by: Actor) -> bool:
    """Whether this is somebody who checks identities."""
    return bool(by.roles & CHECKERS)


def waiting(by: Actor, most: int = LISTED) -> list[Waiting]:
    """What waits to be checked, the oldest first; four queries for any number."""
    _checkers_only(by)
    rows = list(IdentityCheck.objects.filter(state="waiting").order_by("id")[:most])
    return _listed(rows, by)


def waiting_count(by: Actor, most: int) -> int:
    """How many wait, as far as they are this colleague's; counted up to `most`."""
    if not may_check(by):
        return 0
    return IdentityCheck.objects.filter(state="waiting")[:most].count()


def check(id: int, by: Actor) -> Waiting:
    """One declaration, masked; NotFound when there is none."""
    _checkers_only(by)
    rows = list(IdentityCheck.objects.filter(id=id))
    if not rows:
        raise NotFound(clause="1.2")
    return _listed(rows, by)[0]


def has_seen(row: IdentityCheck, by: Actor) -> bool:
    """Whether this colleague has looked at what was declared, since it was."""
    looks = Reveal.objects.filter(person_id=row.person_id, staff_id=by.id, field=SEEN)
    return looks.filter(at__gte=row.declared_at).exists()


def seen(id: int, by: Actor) -> bool:
    """The same by the id of the declaration."""
    row = IdentityCheck.objects.filter(id=id).first()
    return row is not None and has_seen(row, by)


def lapsed(today: date, most: int = 200) -> list[int]:
    """Verified ones whose time is over."""
    rows = IdentityCheck.objects.filter(state="verified", valid_until__lt=today)
    return list(rows.order_by("valid_until").values_list("id", flat=True)[:most])


def is_taken(row: IdentityCheck) -> bool:
    """Whether the same document was verified for somebody else."""
    others = IdentityCheck.objects.filter(number_index=row.number_index, state="verified")
    return others.exclude(person_id=row.person_id).exists()


def opened(row: IdentityCheck) -> tuple[str, str]:
    """Name and number in clear, empty when destroyed: for who has given a reason."""
    return _open(row, "name"), _open(row, "number")


def _checkers_only(by: Actor) -> None:
    if not may_check(by):
        raise NotPermitted("1.2", why="not_a_checker")


def _listed(rows: list[IdentityCheck], by: Actor) -> list[Waiting]:
    persons = shown({row.person_id for row in rows}, by)
    indexes = {bytes(row.number_index) for row in rows if row.number_index}
    same = IdentityCheck.objects.filter(number_index__in=indexes, state__in=KEPT)
    found = same.values("number_index").annotate(n=Count("person_id", distinct=True))
    many = {bytes(one["number_index"] or b""): int(one["n"]) for one in found} if indexes else {}
    return [
        Waiting(
            id=row.id,
            person=persons[row.person_id],
            document=row.document,
            name=_masked_name(row),
            number=_number(row),
            purpose=row.purpose,
            basis=row.basis,
            declared_at=row.declared_at,
            state=row.state,
            doubles=many.get(bytes(row.number_index), 1) - 1 if row.number_index else 0,
        )
        for row in rows
    ]


def _masked_name(row: IdentityCheck) -> str:
    return mask_name(_open(row, "name"))


def _number(row: IdentityCheck) -> str:
    return _open(row, "shown")


def _open(row: IdentityCheck, column: str) -> str:
    return secrets.open_(row.person_id, TABLE, column, row.id, getattr(row, column)) or ""
