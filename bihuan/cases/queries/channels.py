"""What came by each channel in a period: how many, of whom, how fast, how punctual (6.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from bihuan.cases.models import Case, Clock
from bihuan.cases.queries.access import hidden_streams
from bihuan.cases.queries.figures import AWAITED, KEPT, SETTLED
from bihuan.cases.queries.rows import visible
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid
from bihuan.store import statements

RESPONSES = ["case.first_response", "complaint.accepted"]  # the first of either (1.3, 1.4)
#: One row for each channel, and one of all: a due belongs to whichever round it was of.
_COUNTED = """
WITH came AS (
    SELECT id, channel, kind, person_id, received_at, told_at FROM cases_case
    WHERE received_at >= %(since)s AND received_at < %(until)s AND id <> ALL(%(hidden)s)
), clocks AS (
    SELECT clock.case_id,
        min(clock.done_at) FILTER (
            WHERE clock.round = 1 AND clock.milestone = ANY(%(responses)s)
        ) AS answered_at,
        count(*) FILTER (WHERE counts) AS due,
        count(*) FILTER (WHERE counts AND clock.done_at <= clock.due_at) AS kept
    FROM came JOIN cases_clock AS clock ON clock.case_id = came.id
    CROSS JOIN LATERAL (
        SELECT clock.hard AND clock.due_at < %(at)s AND (
            clock.done_at IS NOT NULL OR clock.late_at IS NOT NULL OR clock.void_at IS NULL
        ) AS counts
    ) AS judged
    GROUP BY clock.case_id
)
SELECT grouping(channel) = 1, channel, count(*), count(*) FILTER (WHERE kind = 'complaint'),
    count(DISTINCT person_id), count(told_at),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY told_at - received_at),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY answered_at - received_at),
    coalesce(sum(due), 0)::int, coalesce(sum(kept), 0)::int
FROM came LEFT JOIN clocks ON clocks.case_id = came.id
GROUP BY GROUPING SETS ((channel), ())
"""


@dataclass(frozen=True, slots=True)
class ByChannel:
    """Cases received by one channel. `answered` and `handled` are medians, None of none."""

    cases: int = 0
    complaints: int = 0
    people: int = 0
    told: int = 0
    handled: timedelta | None = None
    answered: timedelta | None = None
    due: int = 0
    kept: int = 0


def by_channel(
    by: Actor, since: datetime, until: datetime, at: datetime
) -> tuple[dict[str, ByChannel], int]:
    """Of the cases received in the period that this actor may see; and of how many people.

    One statement, whatever the size of the house. Somebody who used two channels is counted in
    both, and once in the whole.
    """
    asked = {
        "since": since, "until": until, "at": at, "responses": RESPONSES,
        "hidden": sorted(hidden_streams(by)),
    }  # fmt: skip
    found, everybody = {}, 0
    for whole, channel, *counted in statements.run(_COUNTED, asked):
        one = ByChannel(*counted)
        if whole:
            everybody = one.people
        else:
            found[channel] = one
    return found, everybody


def behind_channel(
    by: Actor, channel: str, what: str, since: datetime, until: datetime, at: datetime
) -> QuerySet[Case]:
    """The very cases that such a figure counts, the newest first (UI rule 14)."""
    rows = visible(by).filter(channel=channel, received_at__gte=since, received_at__lt=until)
    if what == "complaints":
        rows = rows.filter(kind="complaint")
    elif what == "told":
        rows = rows.exclude(told_at=None)
    elif what == "late":
        dues = Clock.objects.filter(hard=True, due_at__lt=at).filter(SETTLED | AWAITED)
        rows = rows.filter(id__in=dues.exclude(KEPT).values("case_id"))
    elif what != "cases":
        raise Invalid({"what": "not_known"}, allowed=["cases", "complaints", "late", "told"])
    return rows.order_by("-received_at", "-id")
