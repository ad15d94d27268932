"""Whoever waits hears at intervals how it stands, though nothing has happened (2.3.2)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bihuan.cases import commands, tasks
from bihuan.cases.models import Case, Telling
from bihuan.cases.tests import people
from bihuan.cases.tests.stories import DAY, HOUR, handled, on, said, told
from bihuan.events.models import Event
from bihuan.notify import tasks as notices
from bihuan.notify.models import Message

pytestmark = pytest.mark.django_db
#: Monday 2026-03-09 10:00 in Shanghai
MONDAY = datetime(2026, 3, 9, 2, tzinfo=UTC)


def heard(case: Case) -> datetime | None:
    """The subscriber hears everything said so far; when the person hears again."""
    tasks.keep_telling(list(Event.objects.filter(stream=case.id).order_by("seq")))
    row = Telling.objects.filter(case_id=case.id).first()
    return row.due_at if row else None


def told_so_far(case: Case) -> list[Event]:
    return said(case, "case.progress_told")


def test_2_14_2_3_2_before_the_first_answer_progress_is_told_every_day() -> None:
    home = people.house()
    case = people.file(home, at=MONDAY)

    assert heard(case) == MONDAY + DAY
    assert tasks.progress(MONDAY + DAY - HOUR) == 0
    assert tasks.progress(MONDAY + DAY) == 1
    assert heard(case) == MONDAY + 2 * DAY
    assert len(told_so_far(case)) == 1


def test_2_14_after_the_answer_every_second_working_day_in_the_morning() -> None:
    home = people.house()
    case = people.file(home, at=MONDAY)
    commands.answer(**on(case, home.bo_bo, MONDAY + 5 * HOUR), text="正在联系商家核实。")

    # Wednesday 10:00 in Shanghai
    assert heard(case) == datetime(2026, 3, 11, 2, tzinfo=UTC)


def test_2_14_a_holiday_is_no_day_on_which_one_waits_for_a_word() -> None:
    home = people.house()
    friday = datetime(2026, 2, 13, 2, tzinfo=UTC)
    case = people.file(home, at=friday)
    commands.answer(**on(case, home.bo_bo, friday + HOUR), text="正在联系商家核实。")

    # Saturday 14 is worked, then the Spring Festival; the second working day is Tuesday 24
    assert heard(case) == datetime(2026, 2, 24, 2, tzinfo=UTC)


def test_2_14_every_word_the_person_sees_begins_the_interval_anew_and_a_note_does_not() -> None:
    home = people.house()
    case = people.file(home, at=MONDAY)
    heard(case)
    commands.accept(**on(case, home.bo_bo, MONDAY + 3 * HOUR), text="受理。")
    after = heard(case)

    commands.note(**on(case, home.bo_bo, MONDAY + 9 * HOUR), text="催商家。")

    assert after == MONDAY + 3 * HOUR + DAY
    assert heard(case) == after


def test_2_14_nothing_is_told_once_the_result_is_and_the_next_word_is_the_persons() -> None:
    home = people.house()
    case = people.file(home, at=MONDAY)
    handled(home, case, MONDAY + HOUR)
    told(home, case, MONDAY + 2 * HOUR)

    assert heard(case) is None
    assert tasks.progress(MONDAY + 30 * DAY) == 0


def test_2_14_the_words_name_the_step_its_due_and_who_answers_for_it() -> None:
    home = people.house()
    case = people.file(home, at=MONDAY)
    heard(case)
    tasks.progress(MONDAY + DAY + HOUR)

    notices.told_all(told_so_far(case))

    message = Message.objects.get(template="progress")
    assert message.person_id == home.ai_li.id
    assert "波波" in message.body
    assert "现已超过时限" in message.body  # the first answer was owed within the day


def test_2_14_two_workers_at_once_tell_it_once() -> None:
    home = people.house()
    case = people.file(home, at=MONDAY)
    heard(case)

    assert tasks.progress(MONDAY + DAY) == 1
    assert tasks.progress(MONDAY + DAY) == 0
    assert len(told_so_far(case)) == 1
