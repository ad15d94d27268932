"""Which promise stands on top, why, and the path below it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from bihuan.cases import queries
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import FRIDAY, House, file
from bihuan.core.clocks import SHANGHAI
from bihuan.portal import clocks, story
from bihuan.web.words import due_moment

HOUR = timedelta(hours=1)


def filed(house: House, ago: timedelta = 5 * HOUR, **changes: Any) -> Case:
    given = {"channel": "web", "subject": "商品质量问题：破壁机", "wish": "退货退款"} | changes
    return file(house, at=timezone.now() - ago, **given)


def test_the_last_working_day_of_a_year_without_an_arrangement_is_called_provisional(house):
    december = datetime(2026, 12, 30, 10, tzinfo=SHANGHAI)
    case = file(house, at=december)
    Clock.objects.filter(case_id=case.id).exclude(milestone="complaint.final_feedback_sent").update(
        done_at=december + HOUR
    )
    Clock.objects.filter(case_id=case.id, promises=["C-1.4-5"]).update(done_at=december + HOUR)

    rows = queries.clocks(case)
    card = clocks.card(case, rows, december + HOUR)
    why = clocks.because(case, clocks.binding(rows), december + HOUR)

    assert card.provisional
    assert why.provisional
    assert why.clause == "2.3.1"


def test_where_a_later_step_presses_an_earlier_one_the_later_one_is_explained(house):
    case = file(house)
    Clock.objects.filter(case_id=case.id, due_at__lt=FRIDAY + 50 * HOUR).update(
        done_at=FRIDAY + HOUR
    )

    rows = queries.clocks(case)

    assert queries.headline(rows).milestone == "complaint.initial_review_done"
    assert clocks.binding(rows).due_at == FRIDAY + 72 * HOUR


def test_the_path_of_a_suggestion_has_its_own_step_and_no_promise_it_was_not_given(house):
    case = filed(house, kind="suggestion", category="")
    book = queries.handbook(case)

    stops = story.path(case, queries.clocks(case), book, 0, timezone.now())

    assert [stop.title for stop in stops] == [
        "已提交",
        "安排责任人和完成日期",
        "告知处理结果",
        "您确认，办结",
    ]
    assert [stop.state for stop in stops] == ["done", "now", "later", "later"]
    assert "1.4" not in stops[2].note


def test_each_step_is_listed_once_with_the_strictest_promise_and_the_rest_in_its_reason(house):
    case = filed(house)
    rows = queries.clocks(case)
    twice = Counter(row.milestone for row in rows)
    book = queries.handbook(case)
    at = case.received_at + HOUR

    found = clocks.lines(case, rows, book, at)

    assert max(twice.values()) > 1
    assert len(found) == len(twice)
    done = [row for row in rows if row.milestone == "case.handling_done"]
    strictest = min(row.due_at for row in done if row.hard)
    line = next(one for one in found if one.label == book.milestones["case.handling_done"].zh)
    assert line.due == due_moment(strictest, at)
    assert line.hard
    assert len(line.because.other) == len(done) - 1


def test_a_time_striven_for_stands_beside_the_promise_as_one(house):
    case = filed(house)
    row = next(r for r in queries.clocks(case) if r.milestone == "case.handling_done" and r.hard)
    Clock.objects.filter(case_id=case.id, milestone="case.handling_done").exclude(pk=row.pk).update(
        hard=False, due_at=row.due_at - HOUR, effective_due_at=row.due_at - HOUR
    )
    at = case.received_at + HOUR
    book = queries.handbook(case)

    found = clocks.lines(case, queries.clocks(case), book, at)

    line = next(one for one in found if one.label == book.milestones["case.handling_done"].zh)
    assert (line.due, line.aim) == (due_moment(row.due_at, at), due_moment(row.due_at - HOUR, at))
