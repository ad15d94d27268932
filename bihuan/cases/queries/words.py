"""Cases by the words of them, newest first: back in time, month by month, until a page is full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.cases.models import TRANSCRIPT, Case, Entry, SearchText
from bihuan.core import keyset, lexemes
from bihuan.core.clocks import SHANGHAI
from bihuan.core.lexemes import Sought
from bihuan.store import statements

# A common word stands in a third of all cases: with the month beside it the index reads only
# those of the last weeks (283 ms became 21 ms among 5,000,000). A rare one costs a few looks
# more, each four times as far back as the last. Each statement is planned with its own words,
# since Django binds them itself: a plan that fits all would fit neither.
_UNINDEXED = """
SELECT newest.id, words.case_id IS NULL
FROM (SELECT id FROM cases_case WHERE id < %s ORDER BY id DESC LIMIT %s) AS newest
LEFT JOIN cases_searchtext AS words ON words.case_id = newest.id
"""


def holding(asked: Sought) -> QuerySet[Any, Any]:
    """The ids of all cases that hold these words, for a list in another order."""
    return SearchText.objects.filter(tokens__holds=asked.query).values("case_id")


def newest_holding(
    rows: QuerySet[Case],
    asked: Sought,
    *,
    since: datetime | None = None,
    cursor: str = "",
    limit: int = 40,
    at: datetime,
) -> tuple[list[Case], str]:
    """A keyset page of those of `rows` that hold these words; nothing before `since` is read."""
    found: list[tuple[datetime, int]] = []
    place = Q()
    if cursor:
        at, id = keyset.read(cursor, datetime, int)
        place = Q(received_at__lt=at) | Q(received_at=at, case_id__lt=id)
    for months in _back(at, since or _oldest(at)):
        query = f"({asked.query}) & ({' | '.join(months)})"
        hits = SearchText.objects.filter(
            place, tokens__holds=query, case_id__in=rows.order_by().values("id")
        )
        hits = hits.order_by("-received_at", "-case_id")
        found += hits.values_list("received_at", "case_id")[: limit + 1 - len(found)]
        if len(found) > limit:
            break
    ids, more = keyset.cut(found, limit, lambda one: one)
    cases = {case.id: case for case in Case.objects.filter(id__in=[id for _, id in ids])}
    return [cases[id] for _, id in ids if id in cases], more


def newest_of_shop(merchant_id: int, since: datetime, at: datetime, most: int) -> list[int]:
    """The ids of the newest cases about this shop that the index holds; for a closer look."""
    months = [one for window in _back(at, since) for one in window]
    query = f"'{lexemes.shop(merchant_id)}' & ({' | '.join(months)})"
    found = SearchText.objects.filter(tokens__holds=query).order_by("-received_at", "-case_id")
    return list(found.values_list("case_id", flat=True)[:most])


def _oldest(at: datetime) -> datetime:
    first = Case.objects.order_by("received_at").values_list("received_at", flat=True).first()
    return first or at


def _back(at: datetime, oldest: datetime) -> Iterator[list[str]]:
    """The lexemes of one month, of the four before it, of the sixteen before those, and so on."""
    month, last = _month(at), _month(oldest)
    many = 1
    while month >= last:
        window: list[str] = []
        while month >= last and len(window) < many:
            window.append(f"'{lexemes.month(date(month // 12, month % 12 + 1, 1))}'")
            month -= 1
        yield window
        many *= 4


def _month(moment: datetime) -> int:
    """Months since the year 0, in Shanghai."""
    there = moment.astimezone(SHANGHAI)
    return 12 * there.year + there.month - 1


def said_of(case_ids: Iterable[int]) -> dict[int, list[Entry]]:
    """Everything said on these cases, oldest first: for staff, to show where the words stand."""
    said: dict[int, list[Entry]] = {id: [] for id in case_ids}
    for entry in Entry.objects.filter(case_id__in=list(said)).order_by("id"):
        said[entry.case_id].append(entry)
    return said


def unindexed(below: int, most: int) -> tuple[list[int], int]:
    """Of the `most` newest cases below this id, those without an index; and how far that was.

    0 when there was nothing left to look at.
    """
    rows = statements.run(_UNINDEXED, [below, most])
    return [id for id, missing in rows if missing], min((id for id, _ in rows), default=0)


def last_words(case_ids: Iterable[int]) -> dict[int, Entry]:
    """The last thing said on each case, no internal note and no earlier chat, in one query."""
    rows = Entry.objects.filter(case_id__in=list(case_ids), internal=False)
    rows = rows.exclude(kind=TRANSCRIPT).order_by("case_id", "-id").distinct("case_id")
    return {entry.case_id: entry for entry in rows}
