"""The team at the desk: load, rota, absence with its handover, qualifications (1.3, E.20)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.accounts.models import Absence, Qualification, Shift
from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House, file
from bihuan.core.actors import SYSTEM
from bihuan.desk.tests.conftest import NOW, RECENTLY
from bihuan.web import words

TEAM = "/desk/team/"
TODAY = words.local(NOW).date()
DAYS = {"first_on": "2026-03-11", "last_on": "2026-03-13", "reason": "sick"}
WHO = {"by": SYSTEM, "at": RECENTLY}


def said(response: Any) -> str:
    return response.content.decode()


def hired(name: str = "方雨晴") -> int:
    made = accounts.create_staff(
        name=name, username=name, roles=["agent"], department="customer_service", **WHO
    )
    queries.forget_loads()
    return made.id


def test_e_20_an_absence_is_previewed_case_by_case_and_then_handed_over(house: House, chen: Client):
    case, other = file(house, RECENTLY), hired()
    accounts.set_on_duty(staff_id=house.chen.id, on_duty=False, **WHO)
    place = f"{TEAM}{house.bo_bo.id}/"

    preview = chen.post(f"{place}absent/", DAYS)
    nothing_yet = Absence.objects.exists()
    done = chen.post(f"{place}absent/", DAYS | {"sure": "hand over"})

    case.refresh_from_db()
    assert preview.status_code == 200
    assert case.number in said(preview)
    assert "方雨晴" in said(preview)
    assert not nothing_yet
    assert (done.status_code, done["Location"], case.owner_id) == (302, place, other)
    page = said(chen.get(place))
    assert "已移交 1 件：方雨晴 1" in page
    assert "病假" in page
    assert "请假至" in said(chen.get(TEAM))


def test_an_absence_alone_moves_nothing_and_ends_early(house: House, bo_bo: Client):
    case, place = file(house, RECENTLY), f"{TEAM}{house.bo_bo.id}/"
    bo_bo.post(f"{place}absent/", DAYS | {"sure": "keep"})
    absence = Absence.objects.get()

    ended = bo_bo.post(f"{TEAM}absences/{absence.id}/end/")

    absence.refresh_from_db()
    assert (ended.status_code, absence.ended_at) == (302, NOW)
    assert Case.objects.get(id=case.id).owner_id == house.bo_bo.id


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"last_on": "2026-03-10"}, "结束日期不能早于开始日期"),
        ({"first_on": "2026-03-01", "last_on": "2026-03-02"}, "日期不能早于今天"),
        ({"reason": ""}, "请填写这一项"),
        ({"first_on": "morgen"}, "请填写日期"),
    ],
)
def test_days_that_cannot_be_are_answered_at_their_field(
    house: House, chen: Client, changes: dict[str, str], told: str
):
    answer = chen.post(f"{TEAM}{house.bo_bo.id}/absent/", DAYS | changes)

    assert answer.status_code == 422
    assert told in said(answer)
    assert not Absence.objects.exists()


def test_1_3_a_week_is_planned_and_shown_as_it_was_filled_in(house: House, chen: Client):
    place = f"{TEAM}{house.bo_bo.id}/"
    week = {"starts-1-1": "09:00", "ends-1-1": "18:00", "starts-2-1": "09:00", "ends-2-1": "18:00",
            "starts-5-1": "22:00", "ends-5-1": "06:00", "starts-4-2": "12:00",
            "ends-4-2": "00:00"}  # fmt: skip

    chen.post(f"{place}shifts/", week)

    rows = Shift.objects.order_by("weekday", "starts").values_list("weekday", "starts", "ends")
    assert list(rows) == [(1, 540, 1080), (2, 540, 1080), (4, 720, 1440), (5, 1320, 360)]
    assert "周一、周二 09:00–18:00" in said(chen.get(TEAM))
    assert 'value="22:00"' in said(chen.get(place))


def test_a_time_without_its_other_or_that_is_none_is_answered_at_its_field(
    house: House, chen: Client
):
    given = {"starts-1-1": "09:00", "starts-2-1": "25:00", "ends-2-1": "x"}
    answer = chen.post(f"{TEAM}{house.bo_bo.id}/shifts/", given)

    assert answer.status_code == 422
    assert "请填写这一项" in said(answer)
    assert "请填写时间，例如 09:00" in said(answer)
    assert not Shift.objects.exists()


@pytest.mark.parametrize(
    "week",
    [
        {"starts-1-1": "09:00", "ends-1-1": "18:00", "starts-1-2": "17:00", "ends-1-2": "20:00"},
        {"starts-1-1": "22:00", "ends-1-1": "06:00", "starts-2-1": "05:00", "ends-2-1": "12:00"},
        {"starts-7-1": "22:00", "ends-7-1": "06:00", "starts-1-1": "05:00", "ends-1-1": "12:00"},
        {"starts-3-1": "09:00", "ends-3-1": "12:00", "starts-3-2": "09:00", "ends-3-2": "12:00"},
    ],
    ids=["one day", "past midnight", "past the week", "the same"],
)
def test_1_3_shifts_that_overlap_are_answered_at_their_field(
    house: House, chen: Client, week: dict[str, str]
):
    answer = chen.post(f"{TEAM}{house.bo_bo.id}/shifts/", week)

    assert answer.status_code == 422
    assert "与另一个班次重叠，请错开" in said(answer)
    assert not Shift.objects.exists()


def test_1_3_a_qualification_that_is_over_is_not_registered(house: House, chen: Client):
    given = {"kind": "qualification", "name": "上岗证", "valid_until": "2026-03-10"}
    answer = chen.post(f"{TEAM}{house.bo_bo.id}/skills/", given)

    assert answer.status_code == 422
    assert "日期不能早于今天" in said(answer)
    assert not Qualification.objects.exists()


def test_1_3_a_qualification_that_ends_soon_or_is_missing_warns(house: House, chen: Client):
    place = f"{TEAM}{house.bo_bo.id}/"
    accounts.set_qualification(
        staff_id=house.bo_bo.id, kind="qualification", name="法规培训",
        valid_until=date(2026, 3, 1), by=house.chen, at=NOW - timedelta(days=30),
    )  # fmt: skip
    for name, until in (("上岗证", "2026-04-01"), ("英语", "")):
        given = {"kind": "qualification", "name": name, "valid_until": until}
        chen.post(f"{place}skills/", given)
    chen.post(f"{TEAM}demands/", {"department": "customer_service", "names": "上岗证、法规培训"})

    page = said(chen.get(TEAM))

    assert "波波的资质“上岗证”至4月1日" in page
    assert "波波的资质“法规培训”3月1日已过期" in page
    assert "波波缺少客服部要求的资质“法规培训”，不会自动分到案件" in page
    assert "波波缺少客服部要求的资质“上岗证”" not in page
    assert "波波的资质“英语”" not in page
    assert queries.placed("customer_service", NOW).owner_id != house.bo_bo.id


def test_a_skill_is_withdrawn(house: House, chen: Client):
    place = f"{TEAM}{house.bo_bo.id}/"
    row = accounts.set_qualification(staff_id=house.bo_bo.id, kind="skill", name="英语", **WHO)
    assert "英语" in said(chen.get(place)).replace("例如：英语", "")

    chen.post(f"{TEAM}skills/{row.id}/drop/")

    assert "英语" not in said(chen.get(place)).replace("例如：英语", "")
    bad = chen.post(f"{place}skills/", {"kind": "skill", "name": "", "valid_until": "x"})
    assert bad.status_code == 422


def test_e_20_the_load_is_leveled_after_a_look(house: House, chen: Client):
    accounts.set_on_duty(staff_id=house.chen.id, on_duty=False, **WHO)
    cases = [file(house, RECENTLY, external_id=f"{n}") for n in range(4)]
    other, given = hired(), {"department": "customer_service"}

    preview = said(chen.get(f"{TEAM}rebalance/", given))
    untouched = set(Case.objects.values_list("owner_id", flat=True))
    chen.post(f"{TEAM}rebalance/", given)

    assert sum(case.number in preview for case in cases) == 2
    assert untouched == {house.bo_bo.id}
    assert Case.objects.filter(owner_id=other).count() == 2
    assert chen.get(f"{TEAM}rebalance/", {"department": "x"}).status_code == 422


def test_an_agent_sees_the_team_and_plans_only_their_own_absence(house: House, bo_bo: Client):
    own, others = f"{TEAM}{house.bo_bo.id}/", f"{TEAM}{house.other_agent.id}/"

    assert bo_bo.get(TEAM).status_code == 200
    assert bo_bo.get(own).status_code == 200
    assert bo_bo.get(others).status_code == 403
    assert bo_bo.post(f"{own}absent/", DAYS).status_code == 200
    assert bo_bo.post(f"{own}duty/", {"on_duty": "no"}).status_code == 302
    for path, given in (
        (f"{others}absent/", DAYS | {"sure": "keep"}),
        (f"{others}hand-over/", {}),
        (f"{others}duty/", {"on_duty": "no"}),
        (f"{own}shifts/", {}),
        (f"{own}skills/", {"kind": "skill", "name": "英语"}),
        (f"{TEAM}demands/", {"department": "legal", "names": ""}),
        (f"{TEAM}rebalance/", {"department": "legal"}),
    ):
        assert bo_bo.post(path, given).status_code == 403, path
    assert bo_bo.get(f"{TEAM}rebalance/", {"department": "legal"}).status_code == 403


def test_a_demand_that_cannot_be_is_answered_at_its_field_and_kept(house: House, chen: Client):
    names = "证" * 41
    answer = chen.post(f"{TEAM}demands/", {"department": "legal", "names": names})

    assert answer.status_code == 422
    assert "最多 40 个字" in said(answer)
    assert names in said(answer)


def test_e_20_without_a_colleague_a_supervisor_takes_it_and_the_look_ahead_says_so(
    house: House, chen: Client
):
    case = file(house, RECENTLY, category="platform_rule", issue="promotion_rules")
    plan = queries.hand_over_plan(house.other_agent.id, by=house.chen, at=NOW)

    chen.post(f"{TEAM}{house.other_agent.id}/hand-over/")

    case.refresh_from_db()
    assert [(one.to, one.department) for one in plan] == [(case.owner_id, case.department)]
    assert case.owner_id == house.chen.id


def test_what_is_not_there_is_not_found(house: House, chen: Client):
    for path in ("999/", "999/hand-over/"):
        assert chen.get(TEAM + path).status_code == 404
    for path in ("absences/999/end/", "skills/999/drop/", "999/duty/"):
        assert chen.post(TEAM + path, {"on_duty": "no"}).status_code == 404
