"""The days of the overview, read from kept sums: whatever the size of the house (7.4).

The sums are of every case, as it was when it was last counted. So what is not theirs to say is
taken out and, where it may be seen, counted from the rows: today, cases of which anything has
happened since, dues that passed unseen, and what is hidden from whoever asks. So every figure is
of this moment, and opens exactly its cases, even while no worker runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bihuan.cases import queries as cases
from bihuan.cases.queries import Hours, Period
from bihuan.cases.queries.figures import Kept, midnight
from bihuan.complaints import lateness
from bihuan.complaints.models import Unreckoned
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import NotFound
from bihuan.events import relay
from bihuan.store import statements

MARK = "bihuan.complaints.tasks.mark"  # the subscriber that says what is to be counted anew
# sums and what is taken out of them are read at one moment: both change together
_ARRIVED = """
SELECT hour, category, sum(n)::int FROM (
    SELECT hour, category, n FROM complaints_arrived WHERE hour >= %(shown)s AND hour < %(end)s
    UNION ALL
    SELECT date_trunc('hour', received_at), category, -1 FROM complaints_counted
    WHERE case_id = ANY(%(apart)s) AND received_at >= %(shown)s AND received_at < %(end)s
) AS found GROUP BY 1, 2 HAVING sum(n) <> 0
"""
_TOLD = """
SELECT day, sum(n)::int, sum(took) FROM (
    SELECT day, n, took FROM complaints_told WHERE day >= %(first)s AND day < %(after)s
    UNION ALL
    SELECT (told_at AT TIME ZONE 'Asia/Shanghai')::date, -1, -took FROM complaints_counted
    WHERE case_id = ANY(%(apart)s) AND told_at >= %(start)s AND told_at < %(end)s
) AS found GROUP BY 1 HAVING sum(n) <> 0
"""
_DUES = f"""
SELECT day, milestone, sum(n)::int, coalesce(sum(n) FILTER (WHERE step = {lateness.KEPT}), 0)::int
FROM (
    SELECT day, milestone, step, n FROM complaints_ontime
    WHERE grain = 'd' AND day >= %(first)s AND day < %(after)s AND scope = 'k' AND hard
    UNION ALL
    SELECT {lateness.DUE_DAY}, milestone, step, -1 FROM complaints_judged
    WHERE case_id = ANY(%(apart)s) AND due_at > %(start)s AND due_at <= %(end)s AND hard
) AS found GROUP BY 1, 2 HAVING sum(n) <> 0
"""  # noqa: S608 - constants of ours


def overview(by: Actor, first: date, days: int, at: datetime, before: int = 0) -> Period:
    """So many days from the first on; notices and dues from so many days `before` it too.

    NotFound for who is no colleague.
    """
    if not by.is_staff:
        raise NotFound()
    since, end = first - timedelta(days=before), first + timedelta(days=days)
    today = min(max(at.astimezone(SHANGHAI).date(), first), end)
    # in the order in which news comes in, so that none is missed on its way
    waiting = relay.untold(MARK) | set(Unreckoned.objects.values_list("case_id", flat=True))
    summed = _summed(since, first, today, waiting | cases.hidden_streams(by))
    counted = cases.period(by, since, (today - since).days, at, only=waiting)
    now = cases.period(by, today, (end - today).days, at)
    return cases.together(summed, counted, now)


def _summed(first: date, shown: date, after: date, apart: Iterable[int]) -> Period:
    """What the sums say of whole days, without these cases; arrivals from `shown` on."""
    asked = {
        "first": first,
        "after": after,
        "start": midnight(first),
        "shown": midnight(shown),
        "end": midnight(after),
        "apart": sorted(apart),
    }
    return Period(
        first=first,
        days=(after - first).days,
        arrived={(hour.astimezone(SHANGHAI), of): n
                 for hour, of, n in statements.run(_ARRIVED, asked)},
        notices={day: Hours(n, took) for day, n, took in statements.run(_TOLD, asked)},
        dues={(day, step): Kept(due, kept)
              for day, step, due, kept in statements.run(_DUES, asked)},
    )  # fmt: skip
