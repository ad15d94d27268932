"""2.2.4: reports as the desk lists them, and the facts they rest on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from bihuan.accounts import commands as accounts
from bihuan.cases import commands as cases
from bihuan.cases import tasks as clocks
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cases.tests.stories import DAY, HOUR, on
from bihuan.complaints import commands, queries, tasks
from bihuan.complaints.models import SpecialReport
from bihuan.complaints.tests.reports import asked, decided_and_told, led, lifted, submitted
from bihuan.core.refusals import Invalid, NotFound
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db
LATER = FRIDAY + 30 * DAY


@pytest.fixture
def house() -> House:
    return people.house()


def numbers(page: queries.ReportPage) -> list[str]:
    return [line.number for line in page.lines]


def test_2_19_what_is_due_first_stands_first_and_what_is_done_last(house: House):
    done, decided, undecided = lifted(house), lifted(house), lifted(house)
    row = submitted(house, asked(done))
    commands.sign_report(id=row.id, expected_version=row.version, by=house.chen, at=FRIDAY)
    led(house, decided, house.bo_bo)
    decided_and_told(house, decided)
    tasks.tend_reports(FRIDAY)

    page = queries.reports_listed(by=house.chen, at=FRIDAY)

    assert numbers(page) == [decided.number, undecided.number, done.number]


def test_2_19_pages_follow_each_other_without_a_gap_or_a_twin(house: House):
    made = {lifted(house).number for _ in range(5)}
    tasks.tend_reports(FRIDAY)

    found, cursor = [], ""
    while True:
        page = queries.reports_listed(by=house.chen, at=FRIDAY, cursor=cursor, limit=2)
        found += numbers(page)
        if not (cursor := page.cursor):
            break

    assert len(found) == 5
    assert set(found) == made
    with pytest.raises(Invalid):
        queries.reports_listed(by=house.chen, at=FRIDAY, cursor="x")


def test_2_19_twice_the_reports_cost_no_query_more(house: House):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked_for:
            queries.reports_listed(by=house.chen, at=FRIDAY)
        return len(asked_for)

    lifted(house)
    tasks.tend_reports(FRIDAY)
    few = cost()
    for _ in range(3):
        lifted(house)
    tasks.tend_reports(FRIDAY)

    assert cost() == few


def test_2_19_the_list_and_its_count_are_nobody_elses(house: House):
    case = lifted(house)
    asked(case)

    assert queries.waiting_reports(house.bo_bo) == 1
    assert queries.waiting_reports(house.chen) == 0
    assert queries.reports_listed(by=house.other_agent, at=FRIDAY).lines == []
    with pytest.raises(NotFound):
        queries.reports_listed(by=house.ai_li, at=FRIDAY)
    submitted(house, SpecialReport.objects.get())
    assert queries.waiting_reports(house.bo_bo) == 0
    assert queries.waiting_reports(house.chen) == 1


def test_2_19_a_restricted_case_is_in_the_report_and_not_behind_a_link(house: House):
    case = lifted(house)
    row = asked(case)
    type(case).objects.filter(id=case.id).update(restricted=True, owner_id=house.chen.id)

    seen = queries.opened_report(row.id, by=house.bo_bo, at=FRIDAY)

    assert (seen.line.number, seen.line.case_url) == (case.number, "")


def test_2_19_facts_tell_who_held_it_how_long_and_what_came_too_late(house: House):
    case = lifted(house)
    led(house, case, house.bo_bo)
    handed = {"owner_id": house.other_agent.id, "reason": "涉及合同"}
    cases.assign(**on(case, house.chen, FRIDAY + 2 * HOUR), **handed)
    clocks.sweep(FRIDAY + 30 * HOUR)
    tasks.hold_to_account(list(Event.objects.filter(kind="clock.missed")))
    case.refresh_from_db()

    facts = queries.facts_of(case, FRIDAY + 30 * HOUR)

    assert [(one.who, one.span) for one in facts.holders] == [
        ("波波", "2时00分"),
        ("法务何", "1天4时"),
    ]
    assert facts.missed == len([one for one in facts.clocks if one.missed]) > 0
    assert {one.verdict for one in facts.clocks if one.missed} == {"超 6时00分"}
    assert "超过时限：首次响应" in {one.what for one in facts.timeline}
    assert facts.answered_for[0].text == "尚未说明原因"
    assert ("专项负责人", "波波") in facts.parties
    assert "爱*" in dict(facts.parties)["用户"]


def test_2_19_a_step_that_came_too_late_says_by_how_much(house: House):
    case = lifted(house)
    late = FRIDAY + 50 * HOUR
    cases.accept(**on(case, house.bo_bo, late), text="已受理。")
    case.refresh_from_db()

    facts = queries.facts_of(case, late)

    (accepted,) = [one for one in facts.timeline if one.what == "已受理"]
    assert (accepted.late, accepted.clause) == ("超 2时00分", "1.4")


def test_2_19_similar_complaints_are_counted_with_their_share_and_never_without_any(house: House):
    shop = accounts.create_merchant(
        name="悦居家电", contact_person_id=house.ding.id, by=people.SYSTEM, at=people.LONG_AGO
    )
    case = lifted(house)
    alone = queries.facts_of(case, FRIDAY + HOUR).alike
    assert (alone.total, [one.per_mille for one in alone.respects]) == (0, [0])

    people.file(house)
    people.file(house, issue="invoice", category="other", text="发票一直没有开。")
    people.file(house, at=FRIDAY - timedelta(days=91), external_id="old")
    people.file(house, kind="enquiry", text="会员积分怎么换？")
    same = people.file(house)
    rows = type(case).objects.filter(id__in=[case.id, same.id])
    rows.update(merchant_id=shop.id)
    case.refresh_from_db()

    alike = queries.facts_of(case, FRIDAY + HOUR).alike
    assert alike.total == 3
    found = {one.what: (one.count, one.share) for one in alike.respects}
    assert found["同一问题类型"] == (2, "66.7%")
    assert found["同一商家的同一问题"] == (1, "33.3%")
    assert alike.numbers == (same.number,)


def test_2_19_the_first_draft_is_chinese_whatever_its_author_reads(house: House):
    case = lifted(house)
    led(house, case, house.bo_bo)
    decided_and_told(house, case)

    with translation.override("en"):
        parts = queries.prefilled(case, at=FRIDAY + 3 * HOUR)

    assert "收到投诉“" in parts.summary
    assert "照片显示底座裂纹，电话 139****2718 已核实。" in parts.cause
    assert parts.similar == "近 90 天没有其他投诉。"
    assert [one.what for one in parts.measures] == ["三天内确认退款到账"]
    assert (parts.people, parts.prevention) == (None, "")
