"""What is to be told in person, and what was."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from bihuan.accounts import queries as people
from bihuan.accounts.queries import Shown
from bihuan.cases import queries as cases
from bihuan.cases.queries import Case
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.counter.models import Telling
from bihuan.counter.queries.points import staff_only


@dataclass(frozen=True, slots=True)
class Owed:
    """One result that waits for its person: the case, who that is, and the words."""

    row: Telling
    case: Case
    person: Shown
    words: str = ""


def owed(by: Actor, most: int = 200) -> list[Owed]:
    """待当面告知, the longest waiting first; of cases this actor sees, in their present round."""
    staff_only(by)
    # what was disputed before anybody came stays untold for ever, and must not fill the list
    standing = cases.visible(by).filter(id=OuterRef("case_id"), round=OuterRef("round"))
    waiting = Telling.objects.filter(Exists(standing), told_at=None)
    rows = list(waiting.order_by("owed_at", "id")[:most])
    seen = {c.id: c for c in cases.visible(by).filter(id__in=[one.case_id for one in rows])}
    known = people.shown({case.person_id for case in seen.values()}, by)
    return [Owed(one, seen[one.case_id], known[seen[one.case_id].person_id]) for one in rows]


def telling(id: int, by: Actor) -> Owed:
    """One of them with its words; NotFound when this actor may not see the case."""
    staff_only(by)
    row = Telling.objects.filter(id=id).first()
    case = cases.visible(by).filter(id=row.case_id).first() if row else None
    if row is None or case is None:
        raise NotFound()
    person = people.shown([case.person_id], by)[case.person_id]
    said = (one for one in cases.said_of([case.id])[case.id] if one.id == row.entry_id)
    words = next((cases.unsealed(one.text) for one in said), "")
    return Owed(row, case, person, words)


def locked_telling(id: int) -> Telling:
    """That row, held until the transaction ends."""
    row = Telling.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound()
    return row
