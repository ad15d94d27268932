"""When promises fall due on the handbook's own figures, press one another, and meet in rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core import clocks
from bihuan.core.clocks import deadlines, explain, receipt, rows
from bihuan.core.handbook import Applies, Limit, Promise
from bihuan.core.schedule import Schedule
from bihuan.core.tests.calendars import DAYS
from bihuan.core.tests.moments import DAY, beijing, moments


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


LIMITS = st.builds(
    Limit, st.sampled_from((1, 2, 3, 5)), st.sampled_from(("minutes", "hours", "workdays"))
)
SOME = st.lists(
    st.builds(
        lambda n, until, limit, force, start, proved_by: promise(
            f"C-1.1-{n}", until, limit.amount, limit.unit, force, start=start, proved_by=proved_by
        ),
        st.integers(1, 99),
        st.sampled_from((*clocks.MILESTONES, "somewhere.else", "nowhere.known")),
        LIMITS | st.just(Limit(24, "hours")),
        st.sampled_from(("must", "commit", "plan")),
        st.sampled_from(("complaint.received", "request.submitted", "case.handling_done")),
        st.sampled_from(("", "", "", "registration")),
    ),
    max_size=14,
)


@given(SOME, moments | st.just(beijing("2026-02-13 00:00")))
def test_a_schedule_counts_the_rows_that_the_deadlines_make(promises, received):
    assert Schedule(promises).rows(received, DAYS) == rows(
        deadlines(promises, receipt(received), DAYS)
    )


def test_a_schedule_counts_from_no_moment_without_a_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        Schedule(GENERAL).rows(RECEIVED.replace(tzinfo=None), DAYS)
