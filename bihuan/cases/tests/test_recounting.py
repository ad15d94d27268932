"""A year's arrangement reaches every open case, and says what it moved (2.3.1, CALENDAR §5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests import people
from bihuan.cases.tests.stories import DAY, HOUR, closed, handled, said
from bihuan.core.actors import SYSTEM
from bihuan.notify import tasks as notices
from bihuan.notify.models import Message
from bihuan.policy import commands as policy
from bihuan.policy import queries as policies

pytestmark = pytest.mark.django_db
#: Friday 2027-01-29 10:00 in Shanghai: nobody has arranged the Spring Festival yet
FRIDAY = datetime(2027, 1, 29, 2, tzinfo=UTC)
YEAR = """
[[year]]
year      = 2027
source    = "国务院办公厅关于2027年部分节假日安排的通知（试验数据）"
published = 2026-12-30
workdays  = {workdays}
holiday = [
  {{ name = "元旦", name_en = "New Year's Day", first = 2027-01-01, last = 2027-01-03, work = [{work}] }},
  {{ name = "春节", name_en = "Spring Festival", first = 2027-02-05, last = 2027-02-12, work = [2027-01-31, 2027-02-20] }},
  {{ name = "清明节", name_en = "Qingming Festival", first = 2027-04-03, last = 2027-04-05 }},
  {{ name = "劳动节", name_en = "Labour Day", first = 2027-05-01, last = 2027-05-05, work = [2027-05-08] }},
  {{ name = "端午节", name_en = "Dragon Boat Festival", first = 2027-06-09, last = 2027-06-09 }},
  {{ name = "中秋节", name_en = "Mid-Autumn Festival", first = 2027-09-15, last = 2027-09-15 }},
  {{ name = "国庆节", name_en = "National Day", first = 2027-10-01, last = 2027-10-07, work = [2027-09-26, 2027-10-09] }},
]
"""  # noqa: E501


def text(**changes: object) -> str:
    """An arrangement of 2027 that could be true: 261 weekdays, thirteen of them free."""
    return YEAR.format(**({"workdays": 248, "work": ""} | changes))


def arranged(home: people.House, at: datetime = FRIDAY + HOUR) -> None:
    """Proposed by 陈主管, approved by a second supervisor."""
    row = policy.propose_year(text=text(), by=home.chen, at=at)
    policy.approve_year(id=row.id, by=people.supervisor("第二主管"), at=at)


def preliminary(case: Case) -> Clock:
    return Clock.objects.get(case_id=case.id, milestone="complaint.preliminary_done", void_at=None)


def day(month: int, day: int) -> datetime:
    """24:00 of that day of 2027 in Shanghai."""
    return datetime(2027, month, day, 16, tzinfo=UTC)


def test_2_08_2_3_1_provisional_dues_move_and_become_final_when_the_year_is_arranged() -> None:
    home = people.house()
    case = people.file(home, at=FRIDAY)
    before = preliminary(case)

    arranged(home)
    looked = tasks.recount(FRIDAY + 2 * HOUR)

    after = preliminary(case)
    assert (before.due_at, before.status) == (day(2, 3), "provisional")
    assert looked == 1
    # Sunday 31 January is worked for the festival and counts
    assert (after.due_at, after.status) == (day(2, 2), "final")
    assert policies.calendar_years()[0].recounted_at == FRIDAY + 2 * HOUR


def test_2_08_old_and_new_stand_in_the_log_and_the_old_row_stays_void() -> None:
    home = people.house()
    case = people.file(home, at=FRIDAY)
    arranged(home)

    tasks.recount(FRIDAY + 2 * HOUR)

    moved = said(case, "clock.rescheduled")
    assert len(moved) == 1
    assert moved[0].data["dues"]["complaint.preliminary_done"] == [
        f"-{day(2, 3).isoformat()}",
        f"+{day(2, 2).isoformat()}",
    ]
    old = Clock.objects.get(
        case_id=case.id, milestone="complaint.preliminary_done", due_at=day(2, 3)
    )
    assert old.void_reason == "calendar"


def test_2_08_the_person_and_the_handler_are_told_what_moved() -> None:
    home = people.house()
    case = people.file(home, at=FRIDAY)
    arranged(home)
    tasks.recount(FRIDAY + 2 * HOUR)

    notices.told_all(said(case, "clock.rescheduled"))

    told = Message.objects.filter(subject__contains=case.number)
    templates = {row.template: row for row in told}
    assert set(templates) == {"rescheduled", "rescheduled_staff"}
    assert templates["rescheduled"].person_id == home.ai_li.id
    assert templates["rescheduled_staff"].staff_id == case.owner_id


def test_2_08_nothing_is_said_to_whom_nothing_moves() -> None:
    home = people.house()
    case = people.file(home, at=datetime(2027, 3, 1, 2, tzinfo=UTC))
    arranged(home, at=case.received_at)

    tasks.recount(case.received_at + HOUR)

    assert preliminary(case).status == "final"
    assert said(case, "clock.rescheduled") == []


def test_2_08_what_was_reached_is_judged_and_is_not_opened_again() -> None:
    home = people.house()
    case = people.file(home, at=FRIDAY)
    handled(home, case, FRIDAY + HOUR)
    arranged(home)

    tasks.recount(FRIDAY + 2 * HOUR)

    met = Clock.objects.filter(case_id=case.id, milestone="complaint.preliminary_done")
    assert [(row.due_at, row.done_at) for row in met] == [(day(2, 3), FRIDAY + HOUR)]
    case.refresh_from_db()
    assert case.next_due_at == min(
        row.effective_due_at for row in queries.clocks(case) if row.hard and not row.done_at
    )


def test_2_08_a_closed_case_stays_as_it_was_judged() -> None:
    home = people.house()
    case = people.file(home, at=FRIDAY)
    closed(home, case, FRIDAY + 3 * HOUR)
    arranged(home, at=FRIDAY + 4 * HOUR)

    tasks.recount(FRIDAY + 5 * HOUR)

    assert said(case, "clock.rescheduled") == []


def test_an_arrangement_is_carried_through_in_pieces_and_goes_on_where_it_stopped() -> None:
    home = people.house()
    cases = [people.file(home, at=FRIDAY + timedelta(minutes=n)) for n in range(5)]
    arranged(home)

    some = [commands.recount(by=SYSTEM, at=FRIDAY + 2 * HOUR, most=2) for _ in range(4)]

    assert some == [2, 2, 1, 0]
    assert all(len(said(case, "clock.rescheduled")) == 1 for case in cases)
    assert policies.calendar_years()[0].cases_moved == 5


def test_nothing_is_recounted_before_every_process_has_heard_of_it() -> None:
    home = people.house()
    people.file(home, at=FRIDAY)
    arranged(home)

    assert tasks.recount(FRIDAY + HOUR + timedelta(seconds=30)) == 0


def test_a_correction_of_a_year_that_was_arranged_already_replaces_it() -> None:
    home = people.house()
    case = people.file(home, at=FRIDAY)
    arranged(home)
    tasks.recount(FRIDAY + 2 * HOUR)
    later = text().replace("2027-01-31, 2027-02-20", "2027-02-13, 2027-02-20")
    row = policy.propose_year(text=later, by=home.chen, at=FRIDAY + DAY)
    policy.approve_year(id=row.id, by=people.supervisor("第三主管"), at=FRIDAY + DAY)

    tasks.recount(FRIDAY + DAY + HOUR)

    assert preliminary(case).due_at == day(2, 3)
    assert len(said(case, "clock.rescheduled")) == 2
