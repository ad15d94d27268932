"""2.2.4: each major complaint is asked for one report, until it is major no more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bihuan.cases import commands as cases
from bihuan.cases import queries as seen
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY
from bihuan.cases.tests.stories import DAY, HOUR, on
from bihuan.complaints import commands, queries, tasks
from bihuan.complaints.models import SpecialReport
from bihuan.complaints.tests.reports import (
    WORDS,
    asked,
    decided_and_told,
    led,
    lifted,
    said,
    submitted,
    words,
)
from bihuan.core.actors import SYSTEM
from bihuan.core.terms import Severity
from bihuan.events.models import Event
from bihuan.notify.models import Message

pytestmark = pytest.mark.django_db


def test_2_19_a_major_complaint_is_asked_for_one_report_however_often_the_clock_looks():
    house = people.house()
    case = lifted(house)

    tasks.tend_reports(FRIDAY)
    tasks.tend_reports(FRIDAY + HOUR)
    tasks.analyse(list(Event.objects.filter(kind="case.severity_approved")))

    row = SpecialReport.objects.get()
    assert (row.case_id, row.state, row.due_at) == (case.id, "due", None)
    assert said(row) == ["report.asked"]
    assert seen.needed(case, "close") == ["special_report"]


def test_2_19_whoever_finds_it_major_has_its_report_asked_for_at_once():
    house = people.house()
    case = lifted(house)

    tasks.analyse(list(Event.objects.filter(stream=case.id, kind="case.severity_approved")))

    assert SpecialReport.objects.get().author_id == case.owner_id


def test_2_19_a_general_complaint_and_an_enquiry_are_asked_for_none():
    house = people.house()
    people.file(house)
    people.file(house, kind="enquiry", text="会员积分怎么换？")

    assert tasks.tend_reports(FRIDAY) == 0
    assert not SpecialReport.objects.exists()


def test_2_19_a_text_of_the_handbook_from_before_reports_asks_for_them_all_the_same():
    old = Severity("major", "重大", "Major", "2.3.1", 2, 2)
    general = Severity("general", "一般", "General", "2.3.1", 1, 1)

    assert (old.is_reported, general.is_reported) == (True, False)
    assert not Severity("x", "x", "x", "2.3.1", 3, 3, special_report=False).is_reported


def test_2_19_the_named_lead_is_to_write_it_while_nobody_has():
    house = people.house()
    case = lifted(house)
    row = asked(case)
    assert row.author_id == case.owner_id

    led(house, case, house.other_agent)
    tasks.tend_reports(FRIDAY + HOUR)

    row.refresh_from_db()
    assert row.author_id == house.other_agent.id


def test_2_19_it_is_due_ten_working_days_after_the_decision_and_open_before():
    house = people.house()
    case = lifted(house)
    row = asked(case)
    led(house, case, house.bo_bo)

    decided_and_told(house, case)
    tasks.tend_reports(FRIDAY + HOUR)

    row.refresh_from_db()
    # decided on Friday 13 February; 14 and 28 February are make-up days, 15 to 23 a holiday
    assert row.due_at == datetime(2026, 3, 5, 16, tzinfo=UTC)


def test_2_19_what_is_lowered_needs_no_report_and_the_case_may_close():
    house = people.house()
    case = lifted(house)
    row = asked(case)
    cases.set_severity(**on(case, house.bo_bo), severity="general", reason="只影响一人")

    tasks.analyse(list(Event.objects.filter(stream=case.id, kind="case.severity_set")))

    row.refresh_from_db()
    case.refresh_from_db()
    assert (row.state, said(row)) == ("lapsed", ["report.asked", "report.lapsed"])
    assert seen.needed(case, "close") == []
    assert Event.objects.get(kind="report.lapsed").data["reason_code"] == "severity_lowered"


def test_2_19_the_supervisors_are_told_that_a_lowered_severity_ended_a_report():
    house = people.house()
    case = lifted(house)
    asked(case)
    cases.set_severity(**on(case, house.bo_bo), severity="general", reason="只影响一人")
    tasks.tend_reports(FRIDAY)

    tasks.tell_of_reports(list(Event.objects.filter(kind="report.lapsed")))

    told = Message.objects.filter(template="report_lapsed", channel="inbox")
    assert {message.staff_id for message in told} == {house.chen.id}


def test_2_19_what_becomes_major_again_is_asked_for_a_new_one():
    house = people.house()
    case = lifted(house)
    asked(case)
    cases.set_severity(**on(case, house.bo_bo), severity="general", reason="只影响一人")
    tasks.tend_reports(FRIDAY)
    cases.set_severity(**on(case, house.bo_bo), severity="major", reason="又有多人反映")
    cases.approve_severity(**on(case, house.chen))

    tasks.tend_reports(FRIDAY)

    states = SpecialReport.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["lapsed", "due"]
    case.refresh_from_db()
    assert seen.needed(case, "close") == ["special_report"]


def test_2_19_a_confirmed_case_closes_when_its_report_lapses():
    house = people.house()
    case = lifted(house)
    asked(case)
    led(house, case, house.bo_bo)
    decided_and_told(house, case)
    cases.confirm(**on(case, house.ai_li, FRIDAY + HOUR))
    cases.set_severity(**on(case, house.chen, FRIDAY + HOUR), severity="general", reason="重新评估")

    tasks.tend_reports(FRIDAY + DAY)

    case.refresh_from_db()
    assert case.state == "closed"


def test_2_19_a_report_that_is_late_is_said_once_to_its_author_and_his_supervisor():
    house = people.house()
    case = lifted(house)
    row = asked(case)
    led(house, case, house.bo_bo)
    decided_and_told(house, case)
    after = datetime(2026, 3, 5, 16, 1, tzinfo=UTC)

    tasks.tend_reports(after)
    tasks.tend_reports(after + HOUR)
    tasks.tell_of_reports(list(Event.objects.filter(kind="report.late")))

    assert said(row) == ["report.asked", "report.late"]
    told = Message.objects.filter(template="report_late", channel="inbox")
    assert set(told.values_list("staff_id", flat=True)) == {house.bo_bo.id, house.chen.id}
    assert queries.reports_listed(by=house.chen, at=after).lines[0].late


def test_2_19_a_report_in_review_follows_its_case_and_one_that_was_signed_does_not():
    house = people.house()
    case = lifted(house)
    row = submitted(house, asked(case))
    commands.sign_report(id=row.id, expected_version=row.version, by=house.chen, at=FRIDAY)
    cases.set_severity(**on(case, house.bo_bo), severity="general", reason="只影响一人")

    tasks.analyse(list(Event.objects.filter(stream=case.id, kind="case.severity_set")))

    row.refresh_from_db()
    assert row.state == "signed"
    assert queries.unfinished() == []
    assert commands.ask_for_report(number=case.number, by=SYSTEM, at=FRIDAY) is None


def test_e_02_a_report_that_lapsed_with_a_merge_begins_with_its_words_once_that_is_undone():
    home = people.house()
    other, case = people.file(home, FRIDAY - DAY), lifted(home)
    cases.set_severity(**on(other, home.bo_bo), severity="major", reason="多人受影响")
    cases.approve_severity(**on(other, home.chen))
    tasks.tend_reports(FRIDAY)
    row = SpecialReport.objects.get(case_id=case.id)
    owner = next(who for who in (home.bo_bo, home.chen) if who.id == case.owner_id)
    commands.write_report(id=row.id, given=words(home), expected_version=0, by=owner, at=FRIDAY)
    cases.merge(**on(case, home.chen), into=other.number)
    tasks.tend_reports(FRIDAY + HOUR)
    cases.unmerge(**on(case, home.chen, FRIDAY + 2 * HOUR), reason="不是同一件事")

    tasks.tend_reports(FRIDAY + 2 * HOUR)

    again = queries.standing(case.id)
    assert again is not None
    assert again.id != row.id
    case.refresh_from_db()
    begun = queries.prefilled(case, at=FRIDAY + 2 * HOUR)
    assert begun.summary == WORDS["summary"]
    assert owner.id in queries.authors(again)  # whose words they are does not sign them
