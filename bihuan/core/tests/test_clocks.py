"""When promises fall due, on the handbook's own figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.clocks import (
    SHANGHAI,
    deadlines,
    due,
    explain,
    is_late,
    receipt,
    rows,
)
from bihuan.core.handbook import Applies, Limit, Promise
from bihuan.core.tests.calendars import DAYS

DAY = timedelta(days=1)


def beijing(text: str) -> datetime:
    """2026-02-13 16:00 in Shanghai; 24:00 is the end of that day."""
    day, _, clock = text.partition(" ")
    if clock == "24:00":
        return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI) + DAY
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def promise(id: str, until: str, amount: int, unit: str, force: str = "must", **more) -> Promise:
    return Promise(
        id=id,
        clause=id.split("-")[1],
        says="",
        source="",
        en="",
        force=force,
        applies=Applies(),
        start=more.pop("start", "complaint.received"),
        until=until,
        limit=Limit(amount, unit),
        **more,
    )


# a general complaint of tier 1 by mail: every promise the handbook makes
GENERAL = (
    promise("C-1.2-1", "case.first_response", 24, "hours", start="request.submitted"),
    promise("C-1.2-2", "case.handling_done", 72, "hours", start="request.submitted"),
    promise("C-1.3-1", "case.first_response", 24, "hours", start="request.submitted"),
    promise("C-1.3-2", "case.handling_done", 72, "hours", start="request.submitted"),
    promise("C-1.4-1", "case.first_response", 24, "hours", "commit", start="request.submitted"),
    promise("C-1.4-2", "case.handling_done", 72, "hours", "commit", start="request.submitted"),
    promise("C-1.4-3", "case.result_notice_sent", 24, "hours", start="case.handling_done"),
    promise("C-1.4-4", "complaint.accepted", 48, "hours", "commit"),
    promise("C-1.4-5", "complaint.final_feedback_sent", 72, "hours", "commit"),
    promise("C-2.2.1-1", "complaint.registered", 0, "minutes", proved_by="registration"),
    promise("C-2.2.3-1", "complaint.preliminary_done", 3, "workdays"),
    promise("C-2.2.3-2", "complaint.preliminary_result_sent", 3, "workdays"),
    promise("C-2.3.1-1", "complaint.preliminary_done", 3, "workdays"),
    promise("C-2.3.1-2", "complaint.final_feedback_sent", 5, "workdays"),
    promise("C-3.2-1", "complaint.initial_review_done", 2, "workdays"),
    promise("C-4.2-1", "case.initial_solution_sent", 24, "hours", "rule"),
    promise("C-7.1-1", "case.first_response", 24, "hours", "plan"),
    promise("C-7.1-2", "case.handling_done", 48, "hours", "plan"),
)
# milestone | due | effective | hard | promises: the worked example of the house
WORKED = """
complaint.accepted | 02-15 16:00 | 02-15 16:00 | hard | C-1.4-4
case.first_response | 02-14 16:00 | 02-14 16:00 | hard | C-1.2-1 C-1.3-1 C-1.4-1 C-7.1-1
case.initial_solution_sent | 02-14 16:00 | 02-14 16:00 | hard | C-4.2-1
complaint.initial_review_done | 02-24 24:00 | 02-16 16:00 | hard | C-3.2-1
complaint.preliminary_done | 02-25 24:00 | 02-16 16:00 | hard | C-2.2.3-1 C-2.3.1-1
complaint.preliminary_result_sent | 02-25 24:00 | 02-16 16:00 | hard | C-2.2.3-2
case.handling_done | 02-15 16:00 | 02-15 16:00 | soft | C-7.1-2
case.handling_done | 02-16 16:00 | 02-16 16:00 | hard | C-1.2-2 C-1.3-2 C-1.4-2
complaint.final_feedback_sent | 02-16 16:00 | 02-16 16:00 | hard | C-1.4-5
complaint.final_feedback_sent | 02-27 24:00 | 02-27 24:00 | hard | C-2.3.1-2
"""
RECEIVED = beijing("2026-02-13 16:00")

SINCE = datetime(2024, 6, 1, tzinfo=UTC)
moments = st.integers(0, 145_000_000).map(lambda n: SINCE + timedelta(seconds=n))
limits = st.one_of(
    st.builds(Limit, st.integers(1, 15), st.just("workdays")),
    st.builds(Limit, st.sampled_from([24, 48, 72]), st.just("hours")),
    st.builds(Limit, st.just(15), st.just("minutes")),
)


def test_a_general_complaint_before_spring_festival_has_the_ten_rows_of_the_house():
    found = rows(deadlines(GENERAL, receipt(RECEIVED), DAYS))

    expected = [line.split(" | ") for line in WORKED.strip().splitlines()]
    assert [
        (r.milestone, r.due_at, r.effective_due_at, "hard" if r.hard else "soft", list(r.promises))
        for r in found
    ] == [
        (milestone, beijing("2026-" + ends), beijing("2026-" + presses), hard, ids.split())
        for milestone, ends, presses, hard, ids in expected
    ]
    assert {(r.started_at, r.status) for r in found} == {(RECEIVED, "final")}


# CALENDAR §3e: received: 15 min, 24 h, 48 h, 72 h, then 2, 3 and 5 working days
@pytest.mark.parametrize(
    ("received", "hours", "workdays"),
    [
        (
            "2026-03-09 10:00",
            "2026-03-09 10:15|2026-03-10 10:00|2026-03-11 10:00|2026-03-12 10:00",
            "2026-03-11 24:00|2026-03-12 24:00|2026-03-16 24:00",
        ),
        (
            "2026-03-13 10:00",
            "2026-03-13 10:15|2026-03-14 10:00|2026-03-15 10:00|2026-03-16 10:00",
            "2026-03-17 24:00|2026-03-18 24:00|2026-03-20 24:00",
        ),
        (
            "2026-02-13 16:00",
            "2026-02-13 16:15|2026-02-14 16:00|2026-02-15 16:00|2026-02-16 16:00",
            "2026-02-24 24:00|2026-02-25 24:00|2026-02-27 24:00",
        ),
        (
            "2025-09-30 16:00",
            "2025-09-30 16:15|2025-10-01 16:00|2025-10-02 16:00|2025-10-03 16:00",
            "2025-10-10 24:00|2025-10-11 24:00|2025-10-14 24:00",
        ),
    ],
)
def test_hours_run_through_nights_and_holidays_and_working_days_end_at_midnight(
    received, hours, workdays
):
    by_the_hour = [Limit(15, "minutes"), *(Limit(n, "hours") for n in (24, 48, 72))]
    by_the_day = [Limit(n, "workdays") for n in (2, 3, 5)]

    ends = [due(limit, beijing(received), DAYS).at for limit in (*by_the_hour, *by_the_day)]

    assert ends == [beijing(text) for text in (*hours.split("|"), *workdays.split("|"))]


def test_the_date_of_receipt_is_the_date_in_shanghai():
    late_on_saturday_in_london = datetime(2026, 2, 14, 18, tzinfo=UTC)  # the 15th, a day off
    last_moment = beijing("2025-09-30 23:59:59.999999")
    midnight = beijing("2025-09-30 24:00")

    three = Limit(3, "workdays")
    assert due(three, late_on_saturday_in_london, DAYS).at == beijing("2026-02-26 24:00")
    assert due(three, last_moment, DAYS).at == beijing("2025-10-11 24:00")
    assert due(three, midnight, DAYS).counted[0].day == date(2025, 10, 1)


def test_a_time_without_a_zone_has_no_due():
    with pytest.raises(ValueError, match="no time zone"):
        due(Limit(24, "hours"), datetime(2026, 2, 13, 16), DAYS)  # noqa: DTZ001 the point of it


@given(limits, moments, moments)
def test_receiving_later_never_falls_due_sooner(limit, a, b):
    early, late = sorted((a, b))

    assert due(limit, early, DAYS).at <= due(limit, late, DAYS).at


@given(limits, moments)
def test_a_due_lies_after_its_start_and_never_before_its_earliest(limit, start):
    found = due(limit, start, DAYS)

    assert start < found.earliest <= found.at
    assert found.at.tzinfo is UTC


@given(st.integers(1, 15), moments)
def test_the_explanation_skips_no_day_and_numbers_each_working_day(amount, start):
    told = due(Limit(amount, "workdays"), start, DAYS).counted

    assert {b.day - a.day for a, b in pairwise(told)} == {DAY}
    assert [d.number for d in told if d.number] == list(range(1, amount + 1))
    assert told[0].kind == "received"
    assert told[-1].number == amount


def test_a_deadline_says_of_each_day_why_it_counts_or_not():
    [deadline] = deadlines(
        [promise("C-2.2.3-1", "complaint.preliminary_done", 3, "workdays")],
        receipt(RECEIVED),
        DAYS,
    )

    told = {d.day.isoformat()[5:]: (d.kind, d.number, d.note) for d in explain(deadline)}

    assert told["02-13"] == ("received", None, "收到当日不计")
    assert told["02-14"] == ("make_up", 1, "周六，调休上班")
    assert told["02-17"] == ("holiday", None, "春节")
    assert told["02-25"] == ("counted", 3, "周三")
    assert list(told)[-1] == "02-25"


def test_a_weekend_and_a_holiday_without_a_name_are_told_too():
    told = due(Limit(3, "workdays"), beijing("2025-10-10 08:00"), DAYS).counted
    holiday = due(Limit(3, "workdays"), beijing("2025-09-30 08:00"), DAYS).counted

    assert [(d.kind, d.note) for d in told if d.day == date(2025, 10, 12)] == [("weekend", "周日")]
    assert [(d.kind, d.note) for d in holiday if d.day == date(2025, 10, 1)] == [
        ("holiday", "放假")
    ]


def test_hours_are_told_as_days_that_run_through():
    told = due(Limit(48, "hours"), RECEIVED, DAYS).counted

    assert [(d.day.isoformat()[5:], d.kind, d.note) for d in told] == [
        ("02-13", "running", "连续计时"),
        ("02-14", "running", "连续计时"),
        ("02-15", "running", "连续计时"),
    ]


def test_ten_working_days_from_18_december_2026_are_provisional():
    ten = Limit(10, "workdays")

    known = due(ten, beijing("2026-12-17 12:00"), DAYS)
    guessed = due(ten, beijing("2026-12-18 12:00"), DAYS)

    assert (known.status, known.at) == ("final", beijing("2026-12-31 24:00"))
    assert (guessed.status, guessed.at) == ("provisional", beijing("2027-01-04 24:00"))
    assert guessed.earliest == beijing("2027-01-01 24:00")
    assert guessed.counted[-1].kind == "provisional"
    assert guessed.counted[-1].note == "周一，放假安排待公布"


def test_only_the_counted_days_decide_whether_a_due_is_provisional():
    received_in_an_unarranged_year = due(Limit(2, "workdays"), beijing("2024-12-31 10:00"), DAYS)

    assert received_in_an_unarranged_year.status == "final"


def test_hours_are_final_in_any_year():
    assert due(Limit(72, "hours"), beijing("2033-05-01 10:00"), DAYS).status == "final"


@pytest.mark.parametrize("amount", [0, -3])
def test_no_working_days_are_no_limit(amount):
    with pytest.raises(ValueError, match="at least one"):
        due(Limit(amount, "workdays"), RECEIVED, DAYS)


def test_a_promise_whose_start_has_not_happened_or_that_proves_itself_has_no_deadline():
    ids = {d.promise.id for d in deadlines(GENERAL, receipt(RECEIVED), DAYS)}

    assert {p.id for p in GENERAL} - ids == {"C-1.4-3", "C-2.2.1-1"}


def test_the_notice_of_the_result_counts_from_the_handling():
    done = beijing("2026-02-14 09:00")

    found = deadlines(GENERAL, receipt(RECEIVED) | {"case.handling_done": done}, DAYS)

    [notice] = [d for d in found if d.promise.id == "C-1.4-3"]
    assert (notice.started_at, notice.due_at) == (done, beijing("2026-02-15 09:00"))


def test_a_soft_due_and_an_early_milestone_press_nobody():
    soft = promise("C-7.1-2", "case.handling_done", 1, "hours", "plan")
    response = promise("C-1.2-1", "case.first_response", 1, "hours")
    review = promise("C-3.2-1", "complaint.initial_review_done", 2, "workdays")
    accepted = promise("C-1.4-4", "complaint.accepted", 48, "hours")

    found = deadlines([soft, response, review, accepted], receipt(RECEIVED), DAYS)

    assert [d for d in found if d.effective_due_at != d.due_at] == []


def test_two_dues_of_one_milestone_do_not_press_each_other():
    every = promise("C-2.2.3-1", "complaint.preliminary_done", 3, "workdays")
    major = promise("C-2.3.1-3", "complaint.preliminary_done", 5, "workdays")

    found = rows(deadlines([major, every], receipt(RECEIVED), DAYS))

    assert [row.effective_due_at for row in found] == [
        beijing("2026-02-25 24:00"),
        beijing("2026-02-27 24:00"),
    ]


def test_the_final_feedback_is_not_pressed_by_the_notice_of_the_result():
    starts = receipt(RECEIVED) | {"case.handling_done": RECEIVED}

    found = {d.promise.id: d for d in deadlines(GENERAL, starts, DAYS)}

    assert found["C-2.3.1-2"].effective_due_at == beijing("2026-02-27 24:00")
    assert found["C-1.2-2"].effective_due_at == found["C-1.4-3"].due_at


def test_a_milestone_outside_the_order_keeps_its_due():
    plan = promise("C-7.2-1", "feedback.plan_set", 24, "hours", start="feedback.received")
    handled = promise("C-1.2-2", "case.handling_done", 1, "hours")

    found = deadlines([plan, handled], receipt(RECEIVED), DAYS)

    assert found[0].effective_due_at == found[0].due_at == RECEIVED + DAY
    assert [row.milestone for row in rows(found)] == ["case.handling_done", "feedback.plan_set"]


def test_promises_that_meet_from_two_starts_are_one_row_from_the_earlier_start():
    first = promise("C-2.2.3-1", "complaint.preliminary_done", 3, "workdays", start="a")
    second = promise("C-2.3.1-1", "complaint.preliminary_done", 3, "workdays", "plan", start="b")
    starts = {"a": beijing("2026-12-29 15:00"), "b": beijing("2026-12-29 09:00")}

    [row] = rows(deadlines([first, second], starts, DAYS))

    assert row.promises == ("C-2.2.3-1", "C-2.3.1-1")
    assert row.started_at == beijing("2026-12-29 09:00")
    assert row.hard
    assert (row.status, row.earliest_at) == ("provisional", beijing("2027-01-01 24:00"))


@given(st.lists(st.sampled_from(GENERAL), unique_by=lambda p: p.id), moments)
def test_no_effective_due_is_after_the_own_due(promises, received):
    found = deadlines(promises, receipt(received), DAYS)

    assert all(d.effective_due_at <= d.due_at for d in found)


@pytest.mark.parametrize(
    ("done", "looked", "late"),
    [
        ("2025-10-11 23:59", "2025-12-01 00:00", False),
        ("2025-10-11 24:00", "2025-12-01 00:00", False),
        ("2025-10-12 00:01", "2025-10-12 00:02", True),
        (None, "2025-10-11 24:00", False),
        (None, "2025-10-12 00:01", True),
    ],
)
def test_late_is_judged_by_the_fact_and_not_by_when_somebody_looked(done, looked, late):
    done_at = beijing(done) if done else None

    assert is_late(due_at=beijing("2025-10-11 24:00"), done_at=done_at, at=beijing(looked)) is late
