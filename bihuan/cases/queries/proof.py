"""Proof that the loop is closed, and that kept words are the words that were said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def loop(at: datetime) -> Iterator[Gap]:
    """Every open case without an owner who can act, a next date, or a word to its person.

    A case younger than a minute may still wait for its first notice.
    """
    active = people.active_staff()
    last = 0
    while True:
        batch = list(Case.objects.filter(state__in=OPEN, id__gt=last).order_by("id")[:BATCH])
        if not batch:
            return
        last = batch[-1].id
        told = notices.has_trail([case.id for case in batch])
        for case in batch:
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
