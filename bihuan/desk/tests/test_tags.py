"""Tags at the desk: put on, shown as pills, taken off, looked for; and who hears of a note."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House, file
from bihuan.desk.tests.acts import do, took
from bihuan.desk.tests.conftest import RECENTLY, desk_of
from bihuan.events.models import Event
from bihuan.notify import queries as notices
from bihuan.notify import tasks


@pytest.fixture
def case(house: House) -> Case:
    filed = file(house, RECENTLY)
    return commands.accept(number=filed.number, text="受理。", by=house.bo_bo, at=RECENTLY)


def test_a_tag_is_a_pill_of_its_case_and_its_row_and_says_so(
    house: House, bo_bo: Client, case: Case
) -> None:
    took(bo_bo, case, "tag", add="漏水 退款")

    page = bo_bo.get(case.desk_url).content.decode()
    assert "#漏水" in page
    assert "波波 已调整标签 <b>+漏水 +退款</b>" in re.sub(r"\s+", " ", page)
    row = bo_bo.get("/desk/inbox/?view=all&part=rows").content.decode()
    assert row.count('class="pill') == 2
    assert "#漏水" in row

    took(bo_bo, case, "tag", remove="漏水")
    assert "#漏水" not in bo_bo.get(case.desk_url).content.decode()


def test_a_list_is_narrowed_to_a_tag_and_offers_those_there_are(
    house: House, bo_bo: Client, case: Case
) -> None:
    other = file(house, RECENTLY)
    took(bo_bo, case, "tag", add="漏水")

    page = bo_bo.get("/desk/inbox/?view=every&tag=漏水").content.decode()

    assert f'id="row-{case.number}"' in page
    assert f'id="row-{other.number}"' not in page
    assert '<option value="漏水" selected>' in page


def test_a_bad_tag_is_answered_at_its_field(house: House, bo_bo: Client, case: Case) -> None:
    response = do(bo_bo, case, "tag", add="用户13900002718")

    assert response.status_code == 422
    assert "标签里不能有手机号" in response.content.decode()
    assert "用户13900002718" in response.content.decode()


def test_of_another_department_one_reads_the_tags_and_takes_none_off(
    house: House, bo_bo: Client, case: Case
) -> None:
    took(bo_bo, case, "tag", add="漏水")

    page = desk_of(house.other_agent).get(case.desk_url).content.decode()

    assert "#漏水" in page
    assert "do/tag/" not in page


def test_2_2_4_who_is_mentioned_finds_the_note_among_his_notices(
    house: House, bo_bo: Client, case: Case
) -> None:
    took(bo_bo, case, "note", text="@法务何请看条款，金额 3000")
    tasks.told_all(list(Event.objects.filter(stream=case.id, kind="case.mentioned")))

    (note,) = notices.for_staff(house.other_agent)
    assert "提到您" in note.subject
    assert "请看条款" in note.body
    assert note.link == case.desk_url
    assert notices.for_staff(house.chen) == []
    assert queries.sees(case, house.other_agent)


def test_2_2_2_an_escalation_is_told_to_the_supervisors_and_not_to_its_owner(
    house: House, bo_bo: Client, case: Case
) -> None:
    took(bo_bo, case, "escalate", reason="商家失联")
    tasks.told_all(list(Event.objects.filter(stream=case.id, kind="case.escalated")))

    (note,) = notices.for_staff(house.chen)
    assert "商家失联" in note.body
    assert notices.for_staff(house.bo_bo) == []


def test_names_for_an_at_are_for_the_staff(house: House, bo_bo: Client) -> None:
    told = bo_bo.get("/desk/colleagues/").json()["colleagues"]

    assert {"name": "法务何", "unit": "法务部"} in told
    assert Client().get("/desk/colleagues/").status_code == 302
