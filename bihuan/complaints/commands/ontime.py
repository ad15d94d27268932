"""Keep the sums of which dues were kept: from the rows, whatever happened and in which order.

Events only say which cases to look at again (`mark`); what their clocks say now is compared with
what was counted of them before, and the difference goes into the sums. So a due that a later
correction made void or late comes out right, and nothing is counted twice (2.3.2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from bihuan.cases import queries as cases
from bihuan.cases.queries import Countable, Due, Holding
from bihuan.cases.queries.figures import due_day
from bihuan.complaints import lateness, rules
from bihuan.complaints.commands import flow
from bihuan.complaints.models import Judged, OnTime
from bihuan.store import statements

AT_ONCE = 500  # cases in one transaction
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('complaints.ontime'))"
_MARK = (
    "INSERT INTO complaints_unreckoned (case_id) SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING"
)
_TAKE = """
DELETE FROM complaints_unreckoned WHERE case_id IN (
    SELECT case_id FROM complaints_unreckoned ORDER BY case_id LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING case_id
"""
_COLUMNS = "grain, day, scope, hard, staff_id, milestone, clauses, severity, department, step"
_ADD = f"""
INSERT INTO complaints_ontime ({_COLUMNS}, n)
SELECT * FROM unnest(%s::text[], %s::date[], %s::text[], %s::bool[], %s::bigint[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::smallint[], %s::int[])
ON CONFLICT ({_COLUMNS}) DO UPDATE SET n = complaints_ontime.n + excluded.n
"""  # noqa: S608 - names
_SUM_UP = f"""
INSERT INTO complaints_ontime ({_COLUMNS}, n)
SELECT grain, CASE grain WHEN 'd' THEN day ELSE date_trunc('month', day)::date END, scope, hard,
    CASE scope WHEN 'p' THEN staff_id ELSE 0 END, CASE scope WHEN 'k' THEN milestone ELSE '' END,
    CASE scope WHEN 'k' THEN clauses ELSE '' END, CASE scope WHEN 's' THEN severity ELSE '' END,
    CASE scope WHEN 'd' THEN department ELSE '' END, step, count(*)
FROM (
    SELECT *, {lateness.DUE_DAY} AS day FROM complaints_judged
) AS judged
CROSS JOIN (VALUES ('d'), ('m')) AS grains (grain)
CROSS JOIN (VALUES ('k'), ('s'), ('d'), ('p')) AS scopes (scope)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""  # noqa: S608 - names

Sums = Counter[tuple[str, date, str, bool, int, str, str, str, str, int]]


def mark(case_ids: Collection[int]) -> None:
    """These cases are to be looked at again; once, however often it is said."""
    if case_ids:
        statements.run(_MARK, [sorted(set(case_ids))])


@transaction.atomic
def reckon(*, at: datetime, most: int = AT_ONCE) -> int:
    """Bring the sums up to what the marked cases say now; how many cases.

    What happens to a case meanwhile marks it again. One at a time: the sums are shared.
    """
    statements.run(_LOCK)
    case_ids = [id for (id,) in statements.run(_TAKE, [most])]
    if case_ids:
        sums, flows = _counted(case_ids)
        _add(sums)
        flow.add(flows)
    return len(case_ids)


@transaction.atomic
def sum_up() -> None:
    """The sums anew, of what was counted of cases and dues: after many were put there at once."""
    statements.run(_LOCK)
    OnTime.objects.all().delete()
    statements.run(_SUM_UP)
    flow.sum_up()


def _counted(case_ids: Sequence[int]) -> tuple[Sums, flow.Flow]:
    """Write what these cases and their dues are now; what that changes in the sums."""
    countable = cases.countable(case_ids)
    held = cases.holdings(case_ids)
    fresh = {
        row.pk: row
        for due in cases.settled(case_ids)
        if (row := _judged(due, countable.get(due.case_id), held.get(due.case_id, ()))) is not None
    }
    known = {row.pk: row for row in statements.among(Judged, "case_id", case_ids)}
    gone = [row for pk, row in known.items() if not _same(row, fresh.get(pk))]
    new = [row for pk, row in fresh.items() if not _same(row, known.get(pk))]
    changed = sorted({row.case_id for row in gone})
    if gone:  # by case: a key of four columns finds its rows one by one
        Judged.objects.filter(case_id__in=changed).delete()
    again = [row for pk, row in fresh.items() if row.case_id in set(changed)] if gone else []
    statements.insert_all(list({row.pk: row for row in [*new, *again]}.values()))
    sums: Sums = Counter()
    for row, sign in [*((r, -1) for r in gone), *((r, 1) for r in new)]:
        for key in _keys(row):
            sums[key] += sign
    return sums, flow.note(case_ids, countable)


def _judged(due: Due, case: Countable | None, held: Iterable[Holding]) -> Judged | None:
    """The due with whose it was when it was kept or missed; None for a case that is gone."""
    if case is None:
        return None
    holder = Holding(0, "", due.due_at)
    for one in held:
        if one.since <= due.settled_at or not holder.department:
            holder = one
    late = 0 if due.kept else None
    if late is None and due.ended_at is not None:
        late = max(rules.minutes_late(due.due_at, due.ended_at), 1)
    step = lateness.RUNNING if late is None else lateness.step(late)
    return Judged(
        case_id=due.case_id, round=due.round, milestone=due.milestone, due_at=due.due_at,
        hard=due.hard, clauses=" ".join(sorted(rules.clauses(due.promises)))[:120],
        severity=case.severity, department=holder.department, staff_id=holder.owner_id,
        late=late, step=step,
    )  # fmt: skip


def _same(one: Judged, other: Judged | None) -> bool:
    if other is None:
        return False
    names = ("hard", "clauses", "severity", "department", "staff_id", "late")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _keys(row: Judged) -> Iterable[tuple[str, date, str, bool, int, str, str, str, str, int]]:
    """The sums in which a due is counted: of its day and month, in each respect by itself."""
    day = due_day(row.due_at)
    respects = (
        ("k", row.hard, 0, row.milestone, row.clauses, "", "", row.step),
        ("s", row.hard, 0, "", "", row.severity, "", row.step),
        ("d", row.hard, 0, "", "", "", row.department, row.step),
        ("p", row.hard, row.staff_id, "", "", "", "", row.step),
    )
    for grain, of in (("d", day), ("m", day.replace(day=1))):
        for respect in respects:
            yield (grain, of, *respect)


def _add(sums: Sums) -> None:
    found = sorted((*key, n) for key, n in sums.items() if n)
    if found:
        statements.run(_ADD, [list(column) for column in zip(*found, strict=True)])
