"""Single rows and small sets, as far as this actor may know of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from django.db.models import F, Q, QuerySet

from bihuan.cases.lifecycle import CASE, MILESTONES
from bihuan.cases.models import Case, CaseReader, Clock, Draft, File, Finding, FollowUp, Sealed
from bihuan.cases.queries.identity import steps_not_wanted
from bihuan.cases.queries.needs import BLOCKED
from bihuan.cases.queries.paused import pause_of
from bihuan.core import ids
from bihuan.core.actors import Actor, Role
from bihuan.core.lifecycle import Step
from bihuan.core.refusals import NotFound
from bihuan.policy import queries as policy
from bihuan.store import secrets
from bihuan.store.statements import Kept

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
ORDER = {milestone: place for place, milestone in enumerate(MILESTONES)}
# what is exchanged in kept queries: an actor's id, a case's number, two moments
_SOMEBODY, _SOME_CASE = -11, "some case"
_SOME_TIME, _LATER = datetime(1, 1, 2, tzinfo=UTC), datetime(1, 1, 3, tzinfo=UTC)


def visible(by: Actor) -> QuerySet[Case]:
    """The cases that exist for this actor: unknown and forbidden look the same."""
    if _sees_all(by):
        return Case.objects.all()
    if by.is_staff:
        return Case.objects.filter(Q(restricted=False) | _named(by))
    if Role.CUSTOMER in by.roles and by.id:
        return Case.objects.filter(person_id=by.id)
    if Role.MERCHANT in by.roles and by.id:
        return Case.objects.filter(merchant_id=by.id)
    return Case.objects.none()


def _sees_all(by: Actor) -> bool:
    """The house itself, and whoever keeps it: somebody must be able to open what others closed."""
    return Role.SYSTEM in by.roles or Role.ADMINISTRATOR in by.roles


def _named(by: Actor) -> Q:
    """Its owner, and who was named as a reader."""
    read = CaseReader.objects.filter(staff_id=by.id).values("case_id")
    return Q(owner_id=by.id) | Q(id__in=read)


def sees(case: Case, by: Actor) -> bool:
    """Whether this case exists for this actor."""
    return visible(by).filter(id=case.id).exists()


def hidden(by: Actor) -> QuerySet[Case]:
    """The few cases that `visible` keeps from a colleague."""
    if _sees_all(by) or not by.is_staff:
        return Case.objects.none()
    return Case.objects.filter(restricted=True).exclude(_named(by))


def get(number: str, by: Actor) -> Case:
    """That case, for reading; NotFound when there is none for this actor."""
    found = visible(by).filter(number=ids.read_case_number(number) or "").first()
    if found is None:
        raise NotFound(number=number[:40])
    return found


def locked(number: str, by: Actor) -> Case:
    """That case, held until the transaction ends. For commands."""
    plain = ids.read_case_number(number) or ""
    found = _locking(replace(by, id=_SOMEBODY if by.id else 0, name=""))
    for case in found.rows({_SOMEBODY: by.id, _SOME_CASE: plain}):
        return case
    raise NotFound(number=number[:40])


@lru_cache(maxsize=1024)
def _locking(by: Actor) -> Kept[Case]:
    """Every step locks its case: the SQL is made once for actors that differ by their ids only."""
    return Kept(visible(by).select_for_update().filter(number=_SOME_CASE))


def streams_of(by: Actor) -> set[int]:
    """The ids of the cases whose changes this customer may hear of."""
    return set(visible(by).values_list("id", flat=True).order_by("-id")[:200])


def person_of(number: str) -> tuple[int, int] | None:
    """Whose case this is: (person, case); for the code a guest asks for."""
    case = Case.objects.filter(number=ids.read_case_number(number) or "").first()
    return (case.person_id, case.id) if case else None


def offered(case: Case, by: Actor) -> list[Step]:
    """The steps this actor may take now, in the order of the table: what the buttons show."""
    steps = CASE.offered(case.state, by.roles)
    hidden = {"confirm"} if case.confirmed_at else set[str]()
    if case.kind == "complaint":
        hidden.add("complain")
    if by.is_staff:
        hidden |= _of_pauses(case) | steps_not_wanted(case)
    return [step for step in steps if step.action not in hidden]


def _of_pauses(case: Case) -> set[str]:
    """The steps of a pause that are not for now: most policies list no reason for one (X-12)."""
    if not policy.pinned(case.policy_id).holds:
        return {"pause", "approve_pause", "resume"}
    row = pause_of(case)
    if row is None:
        return {"approve_pause", "resume"}
    return {"pause"} if row.started_at is None else {"pause", "approve_pause"}


def findings(case: Case) -> list[Finding]:
    """What departments found, oldest first."""
    return list(Finding.objects.filter(case_id=case.id).order_by("id"))


def has_finding(case: Case) -> bool:
    """Did any department record what it found in this round?"""
    return Finding.objects.filter(case_id=case.id, round=case.round).exists()


def owed_before(case: Case, milestone: str) -> list[str]:
    """Milestones that come before this one and are still owed, in their order."""
    place = ORDER[milestone]
    rows = Clock.objects.filter(
        case_id=case.id, round=case.round, done_at__isnull=True, void_at__isnull=True
    )
    found = {r.milestone for r in rows if ORDER.get(r.milestone, len(ORDER)) < place}
    return sorted(found, key=lambda m: ORDER[m])


def count_of_person(case: Case, by: Actor, since: datetime) -> int:
    """How many other cases this person has brought since then, of those this actor may see."""
    rows = visible(by).filter(person_id=case.person_id, received_at__gte=since)
    return rows.exclude(id=case.id).count()


def follow_ups(case: Case) -> list[FollowUp]:
    """What will still be done, the nearest first."""
    return list(FollowUp.objects.filter(case_id=case.id).order_by("round", "due_on", "id"))


def files(case: Case, by: Actor) -> list[File]:
    """Evidence of the case; internal files only for staff."""
    rows = File.objects.filter(case_id=case.id)
    return list((rows if by.is_staff else rows.filter(internal=False)).order_by("id"))


def with_typed_order(case_ids: Iterable[int]) -> set[int]:
    """Of these cases those that name an order by a number nobody knew (2.2.1)."""
    rows = Sealed.objects.filter(case_id__in=list(case_ids), kind="order")
    return set(rows.values_list("case_id", flat=True))


def visible_files(draft_id: int) -> list[File]:
    """The files of a draft that whoever holds its token may see."""
    return list(File.objects.filter(draft_id=draft_id, case_id=0).order_by("id"))


def file_by_token(token: str, by: Actor | None) -> File:
    """A file by its random name: of a case this actor may see, or of a draft not filed yet."""
    row = file_by_name(token)
    if row.case_id:
        if by is None or not visible(by).filter(id=row.case_id).exists():
            raise NotFound()
        if row.internal and not by.is_staff:
            raise NotFound()
    return row


def file_by_name(token: str) -> File:
    """A file for whoever holds an address that was signed for it: who may see it was asked then."""
    row = File.objects.filter(token=token).first() if _TOKEN.match(token) else None
    if row is None:
        raise NotFound()
    return row


def made(case_id: int) -> Case:
    """A case for whoever holds the key or the draft that filed it, wherever they stand now.

    The caller has checked that they do: row-level security is not asked.
    """
    return next(iter(Case.objects.raw("SELECT * FROM case_beyond_the_wall(%s)", [case_id])))


def draft_row(token: str, by: Actor | None, *, lock: bool = False) -> Draft | None:
    """The draft of this token; one that belongs to a person only for that person."""
    rows = Draft.objects.select_for_update() if lock else Draft.objects.all()
    row = rows.filter(token=token).first() if _TOKEN.match(token) else None
    if row is None or (row.person_id and (by is None or by.id != row.person_id)):
        return None
    return row


def is_somebodys_draft(token: str) -> bool:
    """Whether whoever holds this token has to sign in before he may go on writing."""
    return bool(_TOKEN.match(token)) and Draft.objects.filter(token=token, person_id__gt=0).exists()


def draft(token: str, by: Actor | None) -> tuple[Draft, dict[str, Any]] | None:
    """A draft and what was filled in so far; None when there is none for this actor."""
    row = draft_row(token, by)
    if row is None:
        return None
    text = secrets.open_for_house("cases_draft", "sealed", row.id, bytes(row.sealed))
    return row, json.loads(text) if text else {}


def drafts_of(by: Actor) -> list[Draft]:
    """Unfinished forms of this person, newest first."""
    return list(Draft.objects.filter(person_id=by.id, case_id=0).order_by("-updated_at")[:20])


def overdue(at: datetime, most: int = 500) -> list[Clock]:
    """Running rows whose due has passed and nobody has said so; by the partial index."""
    return _overdue(most).rows({_SOME_TIME: at})


@cache
def _overdue(most: int) -> Kept[Clock]:
    rows = Clock.objects.filter(
        done_at__isnull=True, void_at__isnull=True, late_at__isnull=True, due_at__lt=_SOME_TIME
    )
    return Kept(rows.order_by("due_at")[:most])


def soon_due(at: datetime, within: timedelta, most: int = 500) -> list[Clock]:
    """Running hard rows that fall due within this time and have not been warned of."""
    return _soon_due(most).rows({_SOME_TIME: at, _LATER: at + within})


@cache
def _soon_due(most: int) -> Kept[Clock]:
    rows = Clock.objects.filter(
        done_at__isnull=True,
        void_at__isnull=True,
        late_at__isnull=True,
        warned_at__isnull=True,
        hard=True,
        due_at__gte=_SOME_TIME,
        due_at__lt=_LATER,
    )
    return Kept(rows.order_by("due_at")[:most])


def due_to_close(at: datetime, most: int = 200) -> list[Case]:
    """Told, and silent for longer than the policy's days; nothing of ours is missing (2.2.4)."""
    return _due_to_close(most).rows({_SOME_TIME: at})


@cache
def _due_to_close(most: int) -> Kept[Case]:
    rows = Case.objects.filter(~BLOCKED, state="notified", waits_until__lte=_SOME_TIME)
    return Kept(rows.order_by("waits_until")[:most])


def due_to_remind(at: datetime, before: timedelta, most: int = 200) -> list[Case]:
    """Told, silent, close to being closed by silence, and not reminded of it in this round."""
    return _due_to_remind(most).rows({_SOME_TIME: at, _LATER: at + before})


@cache
def _due_to_remind(most: int) -> Kept[Case]:
    rows = Case.objects.filter(
        state="notified", confirmed_at=None, waits_until__gt=_SOME_TIME, waits_until__lte=_LATER
    ).exclude(reminded_round=F("round"))
    return Kept(rows.order_by("waits_until")[:most])


def due_to_archive(at: datetime, most: int = 200) -> list[Case]:
    """Ended, and the working day for archiving is over or near."""
    return _waiting_until(("closed", "declined", "withdrawn"), most).rows({_SOME_TIME: at})


@cache
def _waiting_until(states: tuple[str, ...], most: int) -> Kept[Case]:
    rows = Case.objects.filter(
        state__in=states, waits_until__isnull=False, waits_until__lte=_SOME_TIME
    )
    return Kept(rows.order_by("waits_until")[:most])
