"""Proof that the loop is closed, and that kept words are the words that were said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bihuan.accounts import queries as people
from bihuan.cases.models import OPEN, Case, Entry
from bihuan.events import log
from bihuan.events.seals import Said
from bihuan.notify import queries as notices

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Gap:
    """An open case that could fall out of the loop, and what it lacks."""

    number: str
    why: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A batch of open cases that was looked at: how many, to which id, and what they lack."""

    cases: int
    last: int
    gaps: tuple[Gap, ...]


def loop(at: datetime) -> Iterator[Gap]:
    """Every open case without an owner who can act, a next date, or a word to its person.

    A case younger than a minute may still wait for its first notice.
    """
    last = 0
    while (looked := loop_batch(at, last)).cases:
        yield from looked.gaps
        last = looked.last


def loop_batch(at: datetime, after: int, most: int = BATCH) -> Looked:
    """The same for the open cases behind this id, `most` of them; none are left when it is 0."""
    batch = list(Case.objects.filter(state__in=OPEN, id__gt=after).order_by("id")[:most])
    if not batch:
        return Looked(0, after, ())
    active = people.active_staff()
    told = notices.has_trail([case.id for case in batch])
    gaps = tuple(gap for case in batch for gap in _gaps(case, active, told, at))
    return Looked(len(batch), batch[-1].id, gaps)


def _gaps(case: Case, active: frozenset[int], told: Collection[int], at: datetime) -> Iterator[Gap]:
    if case.owner_id not in active:
        yield Gap(case.number, "no_owner")
    if case.next_due_at is None and case.waits_until is None:
        yield Gap(case.number, "no_next_date")
    young = (at - case.registered_at).total_seconds() < 60
    if case.id not in told and not young:
        yield Gap(case.number, "no_notice")


def changed_words(said: Sequence[Said]) -> Iterator[Said]:
    """Events whose words still stand but are not the words that were said (HOUSE §7).

    An erased entry, whose salt went with its words, still verifies.
    """
    wanted = {one.data["entry"] for one in said if "entry" in one.data and "words" in one.data}
    kept = {
        id: log.words(text, bytes(salt))
        for id, text, salt in Entry.objects.filter(id__in=wanted).values_list("id", "text", "salt")
        if salt
    }
    for one in said:
        now = kept.get(one.data.get("entry", 0))
        if now is not None and now != one.data["words"]:
            yield one
