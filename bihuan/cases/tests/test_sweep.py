"""What time brings: breaches once, warnings, reminders, silence, the archive (2.3.3, X-28)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import FRIDAY, file, house
from bihuan.cases.tests.stories import DAY, HOUR, closed, handled, missed, on, said, told
from bihuan.core.actors import SYSTEM

pytestmark = pytest.mark.django_db


def test_2_13_a_missed_due_is_said_once_whoever_looks_and_whenever():
    home = house()
    case = file(home)

    for hours in (25, 26, 27):
        tasks.sweep(FRIDAY + hours * HOUR)

    assert missed(case) == ["case.first_response", "case.initial_solution_sent"]
    for event in said(case, "clock.missed"):
        assert event.data["due_at"] == (FRIDAY + 24 * HOUR).isoformat()
        assert event.data["owner"] == home.bo_bo.id
        assert event.data["promises"]


def test_2_13_a_due_that_is_just_now_is_not_missed_yet():
    home = house()
    case = file(home)

    tasks.sweep(FRIDAY + 24 * HOUR)
    on_time = missed(case)
    tasks.sweep(FRIDAY + 24 * HOUR + HOUR / 240)  # the next look, 15 seconds later

    assert on_time == []
    assert len(missed(case)) == 2


def test_2_13_a_step_of_the_last_second_is_in_time_though_a_look_came_before_it():
    home = house()
    case = file(home)
    due, second = FRIDAY + 24 * HOUR, HOUR / 3600

    tasks.sweep(due + 2 * second)
    commands.answer(**on(case, home.bo_bo, due - second), text="已联系商家核实。")
    tasks.sweep(due + 15 * second)

    assert missed(case) == ["case.initial_solution_sent"]


def test_2_13_a_late_answer_between_two_looks_is_still_a_breach_and_only_one():
    home = house()
    case = file(home)

    commands.answer(**on(case, home.bo_bo, FRIDAY + 25 * HOUR), text="抱歉晚了")
    tasks.sweep(FRIDAY + 26 * HOUR)

    assert missed(case) == ["case.first_response", "case.initial_solution_sent"]
    row = Clock.objects.get(case_id=case.id, milestone="case.first_response")
    assert (row.done_at, row.late_at) == (FRIDAY + 25 * HOUR, row.due_at)


def test_2_13_a_late_step_after_the_sweep_is_not_said_again():
    home = house()
    case = file(home)
    tasks.sweep(FRIDAY + 25 * HOUR)

    commands.answer(**on(case, home.bo_bo, FRIDAY + 26 * HOUR), text="抱歉晚了")

    assert missed(case).count("case.first_response") == 1


def test_2_13_a_soft_due_turns_amber_and_is_no_breach():
    home = house()
    case = file(home)

    tasks.sweep(FRIDAY + 49 * HOUR)

    soft = Clock.objects.get(case_id=case.id, hard=False)
    assert soft.late_at == soft.due_at
    assert "case.handling_done" not in missed(case)


def test_2_12_a_near_due_is_warned_of_once_and_a_soft_one_never():
    home = house()
    case = file(home)

    for hours in (19, 21, 22):
        tasks.sweep(FRIDAY + hours * HOUR)
    tasks.sweep(FRIDAY + 45 * HOUR)

    warned = [e.data["milestone"] for e in said(case, "clock.warned")]
    assert sorted(warned) == [
        "case.first_response", "case.initial_solution_sent", "complaint.accepted",
    ]  # fmt: skip


def test_2_12_no_warning_speaks_of_a_moment_that_has_passed():
    home = house()
    case = file(home)

    for hours in range(24 * 14):
        tasks.sweep(FRIDAY + hours * HOUR)

    warned = said(case, "clock.warned")
    assert len(warned) > 6
    assert all(e.at < datetime.fromisoformat(str(e.data["due_at"])) for e in warned)


def test_2_13_what_was_done_in_time_is_never_missed():
    home = house()
    case = file(home)
    commands.answer(**on(case, home.bo_bo), text="正在核实。")

    tasks.sweep(FRIDAY + 22 * HOUR)
    tasks.sweep(FRIDAY + 25 * HOUR)

    assert missed(case) == ["case.initial_solution_sent"]


def test_2_13_all_that_passed_is_said_in_one_look_however_much_it_is():
    home = house()
    cases = [file(home, external_id=f"{n}") for n in range(3)]

    news = commands.judge(within=HOUR, by=SYSTEM, at=FRIDAY + 25 * HOUR, most=2)

    assert news == 6
    for case in cases:
        assert missed(case) == ["case.first_response", "case.initial_solution_sent"]


def test_2_17_silence_closes_after_seven_days_with_one_reminder_and_not_before():
    home = house()
    case = file(home)
    handled(home, case)
    since = told(home, case).told_at

    states = []
    for moment in (4 * DAY, 5 * DAY, 7 * DAY - HOUR / 60, 7 * DAY):
        tasks.tend(since + moment)
        states.append(Case.objects.get(id=case.id).state)

    assert states == ["notified", "notified", "notified", "closed"]
    assert [e.at for e in said(case, "case.reminded")] == [since + 4 * DAY]
    assert len(said(case, "case.closed_by_silence")) == 1


def test_x_28_whoever_was_reminded_makes_room_for_the_next():
    home = house()
    first, second = file(home), file(home)
    for hours, case in ((2, first), (3, second)):
        handled(home, case)
        told(home, case, FRIDAY + hours * HOUR)
    at = FRIDAY + 5 * DAY

    [one] = queries.due_to_remind(at, 3 * DAY, most=1)
    commands.remind(**on(one, SYSTEM, at))
    [other] = queries.due_to_remind(at, 3 * DAY, most=1)

    assert (one.id, other.id) == (first.id, second.id)


def test_2_18_x_27_an_ended_case_is_archived_within_one_working_day():
    home = house()
    case = file(home)
    closed(home, case)  # on Friday; the Saturday after it is a make-up day
    end = datetime.fromisoformat("2026-02-15T00:00+08:00")

    tasks.tend(end - 2 * HOUR)
    early = Case.objects.get(id=case.id).state
    tasks.tend(end - HOUR / 2)

    after = Case.objects.get(id=case.id)
    assert (early, after.state) == ("closed", "archived")
    assert after.archived_at < end


def test_what_somebody_did_since_the_list_was_read_stops_nothing_else():
    home = house()
    case = file(home)
    closed(home, case)
    stale = queries.due_to_archive(FRIDAY + 3 * DAY)
    commands.reopen(**on(case, home.ai_li, FRIDAY + DAY), text="退款未到账")

    done = tasks._each(
        [lambda: commands.archive(number=stale[0].number, by=SYSTEM, at=FRIDAY + 3 * DAY)]
    )

    assert done == 0
    assert Case.objects.get(id=case.id).state == "accepted"


def test_a_bug_in_one_case_is_told_when_the_others_are_done(monkeypatch: pytest.MonkeyPatch):
    home = house()
    broken, whole = file(home), file(home)
    for case in (broken, whole):
        closed(home, case)
    archive = commands.archive

    def flawed(*, number: str, **given: Any) -> Any:
        return archive(number=number, **given) if number != broken.number else 1 / 0

    monkeypatch.setattr(commands, "archive", flawed)

    with pytest.raises(ZeroDivisionError):
        tasks.tend(FRIDAY + 3 * DAY)

    assert Case.objects.get(id=whole.id).state == "archived"
