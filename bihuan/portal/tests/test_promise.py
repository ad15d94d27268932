"""Which promise stands on top, why, and the path below it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from bihuan.cases import queries
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import FRIDAY, House, file
from bihuan.core.clocks import SHANGHAI
from bihuan.portal import clocks, story

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
