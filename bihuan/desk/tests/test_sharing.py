"""Sharing a complaint at the desk: given, finished, seen, each fault at its field (2.2.3)."""

from __future__ import annotations

import pytest

from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.complaints import queries
from bihuan.desk.tests.conftest import RECENTLY, desk_of

pytestmark = pytest.mark.django_db


def asked(**changes: str) -> dict[str, str]:
    return {
        "what": "核对商家退货条款", "department": "legal", "owner_id": "",
        "due_at": "2026-03-11T18:00",
    } | changes  # fmt: skip


@pytest.fixture
def case(house: House) -> Case:
    return people.file(house, RECENTLY)


def test_2_10_the_lead_gives_a_share_the_lawyer_finishes_it_and_both_see_it(
    house: House, case: Case
) -> None:
    lead, lawyer = desk_of(house.bo_bo), desk_of(house.other_agent)

    page = lead.post(f"{case.desk_url}tasks/new/", asked())

    share = queries.shares(case.id)[0]
    assert page.headers["Location"] == f"{case.desk_url}?tab=shares"
    tab = lead.get(page.headers["Location"]).content.decode()
    assert "核对商家退货条款" in tab
    assert "法务部 · 法务何" in tab
    assert "核对商家退货条款" in lawyer.get("/desk/tasks/").content.decode()
    lawyer.post(f"/desk/tasks/{share.id}/finish/", {"result": "条款不得排除七日退货。"})
    done = lead.get(f"{case.desk_url}?tab=shares").content.decode()
    assert "条款不得排除七日退货。" in done
    assert queries.shares(case.id)[0].done_by == house.other_agent.id
    assert "没有协办任务" in lawyer.get("/desk/tasks/").content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"due_at": "2026-03-11T08:00"}, "这个时间已经过去"),
        ({"due_at": "2026-05-11T08:00"}, "不能晚于案件自己的时限 3月12日"),
        ({"due_at": "morgen"}, "请填写日期和时间"),
        ({"department": "moon"}, "请从给出的选项中选择"),
        ({"owner_id": "1"}, "这位同事不在所选的部门"),
        ({"what": ""}, "请填写这一项"),
    ],
)
def test_a_fault_is_said_at_its_field_and_what_was_written_stays(
    house: House, case: Case, changes: dict[str, str], said: str
) -> None:
    page = desk_of(house.bo_bo).post(f"{case.desk_url}tasks/new/", asked(**changes))

    text = page.content.decode()
    assert page.status_code == 422
    assert said in text
    if "what" not in changes:
        assert 'value="核对商家退货条款"' in text
    assert queries.shares(case.id) == []


def test_2_11_the_tab_says_whose_the_time_was(house: House, case: Case) -> None:
    tab = desk_of(house.bo_bo).get(f"{case.desk_url}?tab=shares").content.decode()

    assert "时间用在谁那里" in tab
    assert "波波 · 客服部" in tab
    assert "100%" in tab


def test_2_10_the_decision_says_that_it_waits_for_a_department(house: House, case: Case) -> None:
    lead = desk_of(house.bo_bo)
    lead.post(f"{case.desk_url}tasks/new/", asked())

    page = lead.post(f"/desk/tasks/{queries.shares(case.id)[0].id}/drop/", {"reason": ""})

    assert page.status_code == 422
    assert "请填写这一项" in page.content.decode()
    assert len(queries.open_shares(case.id)) == 1


def test_strangers_to_a_share_are_told_nothing_of_it(house: House, case: Case) -> None:
    desk_of(house.bo_bo).post(f"{case.desk_url}tasks/new/", asked())
    share = queries.shares(case.id)[0]
    tech = people.agent("技术员", "technology")

    page = desk_of(tech).get(f"/desk/tasks/{share.id}/").content.decode()

    assert "改派" not in page
    assert (
        desk_of(tech).post(f"/desk/tasks/{share.id}/drop/", {"reason": "试试"}).status_code == 403
    )
    assert desk_of(tech).get("/desk/tasks/1/").status_code == 404
    assert desk_of(tech).get(f"/desk/tasks/{share.id}/burn/").status_code == 404
