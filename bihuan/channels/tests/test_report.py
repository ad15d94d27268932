"""What each channel was worth in a quarter, beside the one before; each number opens its cases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bihuan.cases import commands as cases
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.channels import commands, queries, tasks
from bihuan.channels.models import Rated, Silence
from bihuan.core.ports import Standing
from bihuan.core.refusals import NotFound
from bihuan.counter.tests.points import administrator
from bihuan.notify.models import Message
from tests.house.addresses import at_desk

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
QUARTER = (date(2026, 1, 1), date(2026, 3, 31))


def test_f_6_4_the_figures_of_a_channel_are_those_of_its_cases(home: House):
    phone = [
        people.file(home, channel="phone", at=FRIDAY + n * HOUR, order_no=f"p{n}") for n in range(3)
    ]
    people.file(home, channel="web", at=FRIDAY, order_no="w1")
    cases.accept(number=phone[0].number, by=home.bo_bo, at=FRIDAY + 2 * HOUR)
    Rated.objects.create(
        case_id=phone[1].id, round=1, channel="phone", rated_at=FRIDAY + DAY, satisfied=False
    )
    at = FRIDAY + 30 * DAY

    found = queries.evaluation(home.chen, *QUARTER, at)

    line = found.lines["phone"]
    assert (line.counted.cases, line.counted.people, line.everybody) == (3, 1, 1)
    web = found.lines["web"].counted
    assert (web.cases, web.complaints, web.answered, web.kept) == (1, 1, None, 0)
    assert line.counted.due - line.counted.kept == 3 * web.due - 1  # one was accepted in time
    assert line.counted.answered == 2 * HOUR
    assert (line.rated, line.satisfied, line.satisfaction) == (1, 0, 0.0)
    assert line.counted.due > line.counted.kept
    late = {one.number for one in queries.behind(home.chen, "phone", "late", *QUARTER, at)}
    assert late == {one.number for one in phone}
    unhappy = queries.behind(home.chen, "phone", "unsatisfied", *QUARTER, at)
    assert [one.number for one in unhappy] == [phone[1].number]
    assert queries.evaluation(home.chen, *queries.before(*QUARTER), at).lines == {}


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (QUARTER, (date(2025, 10, 1), date(2025, 12, 31))),
        ((date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 2, 1), date(2026, 2, 28))),
        ((date(2026, 3, 5), date(2026, 3, 11)), (date(2026, 2, 26), date(2026, 3, 4))),
    ],
)
def test_the_period_before_is_of_the_same_kind(
    period: tuple[date, date], before: tuple[date, date]
):
    assert queries.before(*period) == before


def test_availability_leaves_out_what_came_before_the_watch_and_what_nobody_saw(
    home: House, said: dict[str, Standing]
):
    said["phone"] = Standing("phone", alive_at=FRIDAY)
    tasks.watch(FRIDAY)
    for channel, first, last in (("phone", 10, 12), ("", 12, 20)):
        Silence.objects.create(
            id=first, channel=channel, began_at=FRIDAY + first * HOUR, ended_at=FRIDAY + last * HOUR
        )
    at = FRIDAY + 28 * HOUR

    found = queries.availability(queries.seen(), since=FRIDAY - 9 * DAY, until=at + DAY, at=at)

    # twenty hours were watched, and in two of them it did not work
    assert found["phone", False].per_cent == 90.0
    assert (found["phone", False].times, found["phone", False].down) == (1, 2 * HOUR)
    assert found["web", False].per_cent == 100.0


def test_the_report_is_for_who_reads_reports_and_can_be_saved(home: House):
    people.file(home, channel="phone", at=FRIDAY)
    span = "from=2026-01-01&to=2026-03-31"

    told = at_desk(home.chen).get(f"/desk/channels/report/?{span}").content.decode()
    saved = at_desk(home.chen).get(f"/desk/channels/report/export/?{span}")

    assert "what=cases" in told
    rows = b"".join(saved.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[1].startswith("2026-01-01,2026-03-31,phone,1,1,1,100.0,")
    assert at_desk(home.bo_bo).get("/desk/channels/report/").status_code == 404
    with pytest.raises(NotFound):
        queries.behind(home.bo_bo, "phone", "cases", *QUARTER, FRIDAY)


def test_f_6_4_once_a_quarter_those_who_answer_for_channels_are_told_to_evaluate_them(
    home: House, said: dict[str, Standing]
):
    keeper, april = administrator(), FRIDAY.replace(month=4, day=2)
    tasks.watch(april)

    assert commands.remind_evaluation(at=april) > 0
    commands.remind_evaluation(at=april + DAY)
    tasks.evaluate(april + 40 * DAY)

    told = Message.objects.filter(template="channel_evaluation", channel="inbox")
    assert sorted(told.values_list("staff_id", flat=True)) == sorted([home.chen.id, keeper.id])
    assert "2026年1月1日—2026年3月31日" in told[0].body
    assert "from=2026-01-01&to=2026-03-31" in told[0].body


def test_a_chat_that_was_rated_itself_stands_behind_the_figure_that_counts_it(home: House):
    case = people.file(home, channel="chat", at=FRIDAY)
    for id, satisfied in ((case.id, True), (77, False)):
        Rated.objects.create(
            case_id=id, round=1, channel="chat", rated_at=FRIDAY + DAY, satisfied=satisfied
        )
    page = "/desk/channels/report/cases/?from=2026-01-01&to=2026-03-31&channel=chat&what="

    rated, unhappy = (
        at_desk(home.chen).get(page + what).content.decode() for what in ("rated", "unsatisfied")
    )

    assert queries.evaluation(home.chen, *QUARTER, FRIDAY + 2 * DAY).lines["chat"].rated == 2
    assert case.number in rated
    assert "/desk/chat/77/" in rated
    assert case.number not in unhappy
    assert "/desk/chat/77/" in unhappy


def test_a_channel_that_never_worked_is_to_be_looked_at(home: House, said: dict[str, Standing]):
    said["phone"] = Standing("phone", failing_since=FRIDAY, reason="no_line")
    tasks.watch(FRIDAY)
    tasks.watch(FRIDAY + HOUR)

    told = at_desk(home.chen).get("/desk/channels/report/?from=2026-01-01&to=2026-03-31")

    assert "，可用率 0.0%。" in told.content.decode()
